import { type Clock, workTimeLeft } from './clock';
import { DatabaseError, RequestError } from './errors';
import { firstPace, nextPace, type Pace, type PaceLimits } from './pace';
import type { StopReason, TableReport } from './report';
import type { PurgeRequest } from './request';
import type { BatchOutcome, Position, SessionDatabase, SessionTable } from './session-port';

/** How the purge behaves, whatever it is asked to do. */
export interface PurgePlan extends PaceLimits {
  readonly graceSeconds: number;
}

/** Told after each answered batch. */
export interface Progress {
  readonly table: string;
  /** Over all tables. */
  readonly rowsDeleted: number;
  readonly oldestExpired: string | null;
}

/** The collaborators of a purge. */
export interface PurgeWorld {
  readonly database: SessionDatabase;
  readonly clock: Clock;
  readonly onProgress?: (progress: Progress) => void;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A run as far as it went. */
export interface PurgeRun {
  readonly dryRun: boolean;
  engine: string | null;
  cutoff: Date | null;
  rowsDeleted: number;
  unknownOutcomes: number;
  /** The most rows that the deletes without an answer may have taken. */
  rowsInDoubt: number;
  batches: number;
  slowestBatchMs: number;
  warnings: readonly string[];
  readonly tables: Writable<TableReport>[];
  /** The error that ended the run; `null` when none did. */
  failure: unknown;
}

/** What the work on one table needs beside the table. */
interface Job {
  readonly request: PurgeRequest;
  readonly plan: PurgePlan;
  readonly world: PurgeWorld;
  readonly cutoff: Date;
  readonly run: PurgeRun;
}

/** Where the loop over one table stands. */
interface Walk {
  readonly from: Position | null;
  readonly pace: Pace;
  /** What the batches that were not answered say of the next one's duration. */
  readonly expectedMs: number;
  readonly lostInARow: number;
}

/** So many deletes in a row without an answer are no passing fault. */
const MAX_LOST_IN_A_ROW = 5;

function rowsAllowed({ request, run }: Job): number {
  const { maxRows } = request;
  return (maxRows ?? Number.POSITIVE_INFINITY) - run.rowsDeleted - run.rowsInDoubt;
}

function fitsTimeLeft({ pace, expectedMs }: Walk, { plan, world, run }: Job): boolean {
  // A batch may be twice as large as its predecessor, so two targets are the least to reckon with.
  const batchMs = Math.max(run.slowestBatchMs, expectedMs, 2 * plan.targetBatchMs);
  return workTimeLeft(world.clock) >= pace.pauseMs + batchMs;
}

function setOldest(report: Writable<TableReport>, oldest: Date | null, cutoff: Date): void {
  report.oldestExpired = oldest?.toISOString() ?? null;
  const ageMs = oldest === null ? 0 : cutoff.getTime() - oldest.getTime();
  report.backlogAgeSeconds = Math.floor(ageMs / 1000);
}

function record(
  outcome: BatchOutcome,
  limit: number,
  report: Writable<TableReport>,
  { run, world, cutoff }: Job,
): void {
  if (outcome.kind === 'lost') {
    run.unknownOutcomes += 1;
    run.rowsInDoubt += limit;
  }
  if (outcome.kind !== 'deleted') return;
  run.batches += 1;
  run.rowsDeleted += outcome.rows;
  run.slowestBatchMs = Math.max(run.slowestBatchMs, outcome.durationMs);
  report.rowsDeleted += outcome.rows;
  if (outcome.empty) setOldest(report, null, cutoff);
  else if (outcome.reached !== null) setOldest(report, outcome.reached, cutoff);
  const { table, oldestExpired } = report;
  world.onProgress?.({ table, rowsDeleted: run.rowsDeleted, oldestExpired });
}

/** Throws a `DatabaseError` when going on would only repeat what failed. */
function nextStep(walk: Walk, outcome: BatchOutcome, limit: number, plan: PurgePlan): Walk {
  const { kind, durationMs } = outcome;
  const lostInARow = kind === 'lost' ? walk.lostInARow + 1 : 0;
  if (lostInARow === MAX_LOST_IN_A_ROW) {
    throw new DatabaseError(
      `no answer to ${lostInARow} deletes in a row, of up to ${limit} rows each; their rows are not in rowsDeleted, the next run settles the rest`,
    );
  }
  if (kind === 'timed-out' && limit === 1) {
    throw new DatabaseError(
      `the delete of one row was stopped after ${Math.round(durationMs)} ms; look for a lock on the table or a trigger on it`,
    );
  }
  return {
    from: kind === 'deleted' ? (outcome.next ?? walk.from) : walk.from,
    pace: nextPace(walk.pace, { kind, limit, durationMs }, plan),
    expectedMs: kind === 'timed-out' ? durationMs / 2 : 0,
    lostInARow,
  };
}

/** What is left, rows that were locked included; where the time does not allow to ask, the last batch's end stands. */
async function lookAgain(
  table: SessionTable,
  report: Writable<TableReport>,
  { plan, world, cutoff }: Job,
): Promise<void> {
  if (workTimeLeft(world.clock) < plan.targetBatchMs) return;
  setOldest(report, await table.oldestExpired(cutoff), cutoff);
}

/** The loop: ends when nothing is left, when the next batch may not fit, or at the row limit, and says which. */
async function deleteExpired(
  table: SessionTable,
  report: Writable<TableReport>,
  job: Job,
): Promise<StopReason> {
  const { plan, world, cutoff } = job;
  let walk: Walk = { from: null, pace: firstPace(plan), expectedMs: 0, lostInARow: 0 };
  for (;;) {
    const limit = Math.min(walk.pace.batchSize, rowsAllowed(job));
    if (limit <= 0) {
      if (report.rowsDeleted > 0) await lookAgain(table, report, job);
      return 'row-limit';
    }
    if (!fitsTimeLeft(walk, job)) return 'time-budget';
    if (walk.pace.pauseMs > 0) await world.clock.sleep(walk.pace.pauseMs);

    const outcome = await table.deleteBatch({ cutoff, from: walk.from, limit });
    record(outcome, limit, report, job);
    if (outcome.kind === 'deleted' && outcome.drained) {
      if (!outcome.empty) await lookAgain(table, report, job);
      return 'drained';
    }
    walk = nextStep(walk, outcome, limit, plan);
  }
}

async function countExpired(
  table: SessionTable,
  report: Writable<TableReport>,
  { cutoff, plan, world }: Job,
): Promise<StopReason> {
  if (workTimeLeft(world.clock) < plan.targetBatchMs) return 'time-budget';
  const { rows, capped, estimate, oldest } = await table.countExpired(cutoff);
  report.rowsExpired = rows;
  if (capped) report.rowsExpiredCapped = true;
  if (estimate !== null) report.rowsExpiredEstimate = estimate;
  setOldest(report, oldest, cutoff);
  return 'dry-run';
}

async function purgeTable(table: SessionTable, job: Job): Promise<void> {
  const report: Writable<TableReport> = {
    table: table.name,
    stopReason: 'failed',
    rowsDeleted: 0,
    rowsExpired: null,
    oldestExpired: null,
    backlogAgeSeconds: null,
  };
  job.run.tables.push(report);
  const work = job.request.dryRun ? countExpired : deleteExpired;
  report.stopReason = await work(table, report, job);
}

function cutoffOf(request: PurgeRequest, plan: PurgePlan, now: Date): Date {
  const { cutoff } = request;
  if (cutoff === null) return new Date(now.getTime() - plan.graceSeconds * 1000);
  if (cutoff <= now) return cutoff;
  throw new RequestError(
    `cutoff must not lie ahead of the database's clock (${now.toISOString()}), got ${cutoff.toISOString()}; nothing was deleted`,
  );
}

/**
 * Deletes the sessions that expired before the cutoff, table by table, or counts them.
 *
 * The cutoff is fixed once: sessions that expire meanwhile wait for the next run, so the loop always ends. Never
 * throws: an error ends the run and stands in `failure`, beside what had been done by then.
 */
export async function purge(
  request: PurgeRequest,
  plan: PurgePlan,
  world: PurgeWorld,
): Promise<PurgeRun> {
  const run: PurgeRun = {
    dryRun: request.dryRun,
    engine: null,
    cutoff: null,
    rowsDeleted: 0,
    unknownOutcomes: 0,
    rowsInDoubt: 0,
    batches: 0,
    slowestBatchMs: 0,
    warnings: [],
    tables: [],
    failure: null,
  };
  try {
    const { engine, now, tables, warnings } = await world.database.open(request.tables);
    const cutoff = cutoffOf(request, plan, now);
    Object.assign(run, { engine, cutoff, warnings });
    for (const table of tables) await purgeTable(table, { request, plan, world, cutoff, run });
  } catch (failure) {
    run.failure = failure;
  }
  return run;
}
