import { runTool } from '../terminal/command';
import { EXIT } from '../terminal/run-to-end';
import { readSqlOptions, type SqlOptions } from './options';
import { userScript } from './user-script';

async function run(options: SqlOptions): Promise<number> {
  process.stdout.write(`${userScript(options)}\n`);
  return EXIT.done;
}

/** Runs `npm run sql` with these arguments; resolves to its exit code. */
export const main = (args: readonly string[]): Promise<number> =>
  runTool({ name: 'npm run sql --', read: readSqlOptions, run }, args);
