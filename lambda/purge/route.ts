import { DatabaseError } from '../errors';
import {
  afterPart,
  firstParting,
  isFutile,
  isOver,
  nextPart,
  type Part,
  type Parting,
  reasonToStay,
} from './parting';
import type {
  Batch,
  BatchOutcome,
  DeletedBatch,
  Passed,
  Position,
  StayingRows,
  WalkChoice,
} from './port';
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
  /** The batch at `from` failed as a whole, and is parted; `null`: it did not. */
  readonly parting: Parting | null;
  /** How many of the last batches in a row came to nothing although they were parted. */
  readonly futile: number;
  /** The expired rows that this walk has passed: those that stay, and those that others hold locked. */
  readonly passed: Pick<Passed, 'rows' | 'since'>;
  /** What stays; `null`: nothing that is known of. */
  readonly staying: StayingRows | null;
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

/** One for what the storage walk left, and one for what the purge itself may have held. */
const MAX_REPEATS = 2;

/** Rows that are seen but are held or gone when they are taken may be so again, but not for ever. */
const MAX_FUTILE = 3;

const NONE = { rows: 0, since: null };

const KEPT = new DatabaseError(
  'the database takes their delete and keeps them; look for a trigger, a rule or a policy on the table that does so',
);

/** Along the index from the oldest session on. */
export function firstRoute(start: Position): Route {
  return {
    from: start,
    reason: `fewer than ${ROWS_BEFORE_CHOICE} rows`,
    isChosen: false,
    mayHoldLocks: false,
    wasStopped: false,
    parting: null,
    futile: 0,
    passed: NONE,
    staying: null,
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
export function nextBatch({ from, parting }: Route, most: number): Omit<Batch, 'cutoff'> {
  return { from, ...(parting === null ? { limit: most } : nextPart(parting, most)) };
}

function alongIndex(route: Route, start: Position, why: string): Route {
  const reason = `${route.reason}; then along the index, since ${why}`;
  return { ...route, from: start, reason, recent: [] };
}

function withPassed(route: Route, { rows, since }: Route['passed']): Route {
  const { passed } = route;
  // The storage walk would come to the rows again.
  return {
    ...route,
    isChosen: true,
    passed: { rows: passed.rows + rows, since: passed.since ?? since },
  };
}

/** Counts rows that stay. A walk that began again meets those that were counted before. */
function withStaying(route: Route, more: StayingRows): Route {
  const { staying, repeats } = route;
  const passed = withPassed(route, more);
  if (more.rows === 0 || (repeats > 0 && staying !== null)) return passed;
  const { since, error } = staying ?? more;
  return { ...passed, staying: { rows: (staying?.rows ?? 0) + more.rows, since, error } };
}

/** The rows that stay, as far as is known: those that the walk has passed, and those found in a batch that is parted. */
export function knownToStay(route: Route): StayingRows | null {
  const { parting, staying } = route;
  const error = parting && reasonToStay(parting);
  if (parting === null || error === null) return staying;
  return withStaying(route, { rows: parting.stay, since: null, error }).staying;
}

function afterDeleted(route: Route, batch: DeletedBatch, limit: number, start: Position): Route {
  const from = batch.next ?? route.from;
  const seen = { rows: batch.rows, seen: limit };
  const recent = from.walk === 'storage' ? withBatch(route.recent, seen) : [];
  const next = { ...route, from, wasStopped: false, recent };
  if (batch.staying !== null)
    return withStaying(next, { ...batch.staying, error: batch.staying.error ?? KEPT });
  return yieldsLittle(recent, batch.shareLeft)
    ? alongIndex(next, start, 'few of the rows seen had expired')
    : next;
}

/** Whether the same batch would follow, although this one deleted nothing. */
function standsStill({ from }: Route, { rows, next }: DeletedBatch): boolean {
  if (rows > 0 || next === null || from.walk !== 'index') return false;
  return next.at === from.at && next.after === from.after;
}

function begunParting(route: Route, limit: number, outcome: BatchOutcome): Route {
  return { ...route, isChosen: true, wasStopped: false, parting: firstParting(limit, outcome) };
}

function afterPartOf(route: Route, parting: Parting): readonly [Route, Reached] {
  return [{ ...route, parting }, isOver(parting) ? 'parted' : 'next batch'];
}

/** The route after a batch, and what it has come to. `start`: that of the index walk. */
export function nextRoute(
  route: Route,
  outcome: BatchOutcome,
  { limit, skip = 0 }: Pick<Batch, 'limit'> & Partial<Part>,
  start: Position,
): readonly [Route, Reached] {
  const mayHoldLocks = route.mayHoldLocks || outcome.kind !== 'deleted';
  const same = { ...route, mayHoldLocks };
  if (route.parting !== null)
    return afterPartOf(same, afterPart(route.parting, { skip, limit }, outcome));
  if (outcome.kind === 'deleted') {
    // Others took the rows, and may have left some.
    if (standsStill(route, outcome))
      return [{ ...begunParting(route, limit, outcome), mayHoldLocks: true }, 'parted'];
    const next = afterDeleted(route, outcome, limit, start);
    return [next, outcome.next === null ? 'end' : 'next batch'];
  }
  if (outcome.kind === 'unknown') return [same, 'next batch'];
  const isStopped = outcome.kind === 'too-large' && limit > 1;
  if (route.from.walk === 'index')
    return isStopped && !route.wasStopped
      ? [{ ...same, wasStopped: true }, 'next batch']
      : [begunParting(same, limit, outcome), 'obstacle'];
  if (isStopped) return [same, 'next batch'];
  const why = 'some rows could not be deleted in the order of storage';
  return [alongIndex(same, start, why), 'next batch'];
}

/** How many rows are to be passed after a batch was parted. */
export function rowsToPass({ parting, futile }: Route): number {
  if (parting === null) return 0;
  return isFutile(parting) && futile >= MAX_FUTILE ? parting.size : parting.stay;
}

/** The route on from a batch that was parted, past what is left of it. */
export function past(route: Route, { rows, since, next }: Passed): Route {
  const { parting } = route;
  const reason = parting && reasonToStay(parting);
  const futile = parting !== null && isFutile(parting) ? route.futile + 1 : 0;
  const onward = { ...route, from: next ?? route.from, parting: null, futile };
  const passed = { rows, since, error: reason };
  return reason === null ? withPassed(onward, passed) : withStaying(onward, passed);
}

/**
 * Once more along the index after the end of a walk, for rows that it may have missed: the purge itself held them locked,
 * or the table was rewritten while it was read in the order of storage.
 *
 * `left`: the expired rows that are left, or 1 for any number where the walk passed none. `null`: no row can be missed.
 */
export function secondPass(route: Route, start: Position, left: number): Route | null {
  const { mayHoldLocks, from, passed, repeats } = route;
  const mayMiss = mayHoldLocks || from.walk === 'storage';
  if (!mayMiss || left <= passed.rows || repeats === MAX_REPEATS) return null;
  return {
    ...{ ...route, from: start, isChosen: true, mayHoldLocks: false, wasStopped: false },
    ...{ passed: NONE, repeats: repeats + 1, recent: [] },
  };
}
