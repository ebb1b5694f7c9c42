import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CheckReport, Finding, PurgeReport } from '../../contract/report';
import { onLines } from '../../contract/text';
import { type LambdaError, startLambda } from '../../local/lambda';
import { type LogListener, logReader } from './function-log';
import type { Resources } from './resources';
import { withOptions } from './target';

/** The function, as its caller sees it. */
export interface PurgeFunction {
  /** @throws {PurgeFailure} with the function's own message */
  purge(event: unknown): Promise<PurgeReport>;
  /** @throws {PurgeFailure} when the function returns no report; a requirement that is not met is no failure */
  check(): Promise<CheckReport>;
  /** The answer as Step Functions gets it: what the function returned, or its error with the details as text. */
  invoke(
    event: unknown,
  ): Promise<{ readonly result: unknown } | { readonly error: string; readonly cause: string }>;
}

/** An invocation that ended with an error. */
export class PurgeFailure extends Error {
  override readonly name = 'PurgeFailure';

  constructor(
    { errorType, errorMessage }: LambdaError,
    /** The report that the function logged before it failed, if it did. */
    readonly report: PurgeReport | undefined,
  ) {
    super(`the function failed: ${errorType}: ${onLines(withOptions(errorMessage))}`);
  }
}

function findingWithOptions(finding: Finding): Finding {
  const { detail, fix } = finding;
  return { ...finding, detail: withOptions(detail), fix: fix === null ? null : withOptions(fix) };
}

const BUNDLE = resolve(__dirname, '../../dist/lambda/index.js');

/** The longest that Lambda allows. */
const TIMEOUT_MS = 15 * 60 * 1000;

/**
 * Starts the bundle in a local Lambda, with this environment only.
 *
 * @throws {Error} when the bundle has not been built
 */
export async function startPurgeFunction(
  resources: Resources,
  env: Readonly<Record<string, string>>,
  listener: LogListener,
  timeoutMs = TIMEOUT_MS,
): Promise<PurgeFunction> {
  if (!existsSync(BUNDLE))
    throw new Error(
      'dist/lambda/index.js is missing; npm run bundle builds it, and npm start does too',
    );
  const log = logReader({
    ...listener,
    onWarning: (text) => listener.onWarning(withOptions(text)),
  });
  const options = { bundlePath: BUNDLE, functionName: 'session-purge', memoryMB: 256 };
  const lambda = await resources.keep(
    async () => startLambda({ ...options, env, timeoutMs, onLog: log.read }),
    ({ stop }) => stop(),
  );
  const resultOf = async (event: unknown): Promise<unknown> => {
    const { result, error } = await lambda.invoke(event);
    if (error !== undefined) throw new PurgeFailure(error, log.lastReport());
    return result;
  };
  return {
    purge: async (event) => (await resultOf(event)) as PurgeReport,
    async check() {
      const report = (await resultOf({ check: true })) as CheckReport;
      return { ...report, findings: report.findings.map(findingWithOptions) };
    },
    async invoke(event) {
      const { result, error } = await lambda.invoke(event);
      if (error === undefined) return { result };
      return { error: error.errorType, cause: JSON.stringify(error) };
    },
  };
}
