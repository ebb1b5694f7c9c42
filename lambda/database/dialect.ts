import type { TableName } from '../../contract/table-name';
import type { Row } from '../data-api/rows';

/** SQL with named parameters: text goes as text, numbers as whole numbers. */
export interface Statement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** That a row is locked is an answer, not a reason to repeat it. */
  readonly endsAtLocks?: true;
}

/** A table as the database's catalog names it. */
export interface TableId {
  readonly schema: string;
  readonly table: string;
}

/** What a statement deletes: at most `limit` rows that expired before the cutoff, at or after `at` in its walk. */
export interface Stretch {
  readonly cutoff: Date;
  readonly at: string;
  readonly limit: number;
  /** Handles of rows to leave where they are, as `stuckRow` gave them. */
  readonly avoid: readonly string[];
}

/**
 * One statement deletes a batch along the index and tells of it: the expiry is tested in the DELETE itself, rows that
 * others hold locked are skipped.
 */
export interface DeletesAtOnce {
  readonly kind: 'at-once';
  /**
   * One row: `deleted` and `taken` (counts; `taken` below the limit: nothing more to take), `next` (position of the
   * last row taken, or null).
   */
  delete(table: TableId, stretch: Stretch): Statement;
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
  find(table: TableId, stretch: Stretch): Statement;
  /** Changes as many rows as it deletes, and returns none. */
  delete(table: TableId, stretch: Stretch, found: FoundBatch): Statement;
}

/** What a sample of a table says of the storage walk. */
export interface StorageEstimate {
  readonly reason: string;
  /** Where the walk starts; `null`: the index walk costs less. */
  readonly start: string | null;
}

/** What a statement of the storage walk came to. */
export interface StorageStep {
  readonly rows: number;
  /** Expired rows were seen that others held locked. */
  readonly leftBehind: boolean;
  /** Share of the table still to see, from 0 to 1. */
  readonly ahead: number;
  /** `null`: past the table's last row. */
  readonly next: string | null;
}

/** The walk in the order of storage, which reads all rows and no index. */
export interface StorageWalk {
  /** One row, for `readEstimate`. */
  estimate(table: TableId, cutoff: Date): Statement;
  readEstimate(row: Row): StorageEstimate;
  delete(table: TableId, stretch: Stretch): Statement;
  /** The position from which `delete` passes over rows that others hold locked, after it ended at one. */
  carefully(at: string): string;
  /** Reads the answer to `delete`: the rows that it returned, or the number that it changed. */
  readStep(stretch: Stretch, rows: readonly Row[], rowsChanged: number): StorageStep;
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
   * One row per wanted table found, and one for each that was not.
   *
   * Columns: `wanted` (place in the list), `now`, `user`, `database`, `schema` and `table` (null: not found),
   * `kind`, `expireDateType` (null: no such column), `isExpireDateTime`, `hasSessionKey` (the column exists),
   * `isKeyedBySession` (it is the primary key), `hasExpireDateIndex`, `hasStorageOrder` (the storage walk is possible),
   * `missingRights` (comma-separated; empty: none).
   *
   * `withEnds` adds `oldest` and `newest`, the ends of each table that is wanted by its one name; since that names the
   * tables in the SQL, the database refuses the statement when one is missing.
   */
  inspect(wanted: readonly TableName[], withEnds: boolean): Statement;

  /** One row a table: `at` (place in the list), `oldest` and `newest` (an `expire_date`, or null: no rows). */
  ends(tables: readonly TableId[]): Statement;

  /** How a batch is deleted along the index. */
  readonly batches: DeletesAtOnce | FindsThenDeletes;

  /** `null`: the engine has the index walk alone. */
  readonly storage: StorageWalk | null;

  /**
   * At most one row: `stuck` (`expire_date` of the row at the start of the stretch), `row` (its handle for `avoid`;
   * null: rows have none here), `next` (the position after all rows that expired with it; null: there is none).
   */
  stuckRow(table: TableId, stretch: Stretch): Statement;

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
