import { isBlocked } from './in-vain';
import { type LeftBehind, NONE } from './left-behind';
import { isOver } from './parted';
import {
  type Allowance,
  afterPart,
  firstAllowance,
  firstParting,
  nextPart,
  type Part,
  type Parting,
} from './parting';
import { isAtItsEnd, patienceAfter, ROWS_FOR_A_WAIT } from './patience';
import type { Batch, BatchOutcome, DeletedBatch, Position, WalkChoice } from './port';
import { type Seen, withBatch, yieldsLittle } from './storage-yield';

/** Where the walk through a table stands, and what is known about the way so far. */
export interface Route {
  /** Where the next batch starts. */
  readonly from: Position;
  /** Why this walk, and whether it was changed. */
  readonly reason: string;
  /** A sample has decided between the walks, or no sample will be taken: the choice is made once. */
  readonly isChosen: boolean;
  /** The walk may have missed rows: a delete that was rolled back, or whose outcome is unknown, may have held them. */
  readonly mayHaveMissed: boolean;
  /** Batches along the index may have passed over rows that others hold. */
  readonly mayHavePassed: boolean;
  /** The last batch was stopped as too large. */
  readonly wasStopped: boolean;
  /** Whether batches ask before they wait: all once one has met a lock; once one was stopped, those up to one that goes. */
  readonly asks: 'no' | 'until one goes' | 'always';
  /** The batch at `from` failed as a whole, and is parted; `null`: it did not. */
  readonly parting: Parting | null;
  readonly allowance: Allowance;
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

/** Rows that are parted together. The end of a lump is looked for among so many; each try reads past those before it. */
const ROWS_TOGETHER = 5000;

/** Along the index from the oldest session on. `seed`: see `Allowance`. */
export function firstRoute(start: Position, seed: number): Route {
  return {
    from: start,
    reason:
      'the table was done, a limit was reached, or something was in the way, before a sample was due',
    isChosen: false,
    mayHaveMissed: false,
    mayHavePassed: false,
    wasStopped: false,
    asks: 'no',
    parting: null,
    allowance: firstAllowance(seed),
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

function rowsOfBatch(route: Route, most: number): number {
  // After a leap one row shows whether the rows behind it go.
  if (isBlocked(route)) return 1;
  return isAtItsEnd(route.allowance.patience) ? Math.min(most, ROWS_FOR_A_WAIT) : most;
}

/** The next batch, of at most so many rows. */
export function nextBatch(route: Route, most: number): Omit<Batch, 'cutoff' | 'isExact'> {
  const { from, parting, asks, repeats } = route;
  const rows = parting === null ? { limit: rowsOfBatch(route, most) } : nextPart(parting, most);
  const how = { ...(repeats > 0 && { isRepeat: true }), ...(asks !== 'no' && { asksFirst: true }) };
  return { from, ...rows, ...how };
}

function alongIndex(route: Route, start: Position, why: string): Route {
  const reason = `${route.reason}; then along the index, since ${why}`;
  return { ...route, from: start, reason, recent: [] };
}

function afterDeleted(route: Route, batch: DeletedBatch, limit: number, start: Position): Route {
  const from = batch.next ?? route.from;
  const seen = { rows: batch.rows, seen: limit };
  const recent = from.walk === 'storage' ? withBatch(route.recent, seen) : [];
  const inVain = batch.rows > 0 ? 0 : route.inVain;
  const mayHavePassed =
    route.mayHavePassed || (route.from.walk === 'index' && batch.reached === null);
  const next = { ...route, from, mayHavePassed, wasStopped: false, recent, inVain };
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

const allowanceAfter = ({ allowance }: Route, outcome: BatchOutcome): Allowance => ({
  ...allowance,
  patience: patienceAfter(allowance.patience, outcome),
});

/** The route after a batch, and what it has come to. `start`: that of the index walk. */
export function nextRoute(
  route: Route,
  outcome: BatchOutcome,
  { limit, skip = 0 }: Pick<Batch, 'limit'> & Partial<Part>,
  start: Position,
): readonly [Route, Reached] {
  const { parting, from, wasStopped } = route;
  const mayHaveMissed = route.mayHaveMissed || outcome.kind !== 'deleted';
  const asks = asksAfter(route, outcome);
  const allowance = parting === null ? allowanceAfter(route, outcome) : route.allowance;
  const same = { ...route, mayHaveMissed, asks, allowance, from: unread(from) };
  if (parting !== null) return begunParting(same, afterPart(parting, { skip, limit }, outcome));
  if (outcome.kind === 'unknown') return [same, 'next batch'];
  const together = isBlocked(route) ? limit : Math.max(limit, ROWS_TOGETHER);
  const parted = () => firstParting(limit, together, outcome, allowance);
  if (outcome.kind === 'deleted') {
    if (outcome.kept > 0) return begunParting(same, parted());
    // Others took the rows, and may have left some.
    if (standsStill(route, outcome))
      return begunParting({ ...same, mayHaveMissed: true }, parted());
    const next = afterDeleted({ ...route, asks, allowance }, outcome, limit, start);
    return [next, outcome.next === null ? 'end' : 'next batch'];
  }
  const isStopped = outcome.kind === 'too-large' && limit > 1;
  if (from.walk === 'storage') {
    if (isStopped) return [same, 'next batch'];
    const why = 'some rows could not be deleted in the order of storage';
    return [alongIndex(same, start, why), 'next batch'];
  }
  if (isStopped && !wasStopped && !isAtItsEnd(allowance.patience))
    return [{ ...same, wasStopped: true }, 'next batch'];
  return [begunParting(same, parted())[0], 'obstacle'];
}
