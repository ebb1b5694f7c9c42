import type { PurgeEstimate } from '../../contract/report';
import type { Run } from './run';

/**
 * How many times as long as counting a row its delete takes. Measured on local disks: 2 to 12 times on PostgreSQL 17, and 27
 * to 40 times on MariaDB 10.11, whose count reads the index alone.
 */
const DELETE_BY_COUNT = { least: 2, most: 40 };

/** The first calls of a run took up to four times as long as those that followed. */
const FIRST_CALLS = 4;

/** Notes what counting `all` rows of a table would take, where the first `rows` of them took so long. */
export function noteSpeed(rows: number, all: number, tookMs: number, run: Run): void {
  const { roundTripMs, counting } = run;
  const share = all / Math.max(rows, 1);
  counting.leastMs += share * Math.max(0, tookMs - roundTripMs);
  // The round trip may be shorter than any call so far.
  counting.mostMs += share * Math.max(tookMs / 2, tookMs - roundTripMs);
}

/** What a purge of the counted rows would take, with the largest batches, by the speed at which they were counted. */
export function estimateOf({ report, plan, counting, roundTripMs }: Run): PurgeEstimate {
  const { tables } = report;
  const rows = tables.map((table) => table.rowsExpiredEstimate ?? table.rowsExpired ?? 0);
  const batches = rows.reduce((sum, count) => sum + Math.ceil(count / plan.maxBatchSize), 0);
  const dataApiCalls = batches + tables.length + 1;
  const tripsMs = dataApiCalls * roundTripMs;
  const withPauses = 1 + plan.pauseRatio;
  const { least, most } = DELETE_BY_COUNT;
  return {
    batches,
    dataApiCalls,
    shortestMs: Math.round(Math.max(tripsMs / FIRST_CALLS, least * counting.leastMs * withPauses)),
    longestMs: Math.round(tripsMs + most * counting.mostMs * withPauses),
  };
}
