import type { Walk } from '../../contract/report';
import type { TableName } from '../../contract/table-name';
import type { DatabaseError } from '../errors';

/** Where a batch starts. Only the walk itself reads `at`. */
export interface Position {
  readonly walk: Walk;
  readonly at: unknown;
  /** Rows on the way that the walk leaves alone, as the database identifies them. */
  readonly avoid?: readonly string[];
}

/** One delete: at most `limit` rows that expired before the cutoff, from a position on. */
export interface Batch {
  readonly cutoff: Date;
  readonly from: Position;
  readonly limit: number;
}

/** A batch that was answered. */
export interface DeletedBatch {
  readonly kind: 'deleted';
  readonly rows: number;
  /** Where the next batch starts; `null`: the walk has passed every row before the cutoff. */
  readonly next: Position | null;
  /** What is left expired no earlier than this; `null`: not known, since the walk has another order. */
  readonly reached: Date | null;
  /** Expired rows may be left behind: others held them locked. */
  readonly leftBehind: boolean;
  /** Share of the table that the walk has yet to see, from 0 to 1; 0 on the index walk, which sees no live rows. */
  readonly shareLeft: number;
  readonly durationMs: number;
}

/** What became of a batch. */
export type BatchOutcome =
  | DeletedBatch
  /** The database stopped the statement and rolled all of it back. */
  | { readonly kind: 'too-large'; readonly durationMs: number }
  /** The database does not let one of the rows go, and rolled all of it back. */
  | { readonly kind: 'refused'; readonly durationMs: number; readonly error: DatabaseError }
  /** No answer came: the rows may be gone or not. */
  | { readonly kind: 'unknown'; readonly durationMs: number };

/** Which walk suits a table now, and why. */
export interface WalkChoice {
  readonly reason: string;
  /** Where the storage walk starts; `null`: the index walk goes on. */
  readonly start: Position | null;
}

/** Past a row that could not be deleted. */
export interface StepOver {
  /** When that row expired. */
  readonly stuck: Date;
  /** `null`: nothing follows. */
  readonly next: Position | null;
}

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
  /** The least `expire_date` when the database was opened; `null`: the table was empty. */
  readonly oldest: Date | null;
  /** The greatest. */
  readonly newest: Date | null;
  /** Where the index walk starts: at `oldest`. */
  readonly start: Position;
  deleteBatch(batch: Batch): Promise<BatchOutcome>;
  /** Judges from a sample of the table, in one statement. */
  chooseWalk(cutoff: Date): Promise<WalkChoice>;
  /** On the index walk, past the row that a batch of one could not delete; `null`: it is gone meanwhile. */
  stepOver(batch: Batch): Promise<StepOver | null>;
  countExpired(cutoff: Date): Promise<Backlog>;
  /** The least `expire_date` before the cutoff, `null` without any; `'unknown'` when looking took too long. */
  oldestExpired(cutoff: Date): Promise<Date | null | 'unknown'>;
}

/** A database whose configured tables were proved to be tables of sessions. */
export interface OpenDatabase {
  readonly engine: string;
  /** The database's clock. */
  readonly now: Date;
  readonly tables: readonly SessionTable[];
  readonly warnings: readonly string[];
  /** The fastest answer so far, in milliseconds: the round trip to the database takes no longer. */
  readonly roundTripMs: number;
}

/** The port. `open` must throw unless every table may be purged. */
export interface SessionDatabase {
  open(tables: readonly TableName[]): Promise<OpenDatabase>;
}
