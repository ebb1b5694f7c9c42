import { startDataApiServer } from '../../local/data-api-server/index';
import type { Login, Target } from '../engines/engine';
import type { Facts } from '../entry';
import type { Contender, Measurement, Task } from './contender';
import { type Invoked, invokeOnce } from './function';

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

const REGION = 'us-east-1';
const CLUSTER_ARN = `arn:aws:rds:${REGION}:123456789012:cluster:bench`;
const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:123456789012:secret:bench-AbCdEf`;

/** Before the first session expired. */
export const LONG_AGO = new Date('1990-01-01T00:00:00Z');

/** The setting that turns pauses off, to measure the greatest speed. */
export const NO_PAUSE = { SESSION_PURGE_PAUSE_RATIO: '0' };

function serve({ cluster }: Target, { username, password }: Login, delayMs: number) {
  return startDataApiServer({
    clusters: { [CLUSTER_ARN]: cluster },
    secrets: { [SECRET_ARN]: { username, password } },
    onCall: () => ({ delayBeforeMs: delayMs }),
  });
}

/**
 * Invokes the bundle in a new process, with a Data API that it shares with no other process.
 *
 * @param cutoff the cutoff of the purge, by default the target's
 */
export async function invokeOurs(
  { bundlePath, env = {}, isWarm = false }: Deployment,
  { target, delayMs, signal }: Task,
  cutoff = target.cutoff,
): Promise<Invoked> {
  const server = await serve(target, target.purger, delayMs);
  const place = {
    AWS_ENDPOINT_URL_RDS_DATA: server.endpoint,
    AWS_REGION: REGION,
    // Any value works: the local Data API requires a signature and does not verify it.
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
    SESSION_PURGE_SECRET_ARN: SECRET_ARN,
    SESSION_PURGE_DATABASE: target.database,
    SESSION_PURGE_TIME_ZONE: 'UTC',
  };
  const eventFor = (instant: Date) => ({ cutoff: instant.toISOString() });
  const event = eventFor(cutoff);
  try {
    return await invokeOnce({
      ...{ bundlePath, env: { ...place, ...env }, event, signal },
      ...(isWarm && { warmUp: eventFor(LONG_AGO) }),
    });
  } finally {
    await server.close();
  }
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
    ...{ dataApiCalls, batches, slowestBatchMs },
    ...(walk !== undefined && { walk }),
    ...(walkReason !== undefined && { walkReason }),
    ...(peakRssMB !== undefined && { peakRssMB }),
  };
}

/** The deployed function in a new process. Its time is that of the handler. */
export function ours(deployment: Deployment): Contender {
  return {
    name: deployment.name,
    async purge(task): Promise<Measurement> {
      const invoked = await invokeOurs(deployment, task);
      const { startedAtMs, durationMs } = invoked;
      const time = { startedAtMs, durationMs };
      return task.signal.aborted ? time : { ...time, facts: factsOf(invoked) };
    },
  };
}
