import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { context } from '../cdk.json';
import { formatCount } from '../cli/terminal/format';
import { templateText } from '../lib/template/purge-template';

const path = join('dist', 'django-session-purge.template.json');
const text = templateText(context);
writeFileSync(join(__dirname, '..', path), text);
console.log(
  `${path} has ${formatCount(Buffer.byteLength(text))} bytes; CloudFormation takes up to 1 048 576`,
);
