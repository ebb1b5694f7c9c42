import type { TableReport } from '../../contract/report';
import type { BatchOutcome, DeletedBatch, Position, StepOver, WalkChoice } from './port';

/** Where the walk through a table stands, and what is known about the way so far. */
export interface Route {
  /** Where the next batch starts. */
  readonly from: Position;
  /** Why this walk, and whether it was changed. */
  readonly reason: string;
  /** A sample has decided between the walks, or no sample will be taken: the choice is made once. */
  readonly isChosen: boolean;
  /** This walk may have left expired rows behind. */
  readonly leftBehind: boolean;
  /** A delete of this walk was rolled back or its outcome is unknown, so it may have held locks that later ones skipped. */
  readonly mayHoldLocks: boolean;
  /** The last batch of one row was rolled back, and no row was found that could be the reason. */
  readonly foundNoRow: boolean;
  /** The last batches of the storage walk: rows deleted and rows seen. */
  readonly recent: readonly { readonly rows: number; readonly seen: number }[];
}

/** What the walk has come to after a batch. */
export type Reached =
  | 'next batch'
  /** Every row before the cutoff was passed. */
  | 'end'
  /** The one row at the start of the batch cannot be deleted. */
  | 'obstacle';

/** A smaller backlog is deleted before a sample pays. */
const ROWS_BEFORE_CHOICE = 1000;

/** The storage walk gives up where the last batches found a smaller share of their rows expired than this. */
const MIN_YIELD = 0.05;
const YIELD_BATCHES = 20;

/** With less of the table left than this it goes on to the end. */
const MIN_SHARE_LEFT = 0.5;

/** Along the index from the oldest session on. */
export function firstRoute(start: Position): Route {
  return {
    from: start,
    reason: `fewer than ${ROWS_BEFORE_CHOICE} rows`,
    isChosen: false,
    leftBehind: true,
    mayHoldLocks: false,
    foundNoRow: false,
    recent: [],
  };
}

/** Whether a sample is to decide between the walks now: the backlog has turned out not to be small. */
export function wantsChoice({ isChosen }: Route, rowsDeleted: number): boolean {
  return !isChosen && rowsDeleted >= ROWS_BEFORE_CHOICE;
}

/** The route that the sample advises. */
export function chosen(route: Route, { reason, start }: WalkChoice): Route {
  if (start === null) return { ...route, reason, isChosen: true };
  return { ...route, reason, isChosen: true, from: start, leftBehind: false };
}

function alongIndex(route: Route, start: Position, why: string): Route {
  const reason = `${route.reason}; then along the index, since ${why}`;
  return { ...route, from: start, reason, leftBehind: true, recent: [] };
}

function isPoor(recent: Route['recent']): boolean {
  const sum = (of: 'rows' | 'seen') => recent.reduce((all, batch) => all + batch[of], 0);
  return recent.length === YIELD_BATCHES && sum('rows') < MIN_YIELD * sum('seen');
}

function afterDeleted(route: Route, batch: DeletedBatch, limit: number, start: Position): Route {
  const from = batch.next ?? route.from;
  const seen = { rows: batch.rows, seen: limit };
  const next = {
    ...route,
    from,
    leftBehind: route.leftBehind || batch.leftBehind,
    foundNoRow: false,
    recent: from.walk === 'storage' ? [...route.recent, seen].slice(-YIELD_BATCHES) : [],
  };
  return batch.shareLeft > MIN_SHARE_LEFT && isPoor(next.recent)
    ? alongIndex(next, start, 'few of the rows seen had expired')
    : next;
}

/** The route after a batch of at most `limit` rows, and what it has come to. `start`: that of the index walk. */
export function nextRoute(
  route: Route,
  outcome: BatchOutcome,
  limit: number,
  start: Position,
): readonly [Route, Reached] {
  if (outcome.kind === 'deleted') {
    const next = afterDeleted(route, outcome, limit, start);
    return [next, outcome.next === null ? 'end' : 'next batch'];
  }
  const same = { ...route, mayHoldLocks: true };
  if (outcome.kind === 'unknown') return [same, 'next batch'];
  if (route.from.walk === 'index') return [same, limit === 1 ? 'obstacle' : 'next batch'];
  if (outcome.kind === 'too-large' && limit > 1) return [same, 'next batch'];
  const why = 'some rows could not be deleted in the order of storage';
  return [alongIndex(same, start, why), 'next batch'];
}

/** The route past a row that cannot be deleted; `null`: no row follows it. */
export function past(route: Route, { next }: StepOver): Route | null {
  if (next === null) return null;
  // The storage walk would come to the row again.
  return { ...route, from: next, isChosen: true, foundNoRow: false };
}

/**
 * Once more along the index after the end of a walk, for rows that the purge itself held locked.
 *
 * `null`: none of the rows left can be one, or the rows stepped over would be met again, since nothing tells them from
 * others.
 */
export function secondPass(
  route: Route,
  start: Position,
  { oldestExpired, rowsSteppedOver = 0 }: Pick<TableReport, 'oldestExpired' | 'rowsSteppedOver'>,
): Route | null {
  const { avoid = [] } = route.from;
  if (!route.mayHoldLocks || oldestExpired === null || avoid.length !== rowsSteppedOver)
    return null;
  return {
    ...route,
    from: { ...start, avoid },
    isChosen: true,
    leftBehind: true,
    mayHoldLocks: false,
  };
}
