import type { Walk } from './port';
import type { PurgePlan, PurgeRun } from './purge';

/** Why a run, or its work on one table, ended. */
export type StopReason =
  /** Nothing that had expired before the cutoff is left, but for rows that the application held locked. */
  | 'drained'
  /** The next batch might not have fit the time left; the next run goes on. */
  | 'time-budget'
  /** The request's `maxRows` were deleted. */
  | 'row-limit'
  /** Counted, nothing deleted. */
  | 'dry-run'
  /** The database's load passed the threshold, before or during the run; the next run goes on. */
  | 'database-busy'
  /** The control parameter says so; the database was not asked. */
  | 'switched-off'
  /** The cluster had paused itself and was left asleep; the database was not asked. */
  | 'asleep'
  /** An error ended it; seen in the log only, since the invocation throws. */
  | 'failed';

/** Why nothing was asked of the database, for the report and in words for people. */
export interface SkipReason {
  readonly stopReason: Extract<StopReason, 'switched-off' | 'asleep' | 'database-busy'>;
  readonly reason: string;
}

/** What a dry run expects of the purge, were it to run now with the largest batches at the target duration. */
export interface PurgeEstimate {
  readonly batches: number;
  readonly dataApiCalls: number;
  readonly durationMs: number;
}

/** What became of one table. */
export interface TableReport {
  /** With its schema, as the database knows it. */
  readonly table: string;
  readonly stopReason: StopReason;
  readonly rowsDeleted: number;
  /** Expired rows that a dry run counted; `null` otherwise. */
  readonly rowsExpired: number | null;
  /** The dry run stopped counting: there are more than `rowsExpired`. */
  readonly rowsExpiredCapped?: true;
  /** The planner's estimate of the expired rows, where counting was capped. */
  readonly rowsExpiredEstimate?: number;
  /**
   * `expire_date` of the oldest session that should be gone and is not; `null`: none, or not known.
   *
   * Where the time ran out it is where the last batch ended: what is left expired no earlier.
   */
  readonly oldestExpired: string | null;
  /** The order in which the rows were taken; absent when there was nothing to take. */
  readonly walk?: Walk;
  /** Why that order, and whether it was changed. */
  readonly walkReason?: string;
  /** Rows that the database refused to delete, or was stopped over; the run ends as a failure, with all else done. */
  readonly rowsSteppedOver?: number;
  /** How long before the cutoff that session expired; 0: none is left; `null`: not known. */
  readonly backlogAgeSeconds: number | null;
}

/** One run, as returned to the caller and logged as one line. */
export interface PurgeReport {
  readonly dryRun: boolean;
  /** ISO 8601 in UTC; `null` when the run failed before the database told its time. */
  readonly cutoff: string | null;
  readonly engine: string | null;
  readonly stopReason: StopReason;
  /** In words; only where nothing was asked of the database. */
  readonly reason?: string;
  /** Rows known to be deleted. */
  readonly rowsDeleted: number;
  /** Deletes whose answer was lost: their rows are in no count. */
  readonly unknownOutcomes: number;
  /** Deletes that were answered. */
  readonly batches: number;
  readonly dataApiCalls: number;
  /** Calls that had to be repeated. */
  readonly retries: number;
  readonly slowestBatchMs: number;
  /** Time spent waiting for a paused cluster. */
  readonly wakeMs: number;
  readonly durationMs: number;
  readonly tables: readonly TableReport[];
  /** Only in a dry run. */
  readonly estimate?: PurgeEstimate;
  /** What the operator should mend although the run went on; absent when there is nothing. */
  readonly warnings?: readonly string[];
}

function stopReasonOf(run: PurgeRun): StopReason {
  if (run.failure !== null) return 'failed';
  const finished: StopReason = run.dryRun ? 'dry-run' : 'drained';
  return run.tables.find(({ stopReason }) => stopReason !== finished)?.stopReason ?? finished;
}

/** With the largest batches, each as long as the target says: what a purge of so many rows comes to. */
function estimateOf(run: PurgeRun, plan: PurgePlan): PurgeEstimate {
  const rows = run.tables.map((table) => table.rowsExpiredEstimate ?? table.rowsExpired ?? 0);
  const batches = rows.reduce((sum, count) => sum + Math.ceil(count / plan.maxBatchSize), 0);
  return {
    batches,
    dataApiCalls: batches + run.tables.length + 1,
    durationMs: Math.round(batches * plan.targetBatchMs * (1 + plan.pauseRatio)),
  };
}

/** The report of a run, whether it ended well or not. */
export function reportOf(
  run: PurgeRun,
  plan: PurgePlan,
  usage: Pick<PurgeReport, 'dataApiCalls' | 'retries' | 'wakeMs'>,
  durationMs: number,
): PurgeReport {
  return {
    dryRun: run.dryRun,
    cutoff: run.cutoff?.toISOString() ?? null,
    engine: run.engine,
    stopReason: stopReasonOf(run),
    rowsDeleted: run.rowsDeleted,
    unknownOutcomes: run.unknownOutcomes,
    batches: run.batches,
    dataApiCalls: usage.dataApiCalls,
    retries: usage.retries,
    slowestBatchMs: Math.round(run.slowestBatchMs),
    wakeMs: Math.round(usage.wakeMs),
    durationMs: Math.round(durationMs),
    tables: run.tables,
    ...(run.dryRun && { estimate: estimateOf(run, plan) }),
    ...(run.warnings.length > 0 && { warnings: run.warnings }),
  };
}

/** The report of a run that asked nothing of the database. */
export function skipReport(
  { stopReason, reason }: SkipReason,
  warnings: readonly string[],
  durationMs: number,
): PurgeReport {
  return {
    dryRun: false,
    cutoff: null,
    engine: null,
    stopReason,
    reason,
    rowsDeleted: 0,
    unknownOutcomes: 0,
    batches: 0,
    dataApiCalls: 0,
    retries: 0,
    slowestBatchMs: 0,
    wakeMs: 0,
    durationMs: Math.round(durationMs),
    tables: [],
    ...(warnings.length > 0 && { warnings }),
  };
}

/**
 * Age of the backlog over all tables in seconds; 0 when nothing is left, `null` when that is not known.
 *
 * The age of a table that was not reached is not known: that others are drained must not read as if all were.
 */
export function backlogAgeSeconds({ tables }: PurgeReport): number | null {
  const known = tables.flatMap((table) => table.backlogAgeSeconds ?? []);
  const isWhole = known.length === tables.length && tables.length > 0;
  const oldest = Math.max(0, ...known);
  return isWhole || oldest > 0 ? oldest : null;
}
