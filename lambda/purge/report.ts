import type { PurgeEstimate, PurgeReport, StopReason } from '../../contract/report';
import type { PurgePlan, PurgeRun } from './purge';

/** Why nothing was asked of the database, for the report and in words for people. */
export interface SkipReason {
  readonly stopReason: Extract<StopReason, 'switched-off' | 'asleep' | 'database-busy'>;
  readonly reason: string;
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
