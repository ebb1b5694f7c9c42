import { startDataApiServer } from '../../local/data-api-server/index';
import type { Login, Target } from '../engines/engine';
import type { Contender, Facts, Finding, Task } from './contender';
import { type Invoked, invokeOnce } from './function';

/** How the function is deployed. */
export interface Deployment {
  readonly name: string;
  readonly bundlePath: string;
  /** Settings, beside what it needs to find the database. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether an invocation that finds nothing goes before: what starts first, starts slowly. */
  readonly isWarm?: boolean;
}

/** What the function returns, as much of it as is looked at. */
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

/** Before any session. */
export const LONG_AGO = new Date('1990-01-01T00:00:00Z');

/** No pauses: how fast it can be. */
export const NO_PAUSE = { SESSION_PURGE_PAUSE_RATIO: '0' };

function serve({ cluster }: Target, { username, password }: Login, delayMs: number) {
  return startDataApiServer({
    clusters: { [CLUSTER_ARN]: cluster },
    secrets: { [SECRET_ARN]: { username, password } },
    onCall: () => ({ delayBeforeMs: delayMs }),
  });
}

/**
 * Invokes the bundle in a new process, through a Data API of its own.
 *
 * @param cutoff of the purge
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
    // Anything will do: the local Data API wants a signature and does not verify it.
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
    SESSION_PURGE_SECRET_ARN: SECRET_ARN,
    SESSION_PURGE_DATABASE: target.database,
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
 * The facts of an invocation.
 *
 * @throws {Error} when it failed or did not come to its end
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

/** The function as deployed, in a process of its own; its time is the handler's. */
export function ours(deployment: Deployment): Contender {
  return {
    name: deployment.name,
    async purge(task): Promise<Finding> {
      const invoked = await invokeOurs(deployment, task);
      const { startedAtMs, durationMs } = invoked;
      const time = { startedAtMs, durationMs };
      return task.signal.aborted ? time : { ...time, facts: factsOf(invoked) };
    },
  };
}
