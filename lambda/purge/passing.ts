import { MAX_IN_VAIN } from './in-vain';
import { atMost, type LeftBehind, leftBy, NONE, sumOf } from './left-behind';
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

/** The route of another walk along the index. `start`: where the first of the `rows` that are left expired. */
export function secondPass(route: Route, start: Position, rows: number): Route {
  const { repeats } = route;
  return {
    ...route,
    from: start,
    isChosen: true,
    mayHaveMissed: false,
    mayHavePassed: false,
    wasStopped: false,
    left: NONE,
    leftBefore: atMost(knownToBeLeft(route), rows),
    repeats: repeats + 1,
    inVain: Math.min(route.inVain, MAX_IN_VAIN),
    recent: [],
  };
}
