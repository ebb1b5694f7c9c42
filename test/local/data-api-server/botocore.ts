import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { DataApiServer } from '../../../local/data-api-server/index';

// A client by other hands than the SDK's: what both understand alike is more than the double's own
// opinion.
const PYTHON = '/usr/bin/python3';
const hasBotocore = spawnSync(PYTHON, ['-c', 'import botocore']).status === 0;
const HINT = 'botocore is not installed for /usr/bin/python3; run apt-get install python3-boto3';

if (!hasBotocore && !process.env.CI) process.stdout.write(`skipped: ${HINT}\n`);
/** A test that is skipped where botocore is missing, but not in CI. */
export const testWithBotocore = hasBotocore || process.env.CI ? test : test.skip;

/** A call as botocore names it. */
export interface BotocoreCall {
  readonly operation: string;
  readonly arguments: object;
}

/** Makes the calls through botocore; answers with what botocore made of each. */
export function askBotocore(endpoint: string, calls: readonly BotocoreCall[]) {
  if (!hasBotocore) throw new Error(HINT);
  return new Promise<Record<string, unknown>[]>((resolve, reject) => {
    const script = join(__dirname, 'botocore_client.py');
    const child = execFile(PYTHON, [script], (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout)),
    );
    child.stdin?.end(JSON.stringify({ endpoint, calls }));
  });
}

/** Runs statements one after the other through botocore, on what `service` answers then. */
export const executeThroughBotocore =
  (service: () => { readonly dataApi: DataApiServer; readonly target: object }) =>
  (...statements: { readonly sql: string; readonly [member: string]: unknown }[]) => {
    const { dataApi, target } = service();
    const calls = statements.map((statement) => ({
      operation: 'execute_statement',
      arguments: { ...target, ...statement },
    }));
    return askBotocore(dataApi.endpoint, calls);
  };
