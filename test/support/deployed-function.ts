import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PurgeReport } from '../../contract/report';
import { type LambdaError, startLambda } from '../../local/lambda';
import { type Emf, readEmf } from './emf';

/** The result of one invocation of the bundle, with everything it wrote. */
export interface Invoked {
  readonly report?: PurgeReport;
  readonly error?: LambdaError;
  /** The lines of the log, without metrics. */
  readonly log: readonly LogLine[];
  readonly metrics: readonly Emf[];
  /** All lines, as they were written. */
  readonly output: readonly string[];
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly service: string;
  readonly report?: PurgeReport;
  readonly [field: string]: unknown;
}

/** The bundle in its own process, as Lambda runs it. */
export interface DeployedFunction {
  invoke(event?: unknown): Promise<Invoked>;
  kill(): void;
  stop(): Promise<void>;
}

/** How the bundle is deployed. */
export interface Deployment {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly nodePath?: string;
  readonly bundlePath?: string;
}

/** A scheduled event as EventBridge sends it. */
export const SCHEDULED_EVENT = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-11-22T02:17:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:123456789012:rule/session-purge'],
  detail: {},
};

const BUNDLE = join(__dirname, '../../dist/lambda/index.js');

/** The function of the deployment. */
export const DEPLOY_BUNDLE = join(__dirname, '../../dist/deploy/index.js');

const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

/** Saves half the time of a start: a bundle is compiled once and not in every process. */
const COMPILED = { NODE_COMPILE_CACHE: join(__dirname, '../../node_modules/.cache/bundle') };

/** Fills the cache. A function is killed in the end, so that it never writes there. */
export function compileBundles(): void {
  const env = { ...QUIET, ...COMPILED, AWS_REGION: 'us-east-1' };
  for (const bundle of [BUNDLE, DEPLOY_BUNDLE].filter(existsSync))
    execFileSync(process.execPath, ['-e', 'require(process.argv[1])', bundle], { env });
}

function isJson(line: string): boolean {
  return line.startsWith('{');
}

/** No pauses between batches. */
const IMPATIENT = { SESSION_PURGE_PAUSE_RATIO: '0' };

/** Deploys `dist/lambda/index.js`. Variables in `env` override the defaults. */
export function deploy({
  env,
  timeoutMs = 60_000,
  nodePath,
  bundlePath = BUNDLE,
}: Deployment): DeployedFunction {
  const lambda = startLambda({
    bundlePath,
    functionName: 'session-purge',
    env: { ...QUIET, ...COMPILED, ...IMPATIENT, ...env },
    timeoutMs,
    ...(nodePath && { nodePath }),
  });
  return {
    async invoke(event = SCHEDULED_EVENT) {
      const { result, error, logLines } = await lambda.invoke(event);
      const lines = logLines.filter(isJson);
      return {
        ...(error ? { error } : { report: result as PurgeReport }),
        log: lines.map((line) => JSON.parse(line)).filter((line) => !('_aws' in line)),
        metrics: readEmf(lines),
        output: logLines,
      };
    },
    kill: () => lambda.kill('SIGKILL'),
    stop: () => lambda.stop(),
  };
}
