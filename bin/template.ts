import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { context } from '../cdk.json';
import { readTemplateOptions, TEMPLATE_PATH } from '../cli/template/options';
import { runTool } from '../cli/terminal/command';
import { formatCount } from '../cli/terminal/format';
import { EXIT } from '../cli/terminal/run-to-end';
import { templateText } from '../lib/template/purge-template';

async function run(): Promise<number> {
  const text = templateText(context);
  writeFileSync(join(__dirname, '..', TEMPLATE_PATH), text);
  console.log(
    `${TEMPLATE_PATH} has ${formatCount(Buffer.byteLength(text))} bytes; CloudFormation takes up to 1 048 576`,
  );
  return EXIT.done;
}

void runTool(
  { name: 'npm run template --', read: readTemplateOptions, run },
  process.argv.slice(2),
).then((exitCode) => process.exit(exitCode));
