import { DatabaseError } from '../errors';
import { isBlocked } from './in-vain';
import { triggerError } from './obstacles';
import { afterLockRelease, nextPace, type Pace, paceAfterPart } from './pace';
import { mayBeHeldByLastPart } from './parting';
import type { Batch, BatchOutcome, Position } from './port';
import { setOldest } from './report';
import { nextBatch, nextRoute, type Reached } from './route';
import { boundsOf } from './run';
import type { Walking } from './walking';

/** More deletes in a row with an unknown outcome than this are not a passing fault. */
const MAX_UNKNOWN_IN_A_ROW = 4;

/** Adds a batch to the reports of the table and of the run, once the route is past it. */
function count(
  { report, run, route }: Walking,
  outcome: BatchOutcome,
  { limit, skip }: Pick<Batch, 'limit' | 'skip'>,
): void {
  const all = run.report;
  if (outcome.kind === 'unknown') {
    all.unknownOutcomes += 1;
    run.unknownRows += limit;
  }
  if (outcome.kind !== 'deleted') return;
  all.batches += 1;
  all.rowsDeleted += outcome.rows;
  all.slowestBatchMs = Math.max(all.slowestBatchMs, outcome.durationMs);
  report.rowsDeleted += outcome.rows;
  const oldest = route.left.since ?? (skip === undefined ? outcome.reached : null);
  if (oldest !== null) setOldest(report, oldest, run.cutoff);
  const { table, oldestExpired } = report;
  run.onProgress?.({ table, rowsDeleted: all.rowsDeleted, oldestExpired });
}

function refuseManyUnknown({ unknownInARow }: Pace, limit: number, outcome: BatchOutcome): void {
  if (outcome.kind !== 'unknown' || unknownInARow <= MAX_UNKNOWN_IN_A_ROW) return;
  const { message, failure } = outcome.error;
  throw new DatabaseError(
    `no answer to ${unknownInARow} deletes in a row, the last of up to ${limit} rows; their rows are not in rowsDeleted, the next run settles the rest: ${message}`,
    failure,
  );
}

/**
 * Deletes a batch. One that failed counts as refused for some row where the table lets a delete of no row pass, since
 * a trigger may raise any error; where it does not, this throws the error of the delete. Rights may be lost on the way, so a
 * proof after an obstacle is none here.
 */
async function send(
  walking: Walking,
  batch: Omit<Batch, keyof ReturnType<typeof boundsOf>>,
): Promise<BatchOutcome> {
  const { table, run, provedAfter } = walking;
  const outcome = await table.deleteBatch({ ...boundsOf(run), ...batch });
  if (outcome.kind !== 'failed') return outcome;
  const { durationMs, error } = outcome;
  if (provedAfter !== 'failure') {
    try {
      await table.deleteNone();
    } catch {
      throw error;
    }
    walking.provedAfter = 'failure';
  }
  const isOfTriggers = error.failure?.about === 'triggers';
  return { kind: 'refused', durationMs, error: isOfTriggers ? error : triggerError(error, table) };
}

/** Whether the first row from a position on goes. */
export async function takeOne(walking: Walking, from: Position): Promise<boolean> {
  const batch = { from, limit: 1, isRepeat: true, asksFirst: true };
  const outcome = await send(walking, batch);
  count(walking, outcome, batch);
  return outcome.kind === 'deleted' && outcome.rows > 0;
}

/** Deletes a batch of at most so many rows, or tries a part of one that failed. */
export async function takeBatch(walking: Walking, most: number): Promise<Reached> {
  const { table, run, route, pace } = walking;
  const batch = nextBatch(route, most);
  const outcome = await send(walking, batch);
  const [next, reached] = nextRoute(route, outcome, batch, table.start);
  walking.route = next;
  count(walking, outcome, batch);
  // The last batch of a walk is small, which says nothing about the size of the next one.
  if (batch.skip !== undefined || isBlocked(route))
    walking.pace = paceAfterPart(pace, outcome, run.plan);
  else if (reached !== 'end') walking.pace = nextPace(pace, outcome, batch.limit, run.plan);
  if (mayBeHeldByLastPart(route.parting, outcome)) walking.pace = afterLockRelease(walking.pace);
  refuseManyUnknown(walking.pace, batch.limit, outcome);
  return reached;
}
