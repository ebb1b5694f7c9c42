import type { Batch, Position } from '../purge/port';
import type { Conversation, Deleted, IndexWalk } from './dialect';

/** Rows in the order of the index that a read has counted: those from a position, or from the stretch before, on. */
export interface Stretch {
  readonly rows: number;
  /** The `expire_date` of the last of them; `null`: there are none. */
  readonly last: string | null;
  /** The position behind them; `null`: nothing follows. */
  readonly next: string | null;
}

/** The rows that a batch is to delete, with the position behind them. */
export interface Ahead extends Pick<Stretch, 'rows' | 'last'> {
  readonly next: Position | null;
}

/** Nothing is ahead. */
export const NO_ROWS: Ahead = { rows: 0, last: null, next: null };

/** So many stretches make a batch, so that the next one may be larger or smaller. */
const IN_A_BATCH = 4;

/** How many rows a stretch has. */
export const stretchOf = ({ limit }: Batch): number => Math.max(1, Math.floor(limit / IN_A_BATCH));

/** A read for more rows would take longer than a batch. */
const MOST_AHEAD = 200_000;

/** A read brings the ends of so many stretches, which make from one batch to twenty. */
export const stretchesAhead = (batch: Batch): number =>
  Math.max(IN_A_BATCH, Math.min(20 * IN_A_BATCH, Math.floor(MOST_AHEAD / stretchOf(batch))));

/** The first stretches that a batch may take together; `null`: it may not even take the first, or there is none. */
function joined({ limit }: Batch, stretches: readonly Stretch[]): Ahead | null {
  let [rows, taken] = [0, 0];
  for (const stretch of stretches) {
    if (rows + stretch.rows > limit) break;
    rows += stretch.rows;
    taken += 1;
  }
  const end = stretches[taken - 1];
  if (end === undefined) return null;
  const { last, next: at } = end;
  const ahead = stretches.slice(taken);
  const more = ahead.length > 0 ? { ahead } : {};
  return { rows, last, next: at === null ? null : { walk: 'index', at, ...more } };
}

/** The rows of the next batch, as the last read knows them; `null`: they have to be read, as the last batch always has. */
function knownAhead(batch: Batch): Ahead | null {
  const known = joined(batch, (batch.from.ahead ?? []) as readonly Stretch[]);
  return known?.next ? known : null;
}

/** The rows of the next batch, as the last read knows them or a new one finds them. `null`: the read found no stretch. */
export function* rowsAhead(
  batch: Batch,
  read: () => Conversation<readonly Stretch[]>,
): Conversation<Ahead | null> {
  return knownAhead(batch) ?? joined(batch, yield* read());
}

/** The stretches that a read brings where so many rows follow, each of an instant of its own. */
function evenStretches(batch: Batch, left: number, seesBehind: boolean): Stretch[] {
  const [size, most] = [stretchOf(batch), stretchesAhead(batch)];
  return Array.from({ length: Math.min(most, Math.ceil(left / size)) }, (_, at) => {
    const end = (at + 1) * size;
    const isLast = seesBehind || at + 1 < most ? end >= left : end > left;
    return {
      rows: Math.min(size, left - at * size),
      last: '',
      next: isLast ? null : `${left - end} left`,
    };
  });
}

/**
 * The index walk's `foresee`: a read, unless the last one has found the rows, and a DELETE, if there are any. `seesBehind`: a
 * read knows whether a row follows on the last one that it counts.
 */
export function foresight(seesBehind: boolean): IndexWalk['foresee'] {
  return (batch, left) => {
    const known = knownAhead(batch);
    const read = () => joined(batch, evenStretches(batch, left, seesBehind));
    const { rows, next } = known ?? read() ?? NO_ROWS;
    return { rows, next, shareLeft: 0, calls: Number(known === null) + Number(rows > 0) };
  };
}

/** The position at an instant: the same one where the walk has not got beyond its instant. */
export function onward(from: Position, instant: string | null): Position {
  return instant === null || instant === from.at ? from : { walk: 'index', at: instant };
}

/** What the statement of a batch says. */
interface Given extends Partial<Pick<Deleted, 'kept' | 'held' | 'unreached'>> {
  readonly rows: number;
  /** Rows that it found. Fewer than its limit mean that there are no more. */
  readonly found: number;
  /** The `expire_date` of the last of them. */
  readonly last: string | null;
}

/** What a batch along the index came to. */
export function indexBatch({ from, limit }: Batch, given: Given): Deleted {
  const { rows, found, last, kept = 0, held = 0, unreached = 0 } = given;
  const next = found < limit ? null : onward(from, last);
  const done = { rows, next, reached: last, kept, held, shareLeft: 0 };
  return unreached === 0 ? done : { ...done, unreached };
}
