import type { Batch, Position } from '../purge/port';
import type { Deleted, Staying } from './dialect';

/** The position at an instant: the same one where the walk has not got beyond its instant. */
export function onward(from: Position, at: string | null): Position {
  return at === null || at === from.at ? from : { walk: 'index', at };
}

/** What a batch along the index came to. Fewer rows `taken` than its limit mean that no more are to be taken. */
export function indexBatch(
  { from, limit }: Batch,
  given: { readonly rows: number; readonly taken: number; readonly next: string | null },
  staying: Staying | null = null,
): Deleted {
  const { rows, taken, next } = given;
  return {
    rows,
    next: taken < limit ? null : onward(from, next),
    reached: next,
    staying,
    shareLeft: 0,
  };
}
