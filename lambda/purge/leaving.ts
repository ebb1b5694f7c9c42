import type { DatabaseError } from '../errors';
import { rowsToLeap } from './in-vain';
import { sumOf } from './left-behind';
import { afterLockRelease } from './pace';
import { isCutOff } from './parted';
import { past, rowsToPass } from './passing';
import type { Passed, Position, Until } from './port';
import type { Walking } from './walking';

/** No limit of a count. */
export const ALL = Number.MAX_SAFE_INTEGER;

/** Counts at most `limit` rows ahead of the walk; `null`: it took too long. */
export async function countAhead({ table, run, route }: Walking, limit: number, until: Until) {
  return table.countAhead({ cutoff: run.cutoff, from: route.from, limit }, until);
}

/** Goes on behind the next `limit` rows. `error`: why they stay; `null`: they were not tried. Returns `null` if nothing follows. */
export async function leaveBehind(
  walking: Walking,
  limit: number,
  error: DatabaseError | null,
): Promise<Position | null> {
  const { table, run, route } = walking;
  const passed = await table.passOver({ cutoff: run.cutoff, from: route.from, limit });
  const { rows, since, next } = passed;
  const [stays, untried] = error === null ? [0, rows] : [rows, 0];
  const left = sumOf(route.left, { rows, since, stays, untried, error });
  walking.route = { ...route, from: next ?? route.from, left };
  return next;
}

/**
 * Goes on behind rows that were not tried, where nothing has gone for so long. `null`: nothing follows. Throws where the table is
 * in the way as a whole: it may be locked, or a right be lost, since that was last asked.
 */
export async function leapOver(walking: Walking): Promise<Position | null> {
  await walking.table.deleteNone();
  return leaveBehind(walking, rowsToLeap(walking.route), null);
}

/** Goes on behind the instant at which the walk stands, where none of its rows can be reached. */
async function leaveInstant(walking: Walking): Promise<void> {
  const rows = (await countAhead(walking, ALL, 'instant')) ?? 0;
  if (rows > 0) await leaveBehind(walking, rows, null);
}

/** Goes on past what is left of a batch that was parted. `null`: nothing follows. */
export async function passParted(walking: Walking): Promise<Position | null> {
  const { table, run, route } = walking;
  const limit = rowsToPass(route);
  const nothing: Passed = { rows: 0, since: null, next: route.from };
  const passed =
    limit === 0 ? nothing : await table.passOver({ cutoff: run.cutoff, from: route.from, limit });
  walking.route = past(route, passed);
  if (route.parting !== null && isCutOff(route.parting)) await leaveInstant(walking);
  if (walking.route.futile > 0) walking.pace = afterLockRelease(walking.pace);
  return passed.next;
}
