import type { PurgeEstimate, PurgeReport, StopReason, TableReport } from '../../contract/report';
import type { PurgePlan } from './run';

/** Why the database was not asked, for the report and in words for people. */
export interface SkipReason {
  readonly stopReason: Extract<StopReason, 'switched-off' | 'asleep' | 'database-busy'>;
  readonly reason: string;
}

/** The report of a run that has done nothing yet; as it stands it tells of a failure. */
export function openReport({ dryRun }: Pick<PurgeReport, 'dryRun'>): PurgeReport {
  return {
    dryRun,
    cutoff: null,
    engine: null,
    stopReason: 'failed',
    rowsDeleted: 0,
    unknownOutcomes: 0,
    batches: 0,
    dataApiCalls: 0,
    retries: 0,
    slowestBatchMs: 0,
    wakeMs: 0,
    durationMs: 0,
    tables: [],
  };
}

/** The report of a table of which nothing is known yet; as it stands it tells of a failure. */
export function openTableReport(table: string): TableReport {
  return {
    table,
    stopReason: 'failed',
    rowsDeleted: 0,
    rowsExpired: null,
    oldestExpired: null,
    backlogAgeSeconds: null,
  };
}

/** Writes down that the database was not asked, and why. */
export function recordSkip(report: PurgeReport, { stopReason, reason }: SkipReason): void {
  report.stopReason = stopReason;
  report.reason = reason;
}

/** Adds what the operator should mend. */
export function warn(report: PurgeReport, warnings: readonly string[]): void {
  if (warnings.length > 0) report.warnings = [...(report.warnings ?? []), ...warnings];
}

/** Writes down when the oldest session expired that should be gone; `null`: none is left. */
export function setOldest(report: TableReport, oldest: Date | null, cutoff: Date): void {
  report.oldestExpired = oldest?.toISOString() ?? null;
  const ageMs = oldest === null ? 0 : cutoff.getTime() - oldest.getTime();
  report.backlogAgeSeconds = Math.floor(ageMs / 1000);
}

/** Why a run stopped that did not fail: the first reason of a table to stop before its end. */
export function stopReasonOf({ dryRun, tables }: PurgeReport): StopReason {
  const finished: StopReason = dryRun ? 'dry-run' : 'drained';
  return tables.find(({ stopReason }) => stopReason !== finished)?.stopReason ?? finished;
}

/** What a purge of the counted rows takes with the largest batches, each of the target duration. */
export function estimateOf({ tables }: PurgeReport, plan: PurgePlan): PurgeEstimate {
  const rows = tables.map((table) => table.rowsExpiredEstimate ?? table.rowsExpired ?? 0);
  const batches = rows.reduce((sum, count) => sum + Math.ceil(count / plan.maxBatchSize), 0);
  return {
    batches,
    dataApiCalls: batches + tables.length + 1,
    durationMs: Math.round(batches * plan.targetBatchMs * (1 + plan.pauseRatio)),
  };
}

/** Completes the report with what the calls of the run came to and how long it took, in whole milliseconds. */
export function closeReport(
  report: PurgeReport,
  { dataApiCalls, retries, wakeMs }: Pick<PurgeReport, 'dataApiCalls' | 'retries' | 'wakeMs'>,
  durationMs: number,
): void {
  report.dataApiCalls = dataApiCalls;
  report.retries = retries;
  report.wakeMs = Math.round(wakeMs);
  report.slowestBatchMs = Math.round(report.slowestBatchMs);
  report.durationMs = Math.round(durationMs);
}

/**
 * Age of the backlog over all tables in seconds; 0 when nothing is left, `null` when that is not known.
 *
 * The age of a table that was not reached is not known: that the others are drained does not mean that all are.
 */
export function backlogAgeSeconds({ tables }: PurgeReport): number | null {
  const known = tables.flatMap((table) => table.backlogAgeSeconds ?? []);
  const isWhole = known.length === tables.length && tables.length > 0;
  const oldest = Math.max(0, ...known);
  return isWhole || oldest > 0 ? oldest : null;
}
