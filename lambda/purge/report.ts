import type { PurgeReport, StopReason, TableReport } from '../../contract/report';

/** Why a run does not start. */
export interface SkipReason {
  readonly stopReason: Extract<StopReason, 'switched-off' | 'asleep' | 'database-busy'>;
  /** The same in words. */
  readonly reason: string;
}

/** The report of a run that has done nothing yet. It says `failed` until the run has ended. */
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

/** The report of a table about which nothing is known yet. It says `failed` until the work on the table has ended. */
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

/** Records why the run did not start. */
export function recordSkip(report: PurgeReport, { stopReason, reason }: SkipReason): void {
  report.stopReason = stopReason;
  report.reason = reason;
}

/** Adds warnings; `null` is none. */
export function warn(report: PurgeReport, warnings: readonly (string | null)[]): void {
  const given = warnings.filter((warning) => warning !== null);
  if (given.length > 0) report.warnings = [...(report.warnings ?? []), ...given];
}

/** Records when the oldest session that is left to delete expired; `null`: none is left. */
export function setOldest(report: TableReport, oldest: Date | null, cutoff: Date): void {
  report.oldestExpired = oldest?.toISOString() ?? null;
  const ageMs = oldest === null ? 0 : cutoff.getTime() - oldest.getTime();
  report.backlogAgeSeconds = Math.floor(ageMs / 1000);
}

/** Why a run stopped that did not fail: the reason of the first table that was not finished. */
export function stopReasonOf({ dryRun, tables }: PurgeReport): StopReason {
  const finished: StopReason = dryRun ? 'dry-run' : 'drained';
  return tables.find(({ stopReason }) => stopReason !== finished)?.stopReason ?? finished;
}

/** Completes the report with the calls and the duration of the run, in whole milliseconds. An estimate of no table is left out. */
export function closeReport(
  report: PurgeReport,
  { dataApiCalls, retries, wakeMs }: Pick<PurgeReport, 'dataApiCalls' | 'retries' | 'wakeMs'>,
  durationMs: number,
): void {
  // Of tables that were not counted nothing is known.
  if (report.tables.every(({ rowsExpired }) => rowsExpired === null)) delete report.estimate;
  report.dataApiCalls = dataApiCalls;
  report.retries = retries;
  report.wakeMs = Math.round(wakeMs);
  report.slowestBatchMs = Math.round(report.slowestBatchMs);
  report.durationMs = Math.round(durationMs);
}

/**
 * Age of the backlog over all tables in seconds; 0: nothing is left; `null`: not known.
 *
 * The age of a table that the run did not reach is not known, even where all others are drained.
 */
export function backlogAgeSeconds({ tables }: PurgeReport): number | null {
  const known = tables.flatMap((table) => table.backlogAgeSeconds ?? []);
  const isWhole = known.length === tables.length && tables.length > 0;
  const oldest = Math.max(0, ...known);
  return isWhole || oldest > 0 ? oldest : null;
}
