import type { StopReason, TableReport } from '../../contract/report';
import { workTimeLeft } from '../clock';
import { DatabaseError } from '../errors';
import { addObstacle } from './obstacles';
import { afterLockRelease, firstPace, nextPace, type Pace } from './pace';
import type { BatchOutcome, SessionTable } from './port';
import { setOldest } from './report';
import { chosen, firstRoute, nextRoute, past, type Route, secondPass, wantsChoice } from './route';
import { hasTime, type Run, rowsAllowed } from './run';

/** More deletes in a row with an unknown outcome than this are not a passing fault. */
const MAX_UNKNOWN_IN_A_ROW = 4;

/** After this many rows that cannot be deleted, the table is given up. */
const MAX_STEPPED_OVER = 10;

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

function count(outcome: BatchOutcome, limit: number, report: TableReport, run: Run): void {
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
  if (outcome.reached !== null) setOldest(report, outcome.reached, run.cutoff);
  const { table, oldestExpired } = report;
  run.onProgress?.({ table, rowsDeleted: all.rowsDeleted, oldestExpired });
}

function refuseManyUnknown({ unknownInARow }: Pace, limit: number): void {
  if (unknownInARow <= MAX_UNKNOWN_IN_A_ROW) return;
  throw new DatabaseError(
    `no answer to ${unknownInARow} deletes in a row, the last of up to ${limit} rows; their rows are not in rowsDeleted, the next run settles the rest`,
  );
}

/** Looks for the oldest row that is left, locked ones included. Without time for it, the report stays as it is. */
async function lookAgain(table: SessionTable, report: TableReport, run: Run): Promise<void> {
  if (!hasTime(run)) return;
  const oldest = await table.oldestExpired(run.cutoff);
  if (oldest !== 'unknown') setOldest(report, oldest, run.cutoff);
}

function stoppedAfter({ durationMs }: BatchOutcome): string {
  return `was stopped after ${Math.round(durationMs)} ms; look for a lock on the table or a trigger on it`;
}

/** The error that a run ends with for a row that stays. It names the row by its instant and never by its key. */
function stuckRowError(table: string, expired: Date, outcome: BatchOutcome): DatabaseError {
  const row = `a row of ${table} that expired at ${expired.toISOString()} could not be deleted and was stepped over`;
  if (outcome.kind === 'refused') {
    const { message, failure } = outcome.error;
    return new DatabaseError(`${row}: ${message}`, failure);
  }
  return new DatabaseError(`${row}: its delete ${stoppedAfter(outcome)}`);
}

/** The error of a table whose deletes are rolled back although no row is found that could be the reason. */
function obstacleError(table: string, outcome: BatchOutcome): DatabaseError {
  if (outcome.kind === 'refused') return outcome.error;
  return new DatabaseError(`a delete on ${table} that found no row ${stoppedAfter(outcome)}`);
}

/** Steps over the row that cannot be deleted. `null`: the table ends here, and the run ends as a failure. */
async function stepOver(
  route: Route,
  outcome: BatchOutcome,
  table: SessionTable,
  report: TableReport,
  run: Run,
): Promise<Route | null> {
  const found = await table.stepOver({ cutoff: run.cutoff, from: route.from, limit: 1 });
  if (found === null) {
    // The row may have been deleted between the two statements, so one more try is worth it.
    if (!route.foundNoRow) return { ...route, foundNoRow: true };
    addObstacle(report, obstacleError(table.name, outcome), run);
    return null;
  }
  report.rowsSteppedOver = (report.rowsSteppedOver ?? 0) + 1;
  addObstacle(report, stuckRowError(table.name, found.stuck, outcome), run);
  return report.rowsSteppedOver === MAX_STEPPED_OVER ? null : past(route, found);
}

async function walk(table: SessionTable, report: TableReport, run: Run): Promise<StopReason> {
  let route = firstRoute(table.start);
  let pace = firstPace(run.plan, run.roundTripMs);
  for (;;) {
    report.walkReason = route.reason;
    const limit = Math.min(pace.batchSize, rowsAllowed(run));
    const stop = await whyStop(pace, limit, run);
    if (stop === 'row-limit' && report.rowsDeleted > 0) await lookAgain(table, report, run);
    if (stop !== null) return stop;

    if (wantsChoice(route, report.rowsDeleted)) {
      route = chosen(route, await table.chooseWalk(run.cutoff));
      report.walk = route.from.walk;
      report.walkReason = route.reason;
    }
    if (pace.pauseMs > 0) await run.clock.sleep(pace.pauseMs);

    const outcome = await table.deleteBatch({ cutoff: run.cutoff, from: route.from, limit });
    count(outcome, limit, report, run);
    const [next, reached] = nextRoute(route, outcome, limit, table.start);
    route = next;
    // The last batch of a walk is small, which says nothing about the size of the next one.
    if (reached !== 'end') pace = nextPace(pace, outcome, limit, run.plan);
    refuseManyUnknown(pace, limit);

    if (reached === 'obstacle') {
      const onward = await stepOver(route, outcome, table, report, run);
      if (onward === null) {
        await lookAgain(table, report, run);
        return 'failed';
      }
      route = onward;
    }
    if (reached === 'end') {
      if (route.leftBehind) await lookAgain(table, report, run);
      else setOldest(report, null, run.cutoff);
      const again = secondPass(route, table.start, report);
      if (again === null) return report.rowsSteppedOver === undefined ? 'drained' : 'failed';
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
  const hasExpired = table.oldest !== null && table.oldest < run.cutoff;
  setOldest(report, hasExpired ? table.oldest : null, run.cutoff);
  if (!hasExpired) return 'drained';
  report.walk = 'index';
  return walk(table, report, run);
}
