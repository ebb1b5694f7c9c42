import type { StopReason, TableReport } from '../../contract/report';
import { workTimeLeft } from '../clock';
import { DatabaseError } from '../errors';
import type { LeftBehind } from './left-behind';
import { addObstacle, leftError, lockedError, unprovedError } from './obstacles';
import { afterLockRelease, firstPace, nextPace, type Pace, paceAfterPart } from './pace';
import { isOver, mayHoldThem } from './parting';
import type { Batch, BatchOutcome, Passed, SessionTable } from './port';
import { setOldest } from './report';
import {
  chosen,
  firstRoute,
  hasOnlyMetLocks,
  isLockedOut,
  knownToBeLeft,
  nextBatch,
  nextRoute,
  past,
  type Route,
  rowsToPass,
  secondPass,
  wantsChoice,
} from './route';
import { boundsOf, hasTime, type Run, rowsAllowed } from './run';

/** More deletes in a row with an unknown outcome than this are not a passing fault. */
const MAX_UNKNOWN_IN_A_ROW = 4;

/** Why there is no further batch; `null`: there is one. */
async function whyStop(pace: Pace, limit: number, run: Run): Promise<StopReason | null> {
  if (limit <= 0) return 'row-limit';
  if (await run.isBusy?.()) return 'database-busy';
  const { plan, report, clock } = run;
  // A batch may be twice as large as the one before, so two target durations are the least to allow for.
  const leastMs = pace.roundTripMs + 2 * plan.targetBatchMs;
  const batchMs = Math.max(report.slowestBatchMs, pace.expectedMs, leastMs);
  return workTimeLeft(clock) >= pace.pauseMs + batchMs ? null : 'time-budget';
}

/** Writes down what a batch has come to. `route`: the one after it. */
function count(
  outcome: BatchOutcome,
  { limit, skip }: Pick<Batch, 'limit' | 'skip'>,
  { left }: Route,
  report: TableReport,
  run: Run,
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
  const oldest = left.since ?? (skip === undefined ? outcome.reached : null);
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

/** Looks for the oldest row that is left, locked ones included. Without time for it, the report stays as it is. */
async function lookAgain(table: SessionTable, report: TableReport, run: Run): Promise<void> {
  if (!hasTime(run)) return;
  const oldest = await table.oldestExpired(run.cutoff);
  if (oldest !== 'unknown') setOldest(report, oldest, run.cutoff);
}

/** Throws the error of a table that lets no delete pass, not even one of no row. */
async function refuseTable({ name, deleteNone }: SessionTable): Promise<void> {
  try {
    await deleteNone();
  } catch (error) {
    const failure = error instanceof DatabaseError ? error.failure : null;
    const isLock = failure?.at === 'lock' || failure?.kind === 'too-large';
    if (!isLock || !(error instanceof DatabaseError)) throw error;
    throw new DatabaseError(
      `table ${name} is locked: not even a delete of no row came to its end: ${error.message}`,
      failure,
    );
  }
}

/** Passes what is left of a batch that was parted. */
async function passParted(table: SessionTable, route: Route, run: Run): Promise<Passed> {
  const { from } = route;
  const limit = rowsToPass(route);
  if (limit === 0) return { rows: 0, since: null, next: from };
  return table.passOver({ cutoff: run.cutoff, from, limit });
}

/**
 * The expired rows that are left at the end of a walk: how many, or 1 for any number where the walk left none behind;
 * `null`: the look for them took too long.
 */
async function rowsLeft(
  table: SessionTable,
  { left }: Route,
  report: TableReport,
  { cutoff }: Run,
): Promise<number | null> {
  if (left.rows > 0) {
    const { rows, capped, oldest } = await table.countExpired(cutoff);
    setOldest(report, oldest, cutoff);
    // Nobody has counted beyond the cap, and the walk has seen as many.
    if (capped) return left.rows < rows ? Number.POSITIVE_INFINITY : left.rows;
    return rows;
  }
  const oldest = await table.oldestExpired(cutoff);
  if (oldest === 'unknown') return null;
  setOldest(report, oldest, cutoff);
  return oldest === null ? 0 : 1;
}

/** How the walk through a table ended. */
interface Walked {
  readonly stopReason: StopReason;
  readonly left: LeftBehind;
}

/** The end of a walk after which so many rows are left: some of those left behind may have gone since. */
function endedWith(left: LeftBehind, rows: number): Walked {
  const stays = Math.min(left.stays, rows);
  const untried = Math.min(left.untried, rows - stays);
  return { stopReason: 'drained', left: { ...left, stays, untried } };
}

async function walk(table: SessionTable, report: TableReport, run: Run): Promise<Walked> {
  let route = firstRoute(table.start, run.cutoff.getTime());
  let pace = firstPace(run.plan, run.roundTripMs);
  let isProved = false;
  const ended = (stopReason: StopReason): Walked => ({ stopReason, left: knownToBeLeft(route) });
  const failed = (error: DatabaseError): Walked => {
    addObstacle(report, error, run);
    return ended('failed');
  };
  for (;;) {
    report.walkReason = route.reason;
    const most = Math.min(pace.batchSize, rowsAllowed(run));
    const stop = await whyStop(pace, most, run);
    if (stop === 'row-limit' && report.rowsDeleted > 0) await lookAgain(table, report, run);
    if (stop !== null) return ended(stop);

    // Without an index each batch along it would read the whole table.
    const isUnindexed = !table.isIndexed && !route.isChosen;
    if (isUnindexed || wantsChoice(route, report.rowsDeleted)) {
      route = chosen(route, await table.chooseWalk(run.cutoff));
      report.walk = route.from.walk;
      report.walkReason = route.reason;
    }
    if (pace.pauseMs > 0) await run.clock.sleep(pace.pauseMs);

    const batch = nextBatch(route, most);
    const outcome = await table.deleteBatch({ ...boundsOf(run), ...batch });
    const isOwnLock = mayHoldThem(route.parting, outcome);
    let [next, reached] = nextRoute(route, outcome, batch, table.start);
    route = next;
    count(outcome, batch, route, report, run);
    // The last batch of a walk is small, which says nothing about the size of the next one.
    if (batch.skip !== undefined) pace = paceAfterPart(pace, outcome, run.plan);
    else if (reached !== 'end') pace = nextPace(pace, outcome, batch.limit, run.plan);
    if (isOwnLock) pace = afterLockRelease(pace);
    refuseManyUnknown(pace, batch.limit, outcome);

    if (reached === 'obstacle' && !isProved) {
      await refuseTable(table);
      isProved = true;
    }
    if (route.parting !== null && isOver(route.parting)) {
      const passed = await passParted(table, route, run);
      route = past(route, passed);
      if (route.futile > 0) pace = afterLockRelease(pace);
      if (passed.next === null) reached = 'end';
      if (isLockedOut(route)) {
        await refuseTable(table);
        if (report.rowsDeleted === 0) return failed(lockedError(table.name));
      }
    }
    if (reached === 'end') {
      const rows = hasTime(run) ? await rowsLeft(table, route, report, run) : 'no time';
      if (rows === 'no time') return ended('time-budget');
      if (rows === null) return failed(unprovedError(table.name));
      const again = secondPass(route, table, rows);
      if (again === null) {
        const isLocked = rows > 0 && report.rowsDeleted === 0 && hasOnlyMetLocks(route);
        return isLocked ? failed(lockedError(table.name)) : endedWith(route.left, rows);
      }
      route = again;
      pace = afterLockRelease(pace);
    }
  }
}

/** Purges one table until it is drained or has to stop; returns why it stopped. */
export async function purgeTable(
  table: SessionTable,
  report: TableReport,
  run: Run,
): Promise<StopReason> {
  if (table.isIndexed) {
    const hasExpired = table.oldest !== null && table.oldest < run.cutoff;
    setOldest(report, hasExpired ? table.oldest : null, run.cutoff);
    if (!hasExpired) return 'drained';
  }
  report.walk = 'index';
  const { stopReason, left } = await walk(table, report, run);
  if (left.stays > 0) report.rowsSteppedOver = left.stays;
  if (left.untried > 0) report.rowsNotTried = left.untried;
  if (left.stays + left.untried === 0) return stopReason;
  addObstacle(report, leftError(table.name, left, stopReason), run);
  return 'failed';
}
