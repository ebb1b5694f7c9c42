import type { StopReason } from '../../contract/report';
import type { DatabaseError } from '../errors';
import { comesBack, NO_INFLOW } from './inflow';
import type { LeftBehind } from './left-behind';
import { addObstacle, addsError, lockedError, unprovedError } from './obstacles';
import { afterLockRelease } from './pace';
import { hasOnlyMetLocks, knownToBeLeft, secondPass } from './passing';
import { setOldest } from './report';
import { hasTime } from './run';
import { look, type Walking } from './walking';

/** How a walk ended. */
export interface Walked {
  readonly stopReason: StopReason;
  readonly left: LeftBehind;
}

/** In so many moments an application that adds a row a second has as good as always added another one. */
const MOMENTS = 5;
const MOMENT_MS = 1000;

/** Whether this walk has deleted rows, be it the first or a later one. */
const hasDeleted = ({ report, inflow: { before } }: Walking) =>
  report.rowsDeleted > (before?.deleted ?? 0);

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

/** The end of a walk after which so many rows are left: some of those left behind may have gone since. */
function drained(left: LeftBehind, rows: number): Walked {
  const stays = Math.min(left.stays, rows);
  const untried = Math.min(left.untried, rows - stays);
  return { stopReason: 'drained', left: { ...left, stays, untried } };
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

/** Looks at a table that was walked to its end. `null`: there is a second pass. */
export async function finish(walking: Walking): Promise<Walked | null> {
  const { table, report, run, route, inflow } = walking;
  if (!hasTime(run)) return stopped(walking, 'time-budget');
  const found = await leftAtEnd(walking);
  if (found === 'unknown') return failed(walking, unprovedError(table.name));
  const { rows, oldest } = found;
  const start = oldest === null ? table.start : table.startAt(oldest);
  const again = secondPass(route, start, rows, hasDeleted(walking));
  if (again !== null) {
    walking.route = again;
    walking.pace = afterLockRelease(walking.pace);
    const { rowsDeleted: deleted } = report;
    walking.inflow = { ...NO_INFLOW, countAt: inflow.countAt, before: { rows, deleted } };
    return null;
  }
  if (await doComeBack(walking, rows)) return failed(walking, addsError(table, rows));
  const isLocked = rows > 0 && report.rowsDeleted === 0 && hasOnlyMetLocks(route);
  return isLocked ? failed(walking, lockedError(table)) : drained(route.left, rows);
}
