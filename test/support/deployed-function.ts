import { join } from 'node:path';
import type { PurgeReport } from '../../contract/report';
import { type Lambda, type LambdaError, type LambdaOptions, startLambda } from '../../local/lambda';
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

function isJson(line: string): boolean {
  return line.startsWith('{');
}

/** No pauses between batches. */
const IMPATIENT = { SESSION_PURGE_PAUSE_RATIO: '0' };

/** Variables that are read once, when a process starts; all but the first by what is preloaded. */
const READ_AT_START = ['NODE_OPTIONS', 'CLOCK_FACTOR', 'WAIT_FACTOR', 'SHIFT_MS'];

/** What the process of a function was started with. */
const startOf = ({ nodePath, env }: LambdaOptions) =>
  JSON.stringify([nodePath, ...READ_AT_START.map((name) => env[name])]);

/** The functions that were stopped, by their start. Their processes save those to come a start, which is most of a short run. */
const warm = new Map<string, Lambda[]>();

const atHand = (start: string) => {
  const lambdas = warm.get(start) ?? [];
  warm.set(start, lambdas);
  return lambdas;
};

afterAll(() => Promise.all([...warm.values()].flat().map((lambda) => lambda.stop())));

function startOrReuse(options: LambdaOptions): Lambda {
  const lambda = atHand(startOf(options)).pop();
  lambda?.redeploy(options);
  return lambda ?? startLambda(options);
}

async function stopOrKeep(lambda: Lambda, options: LambdaOptions): Promise<void> {
  if (lambda.isWarm()) atHand(startOf(options)).push(lambda);
  else await lambda.stop();
}

/** Deploys `dist/lambda/index.js`. Variables in `env` override the defaults. */
export function deploy({
  env,
  timeoutMs = 60_000,
  nodePath,
  bundlePath = BUNDLE,
}: Deployment): DeployedFunction {
  const options: LambdaOptions = {
    bundlePath,
    functionName: 'session-purge',
    env: { ...QUIET, ...IMPATIENT, ...env },
    timeoutMs,
    ...(nodePath && { nodePath }),
  };
  const lambda = startOrReuse(options);
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
    stop: () => stopOrKeep(lambda, options),
  };
}
