import type { StopReason } from '../../contract/report';
import type { DatabaseError } from '../errors';
import type { LeftBehind } from './left-behind';
import { addObstacle, lockedError, unprovedError } from './obstacles';
import { afterLockRelease } from './pace';
import { setOldest } from './report';
import { hasOnlyMetLocks, knownToBeLeft, secondPass } from './route';
import { hasTime } from './run';
import { look, type Walking } from './walking';

/** How a walk ended. */
export interface Walked {
  readonly stopReason: StopReason;
  readonly left: LeftBehind;
}

/** The expired rows that are left at the end of a walk, or 1 for any number where it left none behind; `null`: not known. */
async function rowsLeft(walking: Walking): Promise<number | null> {
  const { table, report, run, route } = walking;
  const { left } = route;
  if (left.rows === 0) {
    const oldest = await look(walking);
    return oldest === 'unknown' ? null : Number(oldest !== null);
  }
  const { rows, capped, oldest } = await table.countExpired(run.cutoff);
  setOldest(report, oldest, run.cutoff);
  // Nobody has counted beyond the cap, and the walk has seen as many.
  if (capped) return left.rows < rows ? Number.POSITIVE_INFINITY : left.rows;
  return rows;
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

/** Looks at a table that was walked to its end. `null`: there is a second pass. */
export async function finish(walking: Walking): Promise<Walked | null> {
  const { table, report, run, route } = walking;
  if (!hasTime(run)) return stopped(walking, 'time-budget');
  const rows = await rowsLeft(walking);
  if (rows === null) return failed(walking, unprovedError(table.name));
  const again = secondPass(route, table, rows);
  if (again !== null) {
    walking.route = again;
    walking.pace = afterLockRelease(walking.pace);
    return null;
  }
  const isLocked = rows > 0 && report.rowsDeleted === 0 && hasOnlyMetLocks(route);
  return isLocked ? failed(walking, lockedError(table.name)) : drained(route.left, rows);
}
