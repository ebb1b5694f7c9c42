import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { context } from '../cdk.json';
import { MOST_BYTES, templateText } from '../lib/template/purge-template';

const path = join('dist', 'django-session-purge.template.json');
const text = templateText(context);
const bytes = Buffer.byteLength(text);

writeFileSync(join(__dirname, '..', path), text);
console.log(`${path}: ${bytes} bytes, ${MOST_BYTES - bytes} below the limit of its test`);
