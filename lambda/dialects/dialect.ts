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
 * One statement deletes a batch and tells of it: the expiry is tested in the DELETE itself, rows that others hold
 * locked are skipped.
 */
export interface DeletesAtOnce {
  readonly kind: 'at-once';
  /**
   * One row: `deleted` and `taken` (counts; `taken` below the limit: nothing more to take), `empty` (no expired row
   * at or after `from`, locked or not), `next` (position of the last row taken, or null).
   */
  delete(table: TableId, batch: Batch): Statement;
}

/** A batch that was looked for: how many rows it has, at least one, and the position of its last. */
export interface FoundBatch {
  readonly taken: number;
  readonly next: string;
}

/** A first statement finds out where a batch ends, a second one deletes it, testing the expiry itself. */
export interface FindsThenDeletes {
  readonly kind: 'find-then-delete';
  /** One row: `taken` (a count, at most the limit; below it: nothing more to take), `next` (a position, or null). */
  find(table: TableId, batch: Batch): Statement;
  /** Changes as many rows as it deletes, and returns none. */
  delete(table: TableId, batch: Batch, found: FoundBatch): Statement;
}

/**
 * One engine's SQL: text and typed parameters, nothing else.
 *
 * Each statement names its result's columns as stated here, so that one reader serves every engine. Positions and
 * values of `expire_date` come as text in the column's full precision, which `toInstant` reads; `now` as ISO 8601.
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

  /** How a batch is deleted. */
  readonly batches: DeletesAtOnce | FindsThenDeletes;

  /** One row: `expired` (a count, at most `cap`), `oldest` (an `expire_date` or null). */
  countExpired(table: TableId, cutoff: Date, cap: number): Statement;

  /** The planner's view of how many rows have expired, for `readEstimate`. */
  explainExpired(table: TableId, cutoff: Date): Statement;

  /** The number of rows in the answer to `explainExpired`; throws a `DatabaseError` when it has another shape. */
  readEstimate(rows: readonly Row[]): number;

  /** One row: `oldest` (an `expire_date` or null). */
  oldestExpired(table: TableId, cutoff: Date): Statement;

  /** The instant of an `expire_date`; where its text has two readings, the later. */
  toInstant(text: string): Date;

  /** The statement that gives `user` just the rights that the purge needs. */
  grant(table: TableId, user: string): string;

  /** The statement that creates the missing index on `expire_date` without stopping the application. */
  createIndex(table: TableId): string;
}
