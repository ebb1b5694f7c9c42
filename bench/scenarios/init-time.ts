import { execFileSync } from 'node:child_process';
import { bundled } from '../bundle';
import { nodePath } from '../contenders/function';

const SDK_ALONE = `
  import { RDSDataClient } from '@aws-sdk/client-rds-data';
  export const client = new RDSDataClient({});
  export const handler = async () => {};
`;

/** Bundles only a client of the SDK, as the function is bundled; returns the path of the file. */
export const bundleSdkAlone = (): string =>
  bundled('sdk', { stdin: { contents: SDK_ALONE, resolveDir: __dirname } });

const REQUIRE =
  'const t = performance.now(); require(process.argv[1]); console.log(performance.now() - t)';

/** Measures the milliseconds that a new process takes to load each file, taking turns; returns the times by file. */
export function initTimesMs(paths: readonly string[], times: number): number[][] {
  const env = { AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: 'session-purge' };
  const load = (path: string) =>
    Number(execFileSync(nodePath, ['-e', REQUIRE, path], { env, encoding: 'utf8' }));
  const results: number[][] = paths.map(() => []);
  for (let round = 0; round < times; round++)
    for (const [index, path] of paths.entries()) results[index]?.push(load(path));
  return results;
}
