import { MAX_IN_VAIN } from './in-vain';
import { type LeftBehind, leftBy, NONE, sumOf } from './left-behind';
import { isFutile, isInVain, rowsBehind } from './parted';
import { isPatient } from './patience';
import type { Passed, Position } from './port';
import type { Route } from './route';

/** One for what the walk may have missed, and one for what the purge itself may have held in that. */
const MAX_REPEATS = 2;

/** Rows that are seen but are held or gone when they are taken may be so again, but not for ever. */
const MAX_FUTILE = 3;

/** The rows that are left behind, as far as is known. A walk that began again may not have come to all of them. */
export function knownToBeLeft({ left, leftBefore, parting }: Route): LeftBehind {
  const here = parting && leftBy(parting, { rows: rowsBehind(parting), since: null });
  const all = here === null ? left : sumOf(left, here);
  return all.stays + all.untried < leftBefore.stays + leftBefore.untried ? leftBefore : all;
}

/**
 * What a walk has left behind that went through the table. Rows that stay lie side by side for a walk that follows another, so it
 * leaps over many of them. As many stay as the walk before has found, but for those that went.
 */
export function leftAfter({ left, leftBefore }: Route, deletedInWalk: number): LeftBehind {
  const known = Math.min(leftBefore.stays - deletedInWalk, left.stays + left.untried);
  const more = Math.max(0, known - left.stays);
  const error = left.error ?? (more > 0 ? leftBefore.error : null);
  return { ...left, stays: left.stays + more, untried: left.untried - more, error };
}

/** Whether a walk that has ended met nothing but locks, and leapt over rows between them. */
export const hasOnlyMetLocks = ({ inVain, left }: Route): boolean =>
  inVain > 0 && left.stays === 0 && left.untried > 0;

/** How many rows are to be passed after a batch was parted. */
export function rowsToPass({ parting, futile }: Route): number {
  if (parting === null) return 0;
  return isFutile(parting) && futile >= MAX_FUTILE ? parting.size : rowsBehind(parting);
}

/** The route on from a batch that was parted, past what is left of it. */
export function past(route: Route, passed: Passed): Route {
  const { parting } = route;
  if (parting === null) return route;
  const isNothing = isFutile(parting);
  const { rows, since } = passed;
  const more = isNothing ? { ...NONE, rows, since } : leftBy(parting, passed);
  const before = isNothing ? route.inVain : 0;
  return {
    ...route,
    from: passed.next ?? route.from,
    parting: null,
    allowance: parting.allowance,
    futile: isNothing ? route.futile + 1 : 0,
    inVain: isInVain(parting) ? route.inVain + 1 : before,
    left: sumOf(route.left, more),
  };
}

/** Whether another walk may follow. */
export const mayRepeat = ({ repeats }: Route): boolean => repeats < MAX_REPEATS;

/** Whether rows were left behind since others held them, who may have let them go. They are tried once more if that costs little. */
export const mayBeFree = ({ left, repeats, allowance }: Route): boolean =>
  repeats === 0 && left.rows > left.stays + left.untried && isPatient(allowance.patience);

/**
 * Whether a walk may have missed some of the `left` rows: somebody held them locked for a moment, be it the purge itself, the
 * table was rewritten while it was read in the order of storage, or they came meanwhile. `hasDeleted`: this walk has deleted
 * rows.
 */
export function mayMiss(route: Route, left: number, hasDeleted: boolean): boolean {
  const { mayHaveMissed, repeats } = route;
  return left > route.left.rows && (repeats === 0 || mayHaveMissed || hasDeleted);
}

/** The route of another walk along the index, from `start` on. `leftBefore`: what this one has left behind. */
export function secondPass(route: Route, start: Position, leftBefore: LeftBehind): Route {
  const { repeats } = route;
  return {
    ...route,
    from: start,
    isChosen: true,
    mayHaveMissed: false,
    mayHavePassed: false,
    wasStopped: false,
    left: NONE,
    leftBefore,
    repeats: repeats + 1,
    inVain: Math.min(route.inVain, MAX_IN_VAIN),
    recent: [],
  };
}
