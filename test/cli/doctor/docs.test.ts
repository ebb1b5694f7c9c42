import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scheduleFinding } from '../../../cli/doctor/auto-pause';
import { clusterFindings } from '../../../cli/doctor/cluster';
import { doctorCommand } from '../../../cli/doctor/options';
import {
  OF_A_POSTGRESQL_TABLE,
  OF_A_TABLE,
  OF_THE_CONNECTION,
  OF_THE_SERVER,
} from '../../../contract/report';

const PAGE = readFileSync(join(__dirname, '../../../docs/doctor.md'), 'utf8');

describe('docs/doctor.md', () => {
  it.each([
    ...OF_THE_CONNECTION,
    ...OF_A_TABLE,
    ...OF_THE_SERVER,
    ...OF_A_POSTGRESQL_TABLE,
    ...["secret's ARN", 'clocks', 'time zone'],
    ...clusterFindings({ unknown: '' }, '').map(({ requirement }) => requirement),
    scheduleFinding('rate(1 day)', 'unknown').requirement,
  ])('explains the requirement "%s"', (requirement) => {
    expect(PAGE).toMatch(new RegExp(`^\\| ${requirement} \\|`, 'm'));
  });

  it.each(doctorCommand().options.map(({ long }) => long))('names %s', (name) => {
    expect(PAGE).toContain(name);
  });
});
