import type { TableReport } from '../../contract/report';
import { DatabaseError } from '../errors';
import type { Inflow } from './inflow';
import { sumOf } from './left-behind';
import { afterLook, isLookDue, type Looked } from './look';
import { isOfOneTable, triggerError } from './obstacles';
import { afterLockRelease, nextPace, type Pace, paceAfterPart } from './pace';
import { isCutOff } from './parted';
import { mayBeHeldByLastPart } from './parting';
import { past, rowsToPass } from './passing';
import type {
  Batch,
  BatchOutcome,
  DeleteOutcome,
  Passed,
  Position,
  SessionTable,
  Until,
} from './port';
import { setOldest } from './report';
import { chosen, nextBatch, nextRoute, type Reached, type Route, wantsChoice } from './route';
import { boundsOf, hasTime, type Run } from './run';

/** A walk through a table, and how far it has come. */
export interface Walking {
  readonly table: SessionTable;
  readonly report: TableReport;
  readonly run: Run;
  route: Route;
  pace: Pace;
  looked: Looked;
  inflow: Inflow;
  /** The table has let a delete of no row pass after one that was refused, was stopped or met a lock. */
  isProved: boolean;
  /** The same after one that failed. */
  isProvedByFailure: boolean;
}

/** No limit of a count. */
export const ALL = Number.MAX_SAFE_INTEGER;

/** More deletes in a row with an unknown outcome than this are not a passing fault. */
const MAX_UNKNOWN_IN_A_ROW = 4;

/** Writes down what a batch has come to, when the route has passed it. */
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

/** Looks for the oldest row that is left, locked ones included. */
export async function look(walking: Walking): Promise<Date | null | 'unknown'> {
  const { table, report, run, looked } = walking;
  const { cutoff } = run;
  const { since } = looked;
  const { walk } = walking.route.from;
  const oldest = await table.oldestExpired({ cutoff, walk, ...(since && { since }) });
  if (oldest !== 'unknown') setOldest(report, oldest, cutoff);
  walking.looked = afterLook(looked, oldest, report.rowsDeleted);
  return oldest;
}

/** Looks on the way along an index, where it is time to. */
export async function lookOnTheWay(walking: Walking): Promise<void> {
  const { table, report, run, route, looked } = walking;
  const isAlong = table.isIndexed && route.from.walk === 'index';
  if (isAlong && isLookDue(looked, report.rowsDeleted) && hasTime(run)) await look(walking);
}

/** Chooses between the walks, where it is time to. */
export async function choose(walking: Walking): Promise<void> {
  const { table, report, run, route } = walking;
  // Without an index each batch along it would read the whole table.
  const isUnindexed = !table.isIndexed && !route.isChosen;
  if (!isUnindexed && !wantsChoice(route, report.rowsDeleted)) return;
  walking.route = chosen(route, await table.chooseWalk(run.cutoff));
  report.walk = walking.route.from.walk;
  report.walkReason = walking.route.reason;
}

/**
 * What a batch has come to. One that failed was refused for some row, if the table lets a delete of no row pass: a trigger
 * may raise any error. Throws the error where it does not. Rights may be lost on the way, so that an earlier refusal
 * proves nothing here.
 */
async function settled(walking: Walking, outcome: DeleteOutcome): Promise<BatchOutcome> {
  if (outcome.kind !== 'failed') return outcome;
  const { table, isProvedByFailure } = walking;
  const { durationMs, error } = outcome;
  if (!isProvedByFailure) {
    try {
      await table.deleteNone();
    } catch {
      throw error;
    }
    walking.isProved = true;
    walking.isProvedByFailure = true;
  }
  const reason = isOfOneTable(error) ? error : triggerError(error, table);
  return { kind: 'refused', durationMs, error: reason };
}

/** Deletes a batch of at most so many rows, or tries a part of one that failed. */
export async function takeBatch(walking: Walking, most: number): Promise<Reached> {
  const { table, run, route, pace } = walking;
  const batch = nextBatch(route, most);
  const outcome = await settled(walking, await table.deleteBatch({ ...boundsOf(run), ...batch }));
  const [next, reached] = nextRoute(route, outcome, batch, table.start);
  walking.route = next;
  count(walking, outcome, batch);
  // The last batch of a walk is small, which says nothing about the size of the next one.
  if (batch.skip !== undefined) walking.pace = paceAfterPart(pace, outcome, run.plan);
  else if (reached !== 'end') walking.pace = nextPace(pace, outcome, batch.limit, run.plan);
  if (mayBeHeldByLastPart(route.parting, outcome)) walking.pace = afterLockRelease(walking.pace);
  refuseManyUnknown(walking.pace, batch.limit, outcome);
  return reached;
}

/** Counts at most `limit` rows ahead of the walk; `null`: it took too long. */
export async function countAhead({ table, run, route }: Walking, limit: number, until: Until) {
  return table.countAhead({ cutoff: run.cutoff, from: route.from, limit }, until);
}

/** Goes on behind the next rows, of which there are so many. `error`: why they stay; `null`: they were not tried. */
export async function leaveBehind(
  walking: Walking,
  limit: number,
  error: DatabaseError | null,
): Promise<void> {
  const { table, run, route } = walking;
  const passed = await table.passOver({ cutoff: run.cutoff, from: route.from, limit });
  const { rows, since, next } = passed;
  const [stays, untried] = error === null ? [0, rows] : [rows, 0];
  const left = sumOf(route.left, { rows, since, stays, untried, error });
  walking.route = { ...route, from: next ?? route.from, left };
}

/** Goes on behind the instant at which the walk stands, where none of its rows can be reached. */
async function leaveInstant(walking: Walking): Promise<void> {
  const rows = (await countAhead(walking, ALL, 'instant')) ?? 0;
  if (rows > 0) await leaveBehind(walking, rows, null);
}

/** Goes on past what is left of a batch that was parted. `null`: nothing follows. */
export async function passParted(walking: Walking): Promise<Position | null> {
  const { table, run, route } = walking;
  const limit = rowsToPass(route);
  const nothing: Passed = { rows: 0, since: null, next: route.from };
  const passed =
    limit === 0 ? nothing : await table.passOver({ cutoff: run.cutoff, from: route.from, limit });
  walking.route = past(route, passed);
  if (route.parting !== null && isCutOff(route.parting)) await leaveInstant(walking);
  if (walking.route.futile > 0) walking.pace = afterLockRelease(walking.pace);
  return passed.next;
}
