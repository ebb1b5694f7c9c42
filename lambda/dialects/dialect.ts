import type { Row } from '../rows';
import type { Batch } from '../session-port';
import type { TableName } from '../table-name';

/** SQL with named parameters: text goes as text, numbers as whole numbers. */
export interface Statement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** A table as the database's catalog names it. */
export interface TableId {
  readonly schema: string;
  readonly table: string;
}

/**
 * One engine's SQL: text and typed parameters, nothing else.
 *
 * Each statement names its result's columns as stated here, so that one reader serves every engine. Instants come
 * as ISO 8601 text in UTC with milliseconds; positions as text in the column's full precision.
 */
export interface Dialect {
  readonly engine: string;

  /**
   * One row per wanted table found, and one for each that was not, without naming a table in the SQL.
   *
   * Columns: `wanted` (place in the list), `now`, `user`, `database`, `schema` and `table` (null: not found),
   * `kind`, `expireDateType` (null: no such column), `isExpireDateTime`, `hasSessionKey` (the column exists),
   * `isKeyedBySession` (it is the primary key), `hasExpireDateIndex`, `missingRights` (comma-separated; empty: none).
   */
  inspect(wanted: readonly TableName[]): Statement;

  /**
   * Deletes a batch, testing the expiry in the DELETE itself and skipping rows that others hold locked.
   *
   * One row: `deleted` and `taken` (counts; `taken` below the limit: nothing more to take), `empty` (no expired row
   * at or after `from`, locked or not), `next` (position of the last row taken, or null), `reached` (its instant).
   */
  deleteBatch(table: TableId, batch: Batch): Statement;

  /** One row: `expired` (a count, at most `cap`), `oldest` (instant or null). */
  countExpired(table: TableId, cutoff: Date, cap: number): Statement;

  /** The planner's view of how many rows have expired, for `readEstimate`. */
  explainExpired(table: TableId, cutoff: Date): Statement;

  /** The number of rows in the answer to `explainExpired`; throws a `DatabaseError` when it has another shape. */
  readEstimate(rows: readonly Row[]): number;

  /** One row: `oldest` (instant or null). */
  oldestExpired(table: TableId, cutoff: Date): Statement;

  /** The statement that gives `user` just the rights that the purge needs. */
  grant(table: TableId, user: string): string;

  /** The statement that creates the missing index on `expire_date` without stopping the application. */
  createIndex(table: TableId): string;
}
