import type { TableName } from './table-name';

/** A place in the order of `expire_date`, in the database's own words and precision; opaque to the loop. */
export type Position = string & { readonly brand: 'Position' };

/** One delete: at most `limit` of the oldest rows that expired at or after `from` and before the cutoff. */
export interface Batch {
  readonly cutoff: Date;
  /** `null`: from the oldest on. */
  readonly from: Position | null;
  readonly limit: number;
}

/** A batch that was answered. */
export interface DeletedBatch {
  readonly kind: 'deleted';
  readonly rows: number;
  /** The walk has passed every row before the cutoff. */
  readonly drained: boolean;
  /** No expired row was there at all, locked or not. */
  readonly empty: boolean;
  /** Where the next batch starts; `null`: where this one did. */
  readonly next: Position | null;
  /** The same place as an instant. */
  readonly reached: Date | null;
  readonly durationMs: number;
}

/** What became of a batch. */
export type BatchOutcome =
  | DeletedBatch
  /** The database stopped the statement and took all of it back. */
  | { readonly kind: 'timed-out'; readonly durationMs: number }
  /** No answer came: the rows may be gone or not. */
  | { readonly kind: 'lost'; readonly durationMs: number };

/** What a dry run finds in a table. */
export interface Backlog {
  readonly rows: number;
  /** Counting stopped at `rows`: there are more. */
  readonly capped: boolean;
  /** The planner's estimate of all, where counting was capped. */
  readonly estimate: number | null;
  readonly oldest: Date | null;
}

/** One table of sessions. A delete must test the expiry itself and must not wait for a row that is locked. */
export interface SessionTable {
  readonly name: string;
  deleteBatch(batch: Batch): Promise<BatchOutcome>;
  countExpired(cutoff: Date): Promise<Backlog>;
  oldestExpired(cutoff: Date): Promise<Date | null>;
}

/** A database whose configured tables were proved to be tables of sessions. */
export interface OpenDatabase {
  readonly engine: string;
  /** The database's clock. */
  readonly now: Date;
  readonly tables: readonly SessionTable[];
  readonly warnings: readonly string[];
}

/** The port. `open` must throw unless every table may be purged. */
export interface SessionDatabase {
  open(tables: readonly TableName[]): Promise<OpenDatabase>;
}
