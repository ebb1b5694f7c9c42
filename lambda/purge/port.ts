import type { Bounds, Walk } from '../../contract/report';
import type { TableName } from '../../contract/table-name';
import type { DatabaseError, SessionPurgeError } from '../errors';

/** Where a batch starts. Only the walk itself reads `at`. */
export interface Position {
  readonly walk: Walk;
  readonly at: unknown;
  /** The last row passed among those of one instant, as the database identifies it. */
  readonly after?: string;
  /** What a read has found from there on. Only the walk itself reads it. */
  readonly ahead?: unknown;
}

/** One delete: about `limit` rows that expired before the cutoff, from a position on. */
export interface Batch {
  readonly cutoff: Date;
  readonly from: Position;
  readonly limit: number;
  /** No row more than the limit may go. Otherwise a few more may, such as those that came after they were counted. */
  readonly isExact?: boolean;
  /**
   * How many rows from there on are left alone; given for a part of a batch that failed as a whole. Rows have places then:
   * locked ones count, and rows of one instant have an order that stays the same.
   */
  readonly skip?: number;
  /** The table is walked once more, for rows that may have been missed: no delete that gives way is tried before another. */
  readonly isRepeat?: boolean;
  /**
   * A delete of this table has waited for others, or until it was stopped. Where a delete cannot give way, ask first whether
   * others hold a row of the batch, without waiting: if so, it is answered as locked.
   */
  readonly asksFirst?: boolean;
}

/** A batch that ran. */
export interface DeletedBatch {
  readonly kind: 'deleted';
  readonly rows: number;
  /** Where the next batch starts; `null`: the walk has passed every row before the cutoff. */
  readonly next: Position | null;
  /**
   * No row from the batch's position on expired earlier than this, of those that are left; `null`: not known, since the walk has
   * another order, or since the batch may have passed over rows that others hold.
   */
  readonly reached: Date | null;
  /** Rows that it found and did not delete, although there was no error: the database keeps them, or they are gone. */
  readonly kept: number;
  /** Of a part of a batch: how many of its rows are still there, because others hold them locked. Otherwise 0. */
  readonly held: number;
  /** How many of its rows could not be reached, because others hold one of the same instant before them. */
  readonly unreached?: number;
  /** Share of the table that the walk has yet to see, from 0 to 1; 0 on the index walk, which sees no live rows. */
  readonly shareLeft: number;
  readonly durationMs: number;
}

/** What a batch comes to with nothing in its way. */
export interface Foreseen extends Pick<DeletedBatch, 'rows' | 'next' | 'shareLeft'> {
  /** How many statements it takes. */
  readonly calls: number;
}

/** What became of a batch. */
export type BatchOutcome =
  | DeletedBatch
  /** The database stopped the statement and rolled all of it back. */
  | { readonly kind: 'too-large'; readonly durationMs: number; readonly error: DatabaseError }
  /** The database keeps one of the rows, or others hold a lock for too long. It rolled all of it back. */
  | {
      readonly kind: 'refused' | 'locked';
      readonly durationMs: number;
      readonly error: DatabaseError;
    }
  /** No answer came, or none that can be read: the rows may be deleted or not. */
  | { readonly kind: 'unknown'; readonly durationMs: number; readonly error: DatabaseError };

/**
 * A delete that was rolled back by an error of which it is not known whether a row is the reason, or every delete of the table
 * meets it. A delete of no row tells.
 */
export interface FailedBatch {
  readonly kind: 'failed';
  readonly durationMs: number;
  readonly error: DatabaseError;
}

/** What `deleteBatch` answers: the outcome, or a failure of which it is yet to be found out. */
export type DeleteOutcome = BatchOutcome | FailedBatch;

/** Which walk suits a table now, and why. */
export interface WalkChoice {
  readonly reason: string;
  /** Where the storage walk starts; `null`: the index walk goes on. */
  readonly start: Position | null;
}

/** The rows that a walk has passed. */
export interface Passed {
  readonly rows: number;
  /** When the first of them expired; `null`: there was none, or it is not known. */
  readonly since: Date | null;
  /** `null`: nothing follows. */
  readonly next: Position | null;
}

/** Up to where rows are counted: through the instant of the position, or up to the cutoff. */
export type Until = 'instant' | 'cutoff';

/** How to look for expired rows that are left. */
export interface Look {
  readonly cutoff: Date;
  /** The walk by which rows went. A look in the same order costs least: it passes what they left in the order of its place. */
  readonly walk: Walk;
  /** Along the index: rows that expired earlier do not count. */
  readonly since?: Date;
}

/** The expired rows of a table, as a dry run counts them. */
export interface Backlog {
  readonly rows: number;
  /** Counting stopped at `rows`, and there are more. */
  readonly capped: boolean;
  /** The planner's estimate of all expired rows, if counting stopped. */
  readonly estimate: number | null;
  readonly oldest: Date | null;
}

/** One table of sessions. A delete must test the expiry itself. */
export interface SessionTable {
  readonly name: string;
  /** Queries for people, who paste them: who may hold its rows, and what triggers it has. */
  readonly queries: { readonly rowLocks: string; readonly triggers: string };
  /** An index can be walked along `expire_date`. Without one the next three are not known, and nothing is found quickly. */
  readonly isIndexed: boolean;
  /** The least `expire_date` when the database was opened; `null`: the table was empty. */
  readonly oldest: Date | null;
  /** The greatest `expire_date` then. */
  readonly newest: Date | null;
  /** Where the index walk starts: at `oldest`. */
  readonly start: Position;
  /** Where it starts so that it comes to all rows that did not expire before this instant. */
  startAt(instant: Date): Position;
  deleteBatch(batch: Batch): Promise<DeleteOutcome>;
  /** What `deleteBatch` would come to where `left` expired rows follow, few of them of one instant. Sends nothing. */
  foresee(batch: Batch, left: number): Foreseen;
  /** Chooses by a sample of the table. */
  chooseWalk(cutoff: Date): Promise<WalkChoice>;
  /** Passes the rows of a batch along the index without deleting any. */
  passOver(batch: Batch): Promise<Passed>;
  /** Counts at most `limit` rows from a position of the index walk on; `null`: it took too long. */
  countAhead(batch: Batch, until: Until): Promise<number | null>;
  /** Throws the error of a delete of no row, which fails where the table as a whole is in the way. */
  deleteNone(): Promise<void>;
  countExpired(cutoff: Date): Promise<Backlog>;
  /** Counts all expired rows in one statement; `null`: it took too long. */
  countAllExpired(cutoff: Date): Promise<number | null>;
  /** The least `expire_date` before the cutoff; `null`: there is none; `'unknown'`: the look for it took too long. */
  oldestExpired(look: Look): Promise<Date | null | 'unknown'>;
}

/** A table that may not be purged. */
export interface UnfitTable {
  /** With its schema where that is known. */
  readonly name: string;
  /** Why, with the remedy. */
  readonly error: SessionPurgeError;
}

/** A database whose wanted tables were looked at, each by itself. */
export interface OpenDatabase {
  readonly engine: string;
  /** The database's clock. */
  readonly now: Date;
  /** The zone in which the times were read; absent if the database keeps each time's own zone. */
  readonly timeZone?: string;
  readonly tables: readonly SessionTable[];
  readonly unfit: readonly UnfitTable[];
  readonly warnings: readonly string[];
  /** The fastest answer so far, in milliseconds: the round trip to the database takes no longer. */
  readonly roundTripMs: number;
  /** How many times as long as counting a row with `countExpired` its delete takes. */
  readonly deleteByCount: Bounds;
  /** How many statements have been sent so far. */
  calls(): number;
}

/** What the purge needs of a database. `open` throws where no table can be looked at. */
export interface SessionDatabase {
  open(tables: readonly TableName[]): Promise<OpenDatabase>;
}
