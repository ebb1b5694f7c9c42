import type { Batch, Position } from '../purge/port';
import type { Deleted } from './dialect';

/** The position at an instant: the same one where the walk has not got beyond its instant. */
export function onward(from: Position, at: string | null): Position {
  return at === null || at === from.at ? from : { walk: 'index', at };
}

/** What the statement of a batch says. */
interface Given extends Partial<Pick<Deleted, 'kept' | 'held' | 'tied'>> {
  readonly rows: number;
  /** Rows that it found. Fewer than its limit mean that there are no more. */
  readonly found: number;
  /** The `expire_date` of the last of them. */
  readonly last: string | null;
}

/** What a batch along the index came to. */
export function indexBatch({ from, limit }: Batch, given: Given): Deleted {
  const { rows, found, last, kept = 0, held = 0, tied = 0 } = given;
  const next = found < limit ? null : onward(from, last);
  return { rows, next, reached: last, kept, held, tied, shareLeft: 0 };
}
