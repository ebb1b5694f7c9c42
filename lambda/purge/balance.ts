import type { Counted } from './inflow';

/** All rows that were left at a time; `'unknown'`: they are too many to count. */
export type Balance = Counted | 'unknown';

/** The rows that are counted within a second or two. */
export const MOST_COUNTED = 1_000_000;

/** The balance after such a count; `null`: it took too long. */
export const balanceOf = (rows: number | null, deleted: number): Balance =>
  rows === null || rows >= MOST_COUNTED ? 'unknown' : { rows, deleted };

/**
 * Whether others may have deleted, renewed or added rows since then, now that `rows` are left. A parting knows rows by their
 * places: where others take one, those behind it move up, and may be passed untried in the place of some that stay.
 */
export function mayBeOff(balance: Balance | null, rows: number, deleted: number): boolean {
  if (balance === null || balance === 'unknown') return true;
  return balance.rows - (deleted - balance.deleted) !== rows;
}
