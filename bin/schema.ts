import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationTable } from '../lib/configuration-table';
import { fleetJsonSchema } from '../lib/fleet-json-schema';

const ROOT = join(__dirname, '..');

writeFileSync(join(ROOT, 'fleet.schema.json'), `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`);

const page = join(ROOT, 'docs', 'configuration.md');
const text = readFileSync(page, 'utf8').replace(
  /(<!-- settings: .*?-->\n\n).*?(\n\n<!-- \/settings -->)/s,
  (_, start: string, end: string) => start + configurationTable() + end,
);
writeFileSync(page, text);
