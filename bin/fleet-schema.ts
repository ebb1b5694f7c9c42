import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fleetJsonSchema } from '../lib/fleet-json-schema';

const file = join(__dirname, '..', 'fleet.schema.json');

writeFileSync(file, `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`);
