import { type LeftBehind, leftBy, NONE, sumOf } from './left-behind';
import { isFutile, isInVain, isOver, rowsBehind } from './parted';
import { afterPart, BACK_TRIES, firstParting, nextPart, type Part, type Parting } from './parting';
import { isAtItsEnd, PATIENCE, patienceAfter, ROWS_FOR_A_WAIT } from './patience';
import type { Batch, BatchOutcome, DeletedBatch, Passed, Position, WalkChoice } from './port';
import { type Seen, withBatch, yieldsLittle } from './storage-yield';

/** Where the walk through a table stands, and what is known about the way so far. */
export interface Route {
  /** Where the next batch starts. */
  readonly from: Position;
  /** Why this walk, and whether it was changed. */
  readonly reason: string;
  /** A sample has decided between the walks, or no sample will be taken: the choice is made once. */
  readonly isChosen: boolean;
  /** A delete of this walk was rolled back or its outcome is unknown, so it may have held locks that later ones skipped. */
  readonly mayHoldLocks: boolean;
  /** The last batch was stopped as too large. */
  readonly wasStopped: boolean;
  /** Whether batches ask before they wait: all once one has met a lock; once one was stopped, those up to one that goes. */
  readonly asks: 'no' | 'until one goes' | 'always';
  /** The batch at `from` failed as a whole, and is parted; `null`: it did not. */
  readonly parting: Parting | null;
  /** How many more tries may be spent on rows that the partings have leapt over. */
  readonly allowance: number;
  /** See `Parting`. */
  readonly patience: number;
  readonly seed: number;
  /** How many of the last batches in a row came to nothing although they were parted. */
  readonly futile: number;
  /** How many of the last batches in a row let no row go, for locks or for failures. */
  readonly inVain: number;
  readonly left: LeftBehind;
  /** What the walk left behind before it began again. */
  readonly leftBefore: LeftBehind;
  /** How often the walk began again from the start. */
  readonly repeats: number;
  /** The last batches of the storage walk. */
  readonly recent: readonly Seen[];
}

/** What the walk has come to after a batch. */
export type Reached =
  | 'next batch'
  /** Every row before the cutoff was passed. */
  | 'end'
  /** The batch failed, be it for some of its rows or for the table as a whole. */
  | 'obstacle'
  /** All that may go of a batch that failed is gone; what is left of it is to be passed. */
  | 'parted';

/** A smaller backlog is deleted before a sample pays. */
const ROWS_BEFORE_CHOICE = 1000;

/** One for what the walk may have missed, and one for what the purge itself may have held in that. */
const MAX_REPEATS = 2;

/** Rows that are seen but are held or gone when they are taken may be so again, but not for ever. */
const MAX_FUTILE = 3;

/** Rows that are parted together. The end of a lump is looked for among so many; each try reads past those before it. */
const ROWS_TOGETHER = 5000;

/** Batches in a row in which nothing went for locks or failures. One may hold the rows of one transaction. */
const MAX_IN_VAIN = 3;

/** Along the index from the oldest session on. `seed`: see `Parting`. */
export function firstRoute(start: Position, seed: number): Route {
  return {
    from: start,
    reason: `fewer than ${ROWS_BEFORE_CHOICE} rows were deleted before the last batch, or before one failed`,
    isChosen: false,
    mayHoldLocks: false,
    wasStopped: false,
    asks: 'no',
    parting: null,
    allowance: BACK_TRIES,
    patience: PATIENCE,
    seed,
    futile: 0,
    inVain: 0,
    left: NONE,
    leftBefore: NONE,
    repeats: 0,
    recent: [],
  };
}

/** Whether a sample is to decide between the walks now: the backlog has turned out not to be small. */
export function wantsChoice({ isChosen }: Route, rowsDeleted: number): boolean {
  return !isChosen && rowsDeleted >= ROWS_BEFORE_CHOICE;
}

/** The route that the sample advises. */
export function chosen(route: Route, { reason, start }: WalkChoice): Route {
  return { ...route, reason, isChosen: true, from: start ?? route.from };
}

/** The next batch, of at most so many rows. */
export function nextBatch(
  { from, parting, asks, patience, repeats }: Route,
  most: number,
): Omit<Batch, 'cutoff' | 'isExact'> {
  const limit = isAtItsEnd(patience) ? Math.min(most, ROWS_FOR_A_WAIT) : most;
  const rows = parting === null ? { limit } : nextPart(parting, most);
  const how = { ...(repeats > 0 && { isRepeat: true }), ...(asks !== 'no' && { asksFirst: true }) };
  return { from, ...rows, ...how };
}

function alongIndex(route: Route, start: Position, why: string): Route {
  const reason = `${route.reason}; then along the index, since ${why}`;
  return { ...route, from: start, reason, recent: [] };
}

/** The rows that are left behind, as far as is known. A walk that began again may not have come to all of them. */
export function knownToBeLeft({ left, leftBefore, parting }: Route): LeftBehind {
  const here = parting && leftBy(parting, { rows: rowsBehind(parting), since: null });
  const all = here === null ? left : sumOf(left, here);
  return all.stays + all.untried < leftBefore.stays + leftBefore.untried ? leftBefore : all;
}

/** Whether nothing went for so long that the locks or failures may be in the way of more than some rows. */
export const isBlocked = ({ inVain }: Route): boolean => inVain >= MAX_IN_VAIN;

/** Whether a walk that has ended met nothing but locks, and leapt over rows between them. */
export const hasOnlyMetLocks = ({ inVain, left }: Route): boolean =>
  inVain > 0 && left.stays === 0 && left.untried > 0;

function afterDeleted(route: Route, batch: DeletedBatch, limit: number, start: Position): Route {
  const from = batch.next ?? route.from;
  const seen = { rows: batch.rows, seen: limit };
  const recent = from.walk === 'storage' ? withBatch(route.recent, seen) : [];
  const inVain = batch.rows > 0 ? 0 : route.inVain;
  const next = { ...route, from, wasStopped: false, recent, inVain };
  return yieldsLittle(recent, batch.shareLeft)
    ? alongIndex(next, start, 'few of the rows seen had expired')
    : next;
}

/** Whether the same batch would follow, although this one deleted nothing. */
function standsStill({ from }: Route, { rows, next }: DeletedBatch): boolean {
  if (rows > 0 || next === null || from.walk !== 'index') return false;
  return next.at === from.at && next.after === from.after;
}

/** The position, for a read anew: not all of the rows that the last one counted from there on may still be there. */
function unread({ walk, at, after }: Position): Position {
  return { walk, at, ...(after !== undefined && { after }) };
}

function begunParting(route: Route, parting: Parting): readonly [Route, Reached] {
  const reached = isOver(parting) ? 'parted' : 'next batch';
  return [{ ...route, isChosen: true, wasStopped: false, parting }, reached];
}

function asksAfter({ asks, parting }: Route, { kind }: BatchOutcome): Route['asks'] {
  if (asks === 'always' || kind === 'locked') return 'always';
  if (kind === 'too-large') return 'until one goes';
  return kind === 'deleted' && parting === null ? 'no' : asks;
}

/** The route after a batch, and what it has come to. `start`: that of the index walk. */
export function nextRoute(
  route: Route,
  outcome: BatchOutcome,
  { limit, skip = 0 }: Pick<Batch, 'limit'> & Partial<Part>,
  start: Position,
): readonly [Route, Reached] {
  const { parting, from, wasStopped } = route;
  const mayHoldLocks = route.mayHoldLocks || outcome.kind !== 'deleted';
  const asks = asksAfter(route, outcome);
  const patience = parting === null ? patienceAfter(route.patience, outcome) : route.patience;
  const same = { ...route, mayHoldLocks, asks, patience, from: unread(from) };
  if (parting !== null) return begunParting(same, afterPart(parting, { skip, limit }, outcome));
  if (outcome.kind === 'unknown') return [same, 'next batch'];
  const parted = () => firstParting(limit, Math.max(limit, ROWS_TOGETHER), outcome, same);
  if (outcome.kind === 'deleted') {
    if (outcome.kept > 0) return begunParting(same, parted());
    // Others took the rows, and may have left some.
    if (standsStill(route, outcome)) return begunParting({ ...same, mayHoldLocks: true }, parted());
    const next = afterDeleted({ ...route, asks, patience }, outcome, limit, start);
    return [next, outcome.next === null ? 'end' : 'next batch'];
  }
  const isStopped = outcome.kind === 'too-large' && limit > 1;
  if (from.walk === 'storage') {
    if (isStopped) return [same, 'next batch'];
    const why = 'some rows could not be deleted in the order of storage';
    return [alongIndex(same, start, why), 'next batch'];
  }
  if (isStopped && !wasStopped && !isAtItsEnd(patience))
    return [{ ...same, wasStopped: true }, 'next batch'];
  return [begunParting(same, parted())[0], 'obstacle'];
}

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
  const before = parting.hasDeleted ? 0 : route.inVain;
  return {
    ...route,
    from: passed.next ?? route.from,
    parting: null,
    allowance: parting.allowance,
    patience: parting.patience,
    futile: isNothing ? route.futile + 1 : 0,
    inVain: isInVain(parting) ? route.inVain + 1 : before,
    left: sumOf(route.left, more),
  };
}

/**
 * Once more along the index after the end of a walk, for rows that it may have missed: somebody held them locked for a
 * moment, be it the purge itself, the table was rewritten while it was read in the order of storage, or they came meanwhile.
 *
 * `start`: where the first row that is left expired. `left`: how many are. `hasDeleted`: this walk has deleted rows, so that
 * it may have missed others. `null`: no row can be missed.
 */
export function secondPass(
  route: Route,
  start: Position,
  left: number,
  hasDeleted: boolean,
): Route | null {
  const { mayHoldLocks, repeats } = route;
  const mayMiss = repeats === 0 || mayHoldLocks || hasDeleted;
  if (!mayMiss || left <= route.left.rows || repeats === MAX_REPEATS) return null;
  return {
    ...route,
    from: start,
    isChosen: true,
    mayHoldLocks: false,
    wasStopped: false,
    left: NONE,
    leftBefore: knownToBeLeft(route),
    repeats: repeats + 1,
    recent: [],
  };
}
