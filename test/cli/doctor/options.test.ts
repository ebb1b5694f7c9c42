import { readDoctorOptions } from '../../../cli/doctor/options';
import { OptionsError } from '../../../cli/terminal/options';

const CLUSTER = 'arn:aws:rds:eu-west-1:123456789012:cluster:shop';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf';
const ON_CLUSTER = ['--cluster-arn', CLUSTER, '--secret-arn', SECRET, '--database', 'shop'];
const URL = 'postgres://shop:s3cr3t@db.example.com/shop';

function mistakesIn(...args: string[]): readonly string[] {
  try {
    readDoctorOptions(args);
  } catch (error) {
    if (error instanceof OptionsError) return error.mistakes;
    throw error;
  }
  return [];
}

it('reads a cluster and its schedule', () => {
  expect(readDoctorOptions([...ON_CLUSTER, '--schedule', 'rate(1 day)'])).toEqual({
    kind: 'examine',
    target: { kind: 'cluster', clusterArn: CLUSTER, secretArn: SECRET, database: 'shop' },
    schedule: 'rate(1 day)',
    environment: {},
  });
});

it('reads a database, and settings for the environment of the function', () => {
  const settings = ['--tables', 'a,*.b', '--grace-seconds', '0', '--time-zone', 'Europe/Lisbon'];

  expect(readDoctorOptions(['--database-url', URL, ...settings])).toEqual({
    kind: 'examine',
    target: { kind: 'database', url: URL },
    schedule: undefined,
    environment: {
      SESSION_PURGE_TABLES: 'a,*.b',
      SESSION_PURGE_GRACE_SECONDS: '0',
      SESSION_PURGE_TIME_ZONE: 'Europe/Lisbon',
    },
  });
});

it.each([['--help'], ['-h']])('reads %s', (option) => {
  expect(readDoctorOptions([option, '--rubbish'])).toMatchObject({
    kind: 'help',
    text: expect.stringContaining('--schedule <SCHEDULE>'),
  });
});

describe('a command line with a mistake', () => {
  it.each<[string[], string[]]>([
    [
      [],
      ['no database is named; add --database-url, or --cluster-arn, --secret-arn and --database'],
    ],
    [
      ['--schedule', 'rate(1 day)'],
      ['no database is named; add --database-url, or --cluster-arn, --secret-arn and --database'],
    ],
    [
      ['--cluster-arn', CLUSTER, '--database', 'shop'],
      ['--cluster-arn and --database alone do not name a cluster; add --secret-arn'],
    ],
    [
      ['--database', 'shop'],
      ['--database alone does not name a cluster; add --cluster-arn and --secret-arn'],
    ],
    [
      ['--database-url', URL, '--database', 'shop'],
      [
        "option '--database-url <URL>' cannot be used with option '--database <NAME>'; give one of them",
      ],
    ],
    [
      ['--database-url', URL, '--shedule', 'rate(1 day)'],
      ["unknown option '--shedule'; did you mean --schedule?"],
    ],
    [['--database-url', URL, '--delete'], ["unknown option '--delete'"]],
    [
      ['--database-url', URL, '--schedule', 'daily'],
      [
        '--schedule must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week, got "daily"; write it like \'cron(17 2 * * ? *)\', in quotes',
      ],
    ],
    [
      ['--database-url', URL, '--schedule', 'cron(0 2 * * *)'],
      [
        '--schedule must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week, got "cron(0 2 * * *)"; write "cron(0 2 * * ? *)"',
      ],
    ],
    [
      ['--database-url', URL, '--schedule', 'cron(0 2 * * a@b *)'],
      [
        '--schedule must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week, got a value that may hold a password; write it like \'cron(17 2 * * ? *)\', in quotes',
      ],
    ],
    [
      ['shop'],
      [
        'unexpected argument, not shown since it may be a password; write options after a lone --: npm run doctor -- [options]',
      ],
    ],
  ])('%j', (args, mistakes) => {
    expect(mistakesIn(...args)).toEqual(mistakes);
  });
});

it('refuses settings in the environment of the command, which the function would not get', () => {
  const read = () =>
    readDoctorOptions(['--database-url', URL], {
      SESSION_PURGE_GRACE_SECOND: '604800',
      SESSION_PURGE_TABLES: 'a',
      SESSION_PURGE_MAX_BATCH_SIZE: '5',
      SESSION_PURGE_NAME: '',
      PATH: '/bin',
    });

  const here = 'is set, and settings are not read from the environment here; unset it';
  expect(read).toThrow(
    new OptionsError([
      'SESSION_PURGE_GRACE_SECOND is no setting, as each variable SESSION_PURGE_... must be; did you mean "SESSION_PURGE_GRACE_SECONDS"?',
      `SESSION_PURGE_TABLES ${here}, and give --tables`,
      `SESSION_PURGE_MAX_BATCH_SIZE ${here}`,
    ]),
  );
});
