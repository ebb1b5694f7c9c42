import { areAllGone, comesBack, mostAhead } from './inflow';
import { ALL, countAhead, leaveBehind } from './leaving';
import { COMES_BACK } from './left-behind';
import { addsError } from './obstacles';
import type { Position } from './port';
import { hasTime } from './run';
import { failed, type Walked } from './walk-end';
import type { Walking } from './walking';

/** Where a walk stood before a batch. */
export interface Before {
  readonly from: Position;
  /** Rows of the table that had been deleted. */
  readonly deleted: number;
}

/** Counts the rows of the instant at which the walk stays, and goes on behind them where as many come as go. */
async function watchInstant(walking: Walking): Promise<void> {
  const { report, route, inflow } = walking;
  const { tied } = inflow;
  const { at } = route.from;
  const { rowsDeleted } = report;
  const isSame = tied !== null && tied.at === at;
  if (isSame && !areAllGone(tied, rowsDeleted)) return;
  const rows = (await countAhead(walking, ALL, 'instant')) ?? Number.POSITIVE_INFINITY;
  walking.inflow = { ...inflow, tied: { at, rows, deleted: rowsDeleted } };
  if (!isSame || rows === 0 || !comesBack(tied, rows, rowsDeleted)) return;
  await leaveBehind(walking, rows, COMES_BACK);
}

/** Counts the rows ahead of the walk, and ends it where as many come as go. */
async function watchAhead(walking: Walking): Promise<Walked | null> {
  const { table, report, inflow } = walking;
  const { ahead, countAt } = inflow;
  const { rowsDeleted } = report;
  if (ahead === null ? rowsDeleted < countAt : !areAllGone(ahead, rowsDeleted)) return null;
  // Few should be left of those that were counted before.
  const most = ahead === null ? mostAhead(rowsDeleted) : ALL;
  const rows = await countAhead(walking, most, 'cutoff');
  const hasCome = ahead !== null && rows !== null && comesBack(ahead, rows, rowsDeleted);
  if (hasCome && ahead.hasCome) return failed(walking, addsError(table, rows));
  const isBegun = ahead === null && rows !== null && rows < most;
  walking.inflow = {
    ...inflow,
    countAt: 2 * rowsDeleted,
    ahead: isBegun || hasCome ? { rows, deleted: rowsDeleted, hasCome } : null,
  };
  return null;
}

/** Looks after a batch along the index whether rows come back as fast as they go. `null`: the walk goes on. */
export async function watch(walking: Walking, before: Before): Promise<Walked | null> {
  const { report, run, route } = walking;
  const hasDeleted = report.rowsDeleted > before.deleted;
  if (!hasDeleted || route.from.walk !== 'index' || route.parting !== null) return null;
  if (!hasTime(run)) return null;
  if (route.from.at === before.from.at) await watchInstant(walking);
  return watchAhead(walking);
}
