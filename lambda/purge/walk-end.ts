import type { StopReason } from '../../contract/report';
import type { DatabaseError } from '../errors';
import { mayBeOff } from './balance';
import { comesBack, NO_INFLOW } from './inflow';
import { atMost, COMES_BACK, type LeftBehind } from './left-behind';
import { addObstacle, addsError, heldWarning, lockedError, unprovedError } from './obstacles';
import { afterLockRelease } from './pace';
import {
  hasOnlyMetLocks,
  knownToBeLeft,
  leftAfter,
  mayBeFree,
  mayMiss,
  mayRepeat,
  secondPass,
} from './passing';
import type { Position } from './port';
import { setOldest, warn } from './report';
import { hasTime, rowsAllowed } from './run';
import { takeOne } from './taking';
import { look, type Walking } from './walking';

/** How a walk ended. */
export interface Walked {
  readonly stopReason: StopReason;
  readonly left: LeftBehind;
}

/** In so many moments an application that adds a row a second has as good as always added another one. */
const MOMENTS = 5;
const MOMENT_MS = 1000;

/** How many rows this walk has deleted, be it the first or a later one. */
const deletedInWalk = ({ report, inflow: { before } }: Walking) =>
  report.rowsDeleted - (before?.deleted ?? 0);

const hasDeleted = (walking: Walking) => deletedInWalk(walking) > 0;

/** The expired rows that are left at the end of a walk. */
interface Left {
  /** `Infinity`: any number, where the walk left none behind and nobody has to know. */
  readonly rows: number;
  /** When the first of them expired; `null`: there is none. */
  readonly oldest: Date | null;
}

/** Counts them all: two counts that stopped at the same cap would not tell rows that come back from rows that stay. */
async function countLeft({ table, report, run: { cutoff } }: Walking): Promise<Left | 'unknown'> {
  const { rows, capped, oldest } = await table.countExpired(cutoff);
  setOldest(report, oldest, cutoff);
  const all = capped ? await table.countAllExpired(cutoff) : rows;
  return all === null ? 'unknown' : { rows: all, oldest };
}

/** A look goes on from where the last one has found a row, and so does not see one that came back before that. */
async function leftAtEnd(walking: Walking): Promise<Left | 'unknown'> {
  const { left, repeats } = walking.route;
  if (left.rows === 0 && (repeats === 0 || !hasDeleted(walking))) {
    const oldest = await look(walking);
    if (oldest === 'unknown') return oldest;
    return { rows: oldest === null ? 0 : Number.POSITIVE_INFINITY, oldest };
  }
  return countLeft(walking);
}

/** The end of a walk before the end of the table. */
export const stopped = ({ route }: Walking, stopReason: StopReason): Walked => ({
  stopReason,
  left: knownToBeLeft(route),
});

/** The end of a walk by something in its way. */
export function failed(walking: Walking, error: DatabaseError): Walked {
  addObstacle(walking.report, error, walking.run);
  return stopped(walking, 'failed');
}

/**
 * Whether the last walk has left `rows` because they came back. Those that others add go on to come while nothing is deleted,
 * and are left to the next run.
 */
async function doComeBack(walking: Walking, rows: number): Promise<boolean> {
  const { report, run, route, inflow } = walking;
  const { before } = inflow;
  if (before === null || !hasDeleted(walking) || rows <= route.left.rows) return false;
  if (!comesBack(before, rows, report.rowsDeleted)) return false;
  for (let moment = 1; moment <= MOMENTS; moment += 1) {
    await run.clock.sleep(MOMENT_MS);
    const still = await countLeft(walking);
    if (still === 'unknown') return true;
    if (still.rows === 0 || still.rows > rows) return false;
  }
  return true;
}

/**
 * Whether this walk has left half of the rows at the most, but for those left behind: where fewer than half come back, a few more
 * walks get to the end.
 */
function hasHalved(walking: Walking, rows: number): boolean {
  const { inflow, route } = walking;
  const before = (inflow.before?.rows ?? 0) - route.left.rows;
  return hasDeleted(walking) && before > 0 && 2 * (rows - route.left.rows) <= before;
}

/**
 * Whether there is to be another walk for the `rows` that are left: the last one has missed some, others may have let go of rows
 * that were left behind, the count is off, or what was in the way of the first of them no longer is.
 */
async function isToRepeat(walking: Walking, rows: number, start: Position): Promise<boolean> {
  const { route, report, balance } = walking;
  if (rows === 0 || !(mayRepeat(route) || hasHalved(walking, rows))) return false;
  if (mayMiss(route, rows, hasDeleted(walking))) return true;
  const { left } = route;
  if (left.rows === 0 || left.error === COMES_BACK || rowsAllowed(walking.run) <= 0) return false;
  return mayBeFree(route) || mayBeOff(balance, rows, report.rowsDeleted) || takeOne(walking, start);
}

/** A request holds a row or two for a moment in any night. Only a transaction that is stuck holds more than this. */
const MOST_HELD = 100;

/** How many of the rows that are left others hold; 0: none, or it is not known. */
async function countHeld(walking: Walking, rows: number): Promise<number> {
  const { run, route } = walking;
  const isCounted = Number.isFinite(rows);
  if (!isCounted && !hasTime(run)) return 0;
  const left = isCounted ? { rows } : await countLeft(walking);
  return left === 'unknown' ? 0 : left.rows - route.left.stays - route.left.untried;
}

/** Whether the run has met nothing but locks, in the way of more rows than a request holds. */
const isAllLocked = ({ report, route, run }: Walking, held: number): boolean =>
  report.rowsDeleted === 0 &&
  run.report.unknownOutcomes === 0 &&
  route.left.stays === 0 &&
  (held > MOST_HELD || hasOnlyMetLocks(route));

/** Looks at a table that was walked to its end. `null`: there is a second pass. */
export async function finish(walking: Walking): Promise<Walked | null> {
  const { table, report, run, route, inflow } = walking;
  if (!hasTime(run)) return stopped(walking, 'time-budget');
  const found = await leftAtEnd(walking);
  if (found === 'unknown') return failed(walking, unprovedError(table.name));
  const { rows, oldest } = found;
  const start = oldest === null ? table.start : table.startAt(oldest);
  const { rowsDeleted: deleted } = report;
  const left = atMost(leftAfter(route, deletedInWalk(walking)), rows);
  if (await isToRepeat(walking, rows, start)) {
    walking.route = secondPass(route, start, left);
    walking.pace = afterLockRelease(walking.pace);
    const before = { rows, deleted };
    walking.balance = Number.isFinite(rows) ? before : null;
    walking.inflow = { ...NO_INFLOW, countAt: inflow.countAt, before };
    return null;
  }
  if (await doComeBack(walking, rows)) return failed(walking, addsError(table, rows));
  const held = await countHeld(walking, rows);
  if (rows > 0 && isAllLocked(walking, held))
    return failed(walking, lockedError(table, route.left, held + route.left.untried));
  if (held > Math.min(MOST_HELD, deleted)) warn(run.report, [heldWarning(table, route.left, held)]);
  return { stopReason: 'drained', left };
}
