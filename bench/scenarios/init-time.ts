import { execFileSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import { nodePath } from '../contenders/function';
import { scratchPath } from '../scratch';

const SDK_ALONE = `
  import { RDSDataClient } from '@aws-sdk/client-rds-data';
  export const client = new RDSDataClient({});
  export const handler = async () => {};
`;

/** Bundles, as the function is bundled, what can be least: a client of the SDK; returns the file's path. */
export function bundleSdkAlone(): string {
  const outfile = scratchPath('sdk.js');
  buildSync({
    stdin: { contents: SDK_ALONE, resolveDir: __dirname },
    ...{ bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node20' },
    ...{ outfile, logLevel: 'warning' },
  });
  return outfile;
}

const REQUIRE =
  'const t = performance.now(); require(process.argv[1]); console.log(performance.now() - t)';

/** Milliseconds that a new process takes to load each of the files, in turn, so many times. */
export function initTimesMs(paths: readonly string[], times: number): number[][] {
  const env = { AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: 'session-purge' };
  const load = (path: string) =>
    Number(execFileSync(nodePath, ['-e', REQUIRE, path], { env, encoding: 'utf8' }));
  const results: number[][] = paths.map(() => []);
  for (let round = 0; round < times; round++)
    for (const [index, path] of paths.entries()) results[index]?.push(load(path));
  return results;
}
