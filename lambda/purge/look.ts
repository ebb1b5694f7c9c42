/**
 * How far the looks at a table along its index have come. Looks on the way cost less than one at the end: what went a moment
 * ago is still in the database's memory, and a later look need not pass it again.
 */
export interface Looked {
  /** When it was looked at, no row was left that expired earlier. `undefined`: nobody has looked. */
  readonly since?: Date;
  /** Rows of the table that had been deleted then. `Infinity`: another look on the way would take too long as well. */
  readonly rowsDeleted: number;
}

/** Some 50 MB of sessions as Django writes them. */
const ROWS_BETWEEN = 100_000;

/** Before the first look. */
export const NOT_LOOKED: Looked = { rowsDeleted: 0 };

/** Whether another look along the index is due. */
export const isLookDue = ({ rowsDeleted }: Looked, rowsDeletedNow: number): boolean =>
  rowsDeletedNow - rowsDeleted >= ROWS_BETWEEN;

/** After a look that found `oldest`, the oldest row that is left; `null`: there is none; `'unknown'`: it took too long. */
export function afterLook(
  { since }: Looked,
  oldest: Date | null | 'unknown',
  rowsDeleted: number,
): Looked {
  const seen = oldest instanceof Date ? oldest : since;
  const at = oldest === 'unknown' ? Number.POSITIVE_INFINITY : rowsDeleted;
  return { rowsDeleted: at, ...(seen && { since: seen }) };
}
