import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { templateText } from '../../lib/template/purge-template';
import { runTool } from '../terminal/command';
import { formatCount } from '../terminal/format';
import { EXIT } from '../terminal/run-to-end';
import { readTemplateOptions, TEMPLATE_PATH } from './options';

async function run(): Promise<number> {
  const text = templateText(context);
  writeFileSync(join(__dirname, '..', '..', TEMPLATE_PATH), text);
  console.log(
    `${TEMPLATE_PATH} has ${formatCount(Buffer.byteLength(text))} bytes; CloudFormation takes up to 1 048 576`,
  );
  return EXIT.done;
}

/** Runs `npm run template` with these arguments; resolves to its exit code. */
export const main = (args: readonly string[]): Promise<number> =>
  runTool({ name: 'npm run template --', read: readTemplateOptions, run }, args);
