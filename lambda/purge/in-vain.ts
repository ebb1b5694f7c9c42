import type { DatabaseError } from '../errors';
import { isAtItsEnd } from './patience';

/** What a route says of batches in which nothing went. */
interface InVain {
  /** How many of the last ones in a row let no row go, for locks or for failures. */
  readonly inVain: number;
  readonly allowance: { readonly patience: number; readonly seed: number };
}

/** Whether rows stay for an error that need not be of a row, so that every row may meet it. */
export function mayBeOfAll(reason: DatabaseError | null): boolean {
  const { kind } = reason?.failure ?? {};
  return kind === 'final' || kind === 'transient' || kind === 'unknown';
}

/** One may hold the rows of one transaction. */
export const MAX_IN_VAIN = 3;

/** Whether nothing went for so long that the locks or failures may be in the way of more than some rows. */
export const isBlocked = ({ inVain }: Pick<InVain, 'inVain'>): boolean => inVain >= MAX_IN_VAIN;

/** Twice as many as a wait may leave. */
const FIRST_WIDTH = 1000;

/** The rows that one statement passes in a second or two. */
const MOST_LEAPT = 500_000;

/** Where each try waits, few of them may follow. */
const GROWTH = 2;
const GROWTH_WHEN_SLOW = 3;

/**
 * Over how many rows to go before the next try of one. Each leap is wider than the last one, so that a lump costs as many tries
 * as its length has digits. Rows behind the end of the lump are leapt over, too, and so each run leaps by another width.
 */
export function rowsToLeap({ inVain, allowance: { patience, seed } }: InVain): number {
  const growth = isAtItsEnd(patience) ? GROWTH_WHEN_SLOW : GROWTH;
  const width = Math.min(MOST_LEAPT, FIRST_WIDTH * growth ** (inVain - MAX_IN_VAIN));
  return Math.ceil(width / 8) + (seed % width);
}
