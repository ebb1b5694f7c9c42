import type { Batch } from '../purge/port';
import type { Deleted } from './dialect';

/** What a batch along the index came to. Fewer rows `taken` than its limit mean that no more are to be taken. */
export function indexBatch(
  { from, limit }: Batch,
  given: { readonly rows: number; readonly taken: number; readonly next: string | null },
): Deleted {
  const { rows, taken, next } = given;
  return {
    rows,
    next: taken < limit ? null : { ...from, at: next ?? from.at },
    reached: next,
    // The answer does not tell of rows that were skipped because they are locked, so the caller has to look for them.
    leftBehind: true,
    shareLeft: 0,
  };
}
