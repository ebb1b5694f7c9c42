import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CheckReport, PurgeReport } from '../../contract/report';
import { type LambdaError, startLambda } from '../../local/lambda';
import { type LogListener, logReader } from './function-log';
import type { Resources } from './resources';

/** The function as whoever invokes it sees it. */
export interface PurgeFunction {
  /** @throws {PurgeFailure} with the function's own message */
  purge(event: unknown): Promise<PurgeReport>;
  /** @throws {PurgeFailure} when there is no report: a requirement that is not met is none */
  check(): Promise<CheckReport>;
}

/** An invocation that ended with an error. */
export class PurgeFailure extends Error {
  override readonly name = 'PurgeFailure';

  constructor(
    { errorType, errorMessage }: LambdaError,
    /** What had been done by then, where the function came to say it. */
    readonly report: PurgeReport | undefined,
  ) {
    super(`the function failed: ${errorType}: ${errorMessage}`);
  }
}

const BUNDLE = resolve(__dirname, '../../dist/lambda/index.js');

/** Lambda's own limit. */
const TIMEOUT_MS = 15 * 60 * 1000;

/**
 * Puts the bundle under a local Lambda, with the given environment and no other.
 *
 * @throws {Error} when it has not been built
 */
export async function startPurgeFunction(
  resources: Resources,
  env: Readonly<Record<string, string>>,
  listener: LogListener,
): Promise<PurgeFunction> {
  if (!existsSync(BUNDLE))
    throw new Error(
      'dist/lambda/index.js is missing; npm start builds it, npm run bundle does, too',
    );
  const log = logReader(listener);
  const options = { bundlePath: BUNDLE, functionName: 'session-purge', memoryMB: 256 };
  const lambda = await resources.keep(
    async () => startLambda({ ...options, env, timeoutMs: TIMEOUT_MS, onLog: log.read }),
    ({ stop }) => stop(),
  );
  const invoke = async (event: unknown): Promise<unknown> => {
    const { result, error } = await lambda.invoke(event);
    if (error !== undefined) throw new PurgeFailure(error, log.lastReport());
    return result;
  };
  return {
    purge: async (event) => (await invoke(event)) as PurgeReport,
    check: async () => (await invoke({ check: true })) as CheckReport,
  };
}
