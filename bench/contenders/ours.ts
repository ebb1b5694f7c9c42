import type { Facts } from '../entry';
import type { Contender, Measurement, Task } from './contender';
import { CLUSTER_ARN, invokeWithDataApi, SECRET_ARN, type Served } from './data-api';
import type { Invoked } from './function';

/** How the function is deployed. */
export interface Deployment {
  readonly name: string;
  readonly bundlePath: string;
  /** Settings besides those that name the database. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the process first gets an invocation that deletes nothing, because the first invocation is slow. */
  readonly isWarm?: boolean;
}

/** The fields of the function's report that the benchmark reads. */
interface Report {
  readonly stopReason: string;
  readonly dataApiCalls: number;
  readonly batches: number;
  readonly slowestBatchMs: number;
  readonly tables: readonly { readonly walk?: string; readonly walkReason?: string }[];
}

/** Before the first session expired. */
export const LONG_AGO = new Date('1990-01-01T00:00:00Z');

/** The setting that turns pauses off, to measure the greatest speed. */
export const NO_PAUSE = { SESSION_PURGE_PAUSE_RATIO: '0' };

/**
 * Invokes the bundle in a new process, as the user with the least rights.
 *
 * @param cutoff the cutoff of the purge, by default the target's
 */
export function invokeOurs(
  { bundlePath, env = {}, isWarm = false }: Deployment,
  task: Task,
  cutoff = task.target.cutoff,
): Promise<Served> {
  const { database, purger } = task.target;
  const place = {
    SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
    SESSION_PURGE_SECRET_ARN: SECRET_ARN,
    SESSION_PURGE_DATABASE: database,
    SESSION_PURGE_TIME_ZONE: 'UTC',
  };
  const eventFor = (instant: Date) => ({ cutoff: instant.toISOString() });
  return invokeWithDataApi(task, purger, {
    bundlePath,
    env: { ...place, ...env },
    event: eventFor(cutoff),
    ...(isWarm && { warmUp: eventFor(LONG_AGO) }),
  });
}

/**
 * Reads the facts of an invocation.
 *
 * @throws {Error} when it failed, or ended before the table was drained
 */
export function factsOf({ result, error, peakRssMB }: Invoked): Facts {
  if (error !== undefined) throw new Error(`ours: ${error.errorType}: ${error.errorMessage}`);
  const { stopReason, dataApiCalls, batches, slowestBatchMs, tables } = result as Report;
  if (stopReason !== 'drained') throw new Error(`ours stopped for ${stopReason}, not drained`);
  const { walk, walkReason } = tables[0] ?? {};
  return {
    dataApiCalls,
    batches,
    slowestBatchMs,
    ...(walk !== undefined && { walk }),
    ...(walkReason !== undefined && { walkReason }),
    ...(peakRssMB !== undefined && { peakRssMB }),
  };
}

/** MySQL's statement has a hint in it. */
const isDelete = (sql: unknown) => /\bDELETE\s+(?:\/\*\+.*?\*\/\s+)?FROM\b/i.test(String(sql));

/** How long each statement that deletes took in the Data API, in the order of the calls. */
const batchTimesMs = ({ calls }: Served): number[] =>
  calls.flatMap(({ input, executionMs }) => (isDelete(input.sql) ? (executionMs ?? []) : []));

/** The deployed function in a new process. Its time is that of the handler. */
export function ours(deployment: Deployment): Contender {
  return {
    name: deployment.name,
    async purge(task): Promise<Measurement> {
      const invoked = await invokeOurs(deployment, task);
      const { startedAtMs, durationMs } = invoked;
      const time = { startedAtMs, durationMs, batchesMs: batchTimesMs(invoked) };
      return task.signal.aborted ? time : { ...time, facts: factsOf(invoked) };
    },
  };
}
