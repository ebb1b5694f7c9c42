/** Rows of a table, or of a part of it, that were counted when so many of the table had been deleted. */
export interface Counted {
  readonly rows: number;
  readonly deleted: number;
}

/** What is known of rows that come while others go. */
export interface Inflow {
  /** The rows of the instant at which the walk stays since it deleted a whole batch of it; `at`: its position. */
  readonly tied: (Counted & { readonly at: unknown }) | null;
  /**
   * The rows from the walk's position up to the cutoff. `hasCome`: as many came as went before they were counted. Once may be
   * an import; twice in a row they come back.
   */
  readonly ahead: (Counted & { readonly hasCome: boolean }) | null;
  /** Rows of the table that are to be deleted before those ahead are counted. */
  readonly countAt: number;
  /** All that was left before this walk through the table, if that was counted. */
  readonly before: Counted | null;
}

/** Before the first count of rows ahead. Fewer rows are deleted in vain before anybody would mind. */
const FIRST_COUNT = 100_000;

/** Before the first batch. */
export const NO_INFLOW: Inflow = { tied: null, ahead: null, countAt: FIRST_COUNT, before: null };

/** Whether as many rows went as there were, so that few or none should be left of them. */
export const areAllGone = ({ rows, deleted }: Counted, deletedNow: number): boolean =>
  deletedNow - deleted >= rows;

/** Whether more than half as many rows came as went since they were counted, now that `rows` are left. */
export function comesBack(counted: Counted, rows: number, deletedNow: number): boolean {
  const went = deletedNow - counted.deleted;
  const came = rows - (counted.rows - went);
  return 2 * came > went;
}

/** How many rows ahead are counted at the most, which takes far less time than deleting those before has taken. */
export const mostAhead = (deleted: number): number => Math.ceil(deleted / 4);
