import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { DataApiServer } from '../../../local/data-api-server/index';
import { describeWhere } from '../../support/skip';

const PYTHON = '/usr/bin/python3';

/**
 * Groups tests that need botocore. It was written independently of the SDK for JavaScript: what both
 * clients understand is more than an opinion of the double.
 */
export function describeWithBotocore(tests: () => void): void {
  const isThere = spawnSync(PYTHON, ['-c', 'import botocore']).status === 0;
  describeWhere(isThere, 'botocore', 'run apt-get install python3-boto3', () =>
    describe('botocore', tests),
  );
}

/** A call, with botocore's name of the operation. */
export interface BotocoreCall {
  readonly operation: string;
  readonly arguments: object;
}

/** Makes the calls through botocore; returns what botocore read from each answer. */
export function askBotocore(endpoint: string, calls: readonly BotocoreCall[]) {
  return new Promise<Record<string, unknown>[]>((resolve, reject) => {
    const script = join(__dirname, 'botocore_client.py');
    const child = execFile(PYTHON, [script], (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout)),
    );
    child.stdin?.end(JSON.stringify({ endpoint, calls }));
  });
}

/** A function that runs statements through botocore, one after the other. */
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
