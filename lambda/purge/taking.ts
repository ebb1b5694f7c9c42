import { DatabaseError, OutOfPatience } from '../errors';
import { isBlocked } from './in-vain';
import { triggerError } from './obstacles';
import { afterLockRelease, nextPace, paceAfterPart } from './pace';
import { mayBeHeldByLastPart } from './parted';
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
  skip: number | undefined,
): void {
  const all = run.report;
  if (outcome.kind !== 'deleted') return;
  all.batches += 1;
  all.rowsDeleted += outcome.rows;
  all.slowestBatchMs = Math.max(all.slowestBatchMs, outcome.durationMs);
  report.rowsDeleted += outcome.rows;
  const isAllBehind = skip === undefined && outcome.kept === 0 && !route.mayHavePassed;
  const oldest = route.left.since ?? (isAllBehind ? outcome.reached : null);
  if (oldest !== null) setOldest(report, oldest, run.cutoff);
  const { table, oldestExpired } = report;
  run.onProgress?.({ table, rowsDeleted: all.rowsDeleted, oldestExpired });
}

function manyUnknown({ message, failure }: DatabaseError, inARow: number, limit: number) {
  return new DatabaseError(
    `no answer to ${inARow} deletes in a row, the last of up to ${limit} rows; their rows are not in rowsDeleted, the next run settles the rest: ${message}`,
    failure,
  );
}

/** Throws an error unless the table takes a delete of no row. */
async function proveTable({ table }: Walking, error: DatabaseError): Promise<void> {
  try {
    await table.deleteNone();
  } catch {
    throw error;
  }
}

type Lost = Extract<BatchOutcome, { kind: 'unknown' }>;

/**
 * What a delete without an answer comes to. Many in a row are no passing fault. If the database has said so itself, and the table
 * lets a delete of no row pass, a trigger raises that error for some row. Otherwise this throws.
 */
async function withoutAnswer(walking: Walking, lost: Lost, limit: number): Promise<BatchOutcome> {
  const { table, run, pace } = walking;
  const { durationMs, error } = lost;
  run.report.unknownOutcomes += 1;
  const inARow = pace.unknownInARow + 1;
  if (!walking.takesLossForRefusal || error.databaseCode === null) {
    run.unknownRows += limit;
    if (inARow <= MAX_UNKNOWN_IN_A_ROW) return lost;
    const end = manyUnknown(error, inARow, limit);
    if (error.databaseCode === null) throw end;
    await proveTable(walking, end);
    walking.provedAfter ??= 'obstacle';
    walking.takesLossForRefusal = true;
  }
  return { kind: 'refused', durationMs, error: triggerError(error, table) };
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
  if (outcome.kind === 'unknown') return withoutAnswer(walking, outcome, batch.limit);
  if (outcome.kind !== 'failed') return outcome;
  const { durationMs, error } = outcome;
  // What has passed for one batch says nothing of the next one: the server may be failing over by now.
  const isNew = walking.route.parting === null || error instanceof OutOfPatience;
  if (provedAfter !== 'failure' || isNew) await proveTable(walking, error);
  walking.provedAfter = 'failure';
  const isOfTriggers = error.failure?.about === 'triggers';
  return { kind: 'refused', durationMs, error: isOfTriggers ? error : triggerError(error, table) };
}

/** Whether the first row from a position on goes. */
export async function takeOne(walking: Walking, from: Position): Promise<boolean> {
  const batch = { from, limit: 1, isRepeat: true, asksFirst: true };
  const outcome = await send(walking, batch);
  count(walking, outcome, undefined);
  return outcome.kind === 'deleted' && outcome.rows > 0;
}

/** Deletes a batch of at most so many rows, or tries a part of one that failed. */
export async function takeBatch(walking: Walking, most: number): Promise<Reached> {
  const { table, run, route, pace } = walking;
  const batch = nextBatch(route, most);
  const outcome = await send(walking, batch);
  const [next, reached] = nextRoute(route, outcome, batch, table.start);
  walking.route = next;
  count(walking, outcome, batch.skip);
  // The last batch of a walk is small, which says nothing about the size of the next one.
  if (batch.skip !== undefined || isBlocked(route))
    walking.pace = paceAfterPart(pace, outcome, run.plan);
  else if (reached !== 'end') walking.pace = nextPace(pace, outcome, batch.limit, run.plan);
  if (mayBeHeldByLastPart(route.parting, outcome)) walking.pace = afterLockRelease(walking.pace);
  return reached;
}
