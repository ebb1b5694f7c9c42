import type { StopReason, TableReport } from '../../contract/report';
import { workTimeLeft } from '../clock';
import { addToEstimate } from './estimate';
import type { Backlog, SessionTable } from './port';
import { setOldest } from './report';
import { hasTime, type Run } from './run';

/** How long a dry run may count beyond the first rows of its tables, by the speed of the first rows. */
const COUNT_MS = 20_000;

/** The service stops a statement after 45 s, and the report wants to be written even then. */
const LONGEST_COUNT_MS = 50_000;

/**
 * The count of all expired rows; `null`: it takes too long. One statement reads them all at once, so it is sent only if it is
 * likely to end soon. A planner that is wrong costs one statement that the service stops.
 */
async function countAll(
  table: SessionTable,
  { rows, estimate }: Backlog,
  tookMs: number,
  run: Run,
): Promise<number | null> {
  const { clock } = run;
  const expectedMs = (tookMs * (estimate ?? rows)) / Math.max(rows, 1);
  if (expectedMs > COUNT_MS - run.countedMs || workTimeLeft(clock) < LONGEST_COUNT_MS) return null;
  const startedMs = clock.now();
  const all = await table.countAllExpired(run.cutoff);
  run.countedMs += clock.now() - startedMs;
  return all;
}

/** Counts the expired rows of a table: exactly where that is quickly done, otherwise up to a limit and by an estimate. */
export async function countExpired(
  table: SessionTable,
  report: TableReport,
  run: Run,
): Promise<StopReason> {
  if (!hasTime(run)) return 'time-budget';
  const startedMs = run.clock.now();
  const backlog = await table.countExpired(run.cutoff);
  const { rows, capped, estimate, oldest } = backlog;
  const tookMs = run.clock.now() - startedMs;
  const all = capped ? await countAll(table, backlog, tookMs, run) : rows;
  report.rowsExpired = all ?? rows;
  if (all === null) {
    report.rowsExpiredCapped = true;
    if (estimate !== null) report.rowsExpiredEstimate = estimate;
  }
  setOldest(report, oldest, run.cutoff);
  await addToEstimate(table, { rows, tookMs, all: all ?? estimate ?? rows }, run);
  return 'dry-run';
}
