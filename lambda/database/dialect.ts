import type { Bounds } from '../../contract/report';
import type { TableName } from '../../contract/table-name';
import type { Row } from '../data-api/rows';
import type { Locked, Mode, Rows, Statement } from '../data-api/statement';
import type { Batch, DeletedBatch, Foreseen, Position, Until, WalkChoice } from '../purge/port';
import type { Obstacle, Trouble } from './trouble';

/** A table as the database's catalog names it. */
export interface TableId {
  readonly schema: string;
  readonly table: string;
}

/** A part of the answer to an inspection, which may be larger than the service lets an answer be. */
export interface InspectionPart {
  readonly withRange: boolean;
  /** The last row of the part before, by its place in the list and its schema. */
  readonly after: { readonly at: number; readonly schema: string };
  /** The most rows. */
  readonly limit: number;
}

/** A statement of a conversation. */
export interface Step extends Statement {
  /** The conversation goes on after this answer, too. */
  readonly goesOnAfter?: Locked['kind'];
}

/**
 * Statements that follow from each other's answers.
 *
 * The generator yields a statement, is handed the answer, and returns a result. It sends nothing itself: whoever runs it
 * sends the statements, and stops at the first that was answered neither with rows nor with what the statement allows.
 */
export type Conversation<Result> = Generator<Step, Result, Rows | Locked>;

/** What a batch deleted; `reached` is an `expire_date` as the database writes it, or null. */
export type Deleted = Omit<DeletedBatch, 'kind' | 'durationMs' | 'reached'> & {
  readonly reached: string | null;
};

/** The rows that a walk has passed; `since` is the least `expire_date` of them, or null. */
export interface PassedRows {
  readonly rows: number;
  readonly since: string | null;
  readonly next: Position | null;
}

/** The walk from the oldest session to the youngest, along the index on `expire_date`. */
export interface IndexWalk {
  /** The position of the first batch. `oldest`: the least `expire_date`; `null`: the table is empty, or no index leads to it. */
  start(oldest: string | null): Position;
  /** The position from which on rows did not expire before an instant; `null`: that of all rows. */
  startAt(instant: Date | null): Position;
  /** Deletes a batch. Each DELETE tests the expiry itself, so that it spares a session renewed meanwhile. */
  batch(table: TableId, batch: Batch): Conversation<Deleted>;
  /** The port's `foresee`. */
  foresee(batch: Batch, left: number): Foreseen;
  /** Passes the rows of a batch without deleting any. */
  passOver(table: TableId, batch: Batch): Conversation<PassedRows>;
  /** One row: `ahead` (a count, at most the batch's limit). */
  countAhead(table: TableId, batch: Batch, until: Until): Statement<'probe'>;
}

/** The walk through a table as it is stored, which reads all rows and no index. */
export interface StorageWalk {
  /** Decides by a sample of the table whether this walk costs less than the index walk. Without an index it does. */
  choose(table: TableId, cutoff: Date, isIndexed: boolean): Conversation<WalkChoice>;
  batch(table: TableId, batch: Batch): Conversation<Deleted>;
  /** The port's `foresee`, as far as the sample says how the rows lie. */
  foresee(batch: Batch, left: number): Foreseen;
  /** The dialect's `oldestExpired`, found in the order of storage. */
  oldestExpired(table: TableId, cutoff: Date): Statement<'probe'>;
}

/** ISO 8601 starts with the year 1, so this stands for everything earlier: '-infinity', or a date of all zeros. */
export const YEAR_ONE = new Date('0001-01-01T00:00:00Z');

/**
 * One engine's SQL: text and typed parameters, and which statement follows which answer.
 *
 * Each single statement names the columns of its result as stated here, so that one reader serves every engine. Values
 * of `expire_date` come as text in the column's full precision, which `toInstant` reads; `now` comes as ISO 8601.
 */
export interface Dialect {
  readonly engine: string;

  /** The zone of the times in the column; absent if each has its own, or nobody has said it. */
  readonly timeZone?: string;

  /** A setting that the engine needs and that is not set, so that whatever reads or writes an `expire_date` throws. */
  readonly missing?: Trouble;

  /**
   * What the catalogs say of the wanted tables: one row for each table found, and one for each wanted table that was not.
   * In the order of the list, then of the schemas.
   *
   * Each row has
   * - `wanted` (the place in the list), `now`, `user`, `database`
   * - `schema` and `table`; null: the table was not found
   * - `near`: tables of the same name elsewhere or in another case, as the setting takes them; null: the table was found, or
   *   there is none
   * - `sessionTables`: the same of some tables with Django's columns, whatever their names
   * - on PostgreSQL `searchPath`: JSON, a list of schemas in the order in which a name is looked for, with those that are
   *   there for every user
   * - on PostgreSQL `readOnlyBy`: where the setting comes from that lets no transaction write; null: there is none
   *
   * The row of a table that was found also has
   * - `kind`, and `owner`; null: the engine's tables have none
   * - `schemaOwner`: who owns its schema, and so can put another table in its place; null: nobody but those who may do anything
   *   to the database anyway
   * - `expireDateType` (null: no such column), `isExpireDateTime`, `isExpireDateNullable`; on MySQL `isExpireDatePlain`: the
   *   column has nothing but its type
   * - on MySQL `engine`: what stores it; null: not known
   * - `hasSessionKey`: the column exists; `isKeyedBySession`: it is the primary key, or together with expire_date where
   *   partitions demand that; `hasPrimaryKey`: of whatever columns
   * - on MySQL `hidesColumns`: the user is not shown expire_date or the key, which is then taken for the session key
   * - `hasExpireDateIndex`: an index that can be walked along expire_date from either end; `hasStorageOrder`: the storage walk
   *   is possible
   * - `hasRowSecurity`: row-level security applies to the user; `hidesRows`: it may hide rows; on PostgreSQL
   *   `isRowSecurityOff`: a statement from which it would hide rows fails
   * - lists with commas, empty for none: `otherIndexes` (they start with expire_date and cannot be walked), `triggers` (those
   *   that the engine lets the user see, and that fire on DELETE), `missingRights`
   * - lists as JSON: `rules` (the names of those on DELETE), `children` (a [schema, table, whether it is foreign] for each table that
   *   inherits from it or is its partition); on PostgreSQL `restrictivePolicies` (the names of those that hide rows whatever another shows), `invalidIndexes` (names)
   *
   * `withRange` adds `hasRange`, `oldest` and `newest`: the range of each table that is wanted by its one name and whose
   * ends can be read from an index. The SQL then names those tables, so the database refuses the statement when one is
   * missing, and it waits where one is locked.
   */
  inspect(wanted: readonly TableName[], part: InspectionPart): Statement<'read' | 'ask'>;

  /** So many names are asked for in one `inspect`. */
  readonly namesAtOnce: number;

  /** One row for each table: `at` (place in the list), `oldest` and `newest` (an `expire_date`, or null: no rows). */
  expiryRanges(tables: readonly TableId[]): Statement<'ask'>;

  /** A DELETE that takes no row. It fails where a lock on the table or a trigger of the statement lets nothing go. */
  deleteNone(table: TableId): Statement<'ask'>;

  /**
   * One row for each table that others hold locked so that a delete waits, or are about to: `at` (the place in the list) and
   * `blocksReads` (reads wait, too). It reads catalogs and waits for nothing. `null`: no catalog tells the user.
   */
  readonly locks: ((tables: readonly TableId[]) => Statement<'read'>) | null;

  /** The query that shows who holds a lock on the whole table, or on those to be opened with it; for somebody with more rights. */
  showLocks(table: TableId): string;
  /** A statement waits for locks on the whole of those tables, too, to which triggers and foreign keys of its table go on. */
  readonly opensOthers: boolean;

  /** The query that shows who may hold rows of it, or rows of other tables that go with them; for somebody with more rights. */
  showRowLocks(table: TableId): string;

  /** The query that shows the triggers of the table. */
  showTriggers(table: TableId): string;

  /** The query that shows each way to let rows go that rows of other tables refer to: a statement, and what it does to them. */
  showCascade(table: TableId): string;

  /**
   * On PostgreSQL one row about the publications that keep rows from being deleted: `unidentified` (they send deletes, but the
   * table has no replica identity) and `misfit` (they select by columns outside of it), lists with commas, empty for none;
   * `owner` of the table; `identityFix`, the SQL that gives the table a replica identity that serves (null: none does); and
   * `publicationFixes`, as JSON a list of [owner, SQL that leaves the deletes out] for each of them.
   */
  publications?(table: TableId): Statement<'ask'>;

  /**
   * The same statement, so that it waits a second at the most for a lock on a whole table. It stays as it is where the
   * user's settings see to that.
   */
  waitingShortly<M extends Mode>(statement: Statement<M>): Statement<M>;

  readonly index: IndexWalk;

  /** `null`: the engine has only the index walk. */
  readonly storage: StorageWalk | null;

  /** The port's `deleteByCount`. */
  readonly deleteByCount: Bounds;

  /** One row: `expired` (a count, at most `cap`), `oldest` (an `expire_date` or null). */
  countExpired(table: TableId, cutoff: Date, cap: number): Statement<'read'>;

  /** One row: `expired` (the count of all expired rows). */
  countAllExpired(table: TableId, cutoff: Date): Statement<'probe'>;

  /** The planner's view of how many rows have expired, for `readEstimate`. */
  explainExpired(table: TableId, cutoff: Date): Statement<'read'>;

  /** The number of rows in the answer to `explainExpired`; throws a `DatabaseError` when it has another shape. */
  readEstimate(rows: readonly Row[]): number;

  /** One row: `oldest` (an `expire_date` or null), found along the index. `since`: see `Look`. */
  oldestExpired(table: TableId, cutoff: Date, since?: Date): Statement<'probe'>;

  /** The instant of an `expire_date`; where its text has two readings, the later. */
  toInstant(text: string): Date;

  /** The statement that gives `user` the rights that the purge needs, and no other. */
  grant(table: TableId, user: string): string;

  /** The statement that lets `user` use what is in a schema; `null`: no such right is needed. */
  readonly grantUsage: ((schema: string, user: string) => string) | null;

  /** The statement that makes the session key the primary key. */
  addKey(table: TableId): string;

  /** The query that counts the rows that keep the session key from being the primary key. It shows no key. */
  countDuplicates(table: TableId): string;

  /** The statement that takes a foreign table out of the tables below another; `null`: the engine has none. */
  readonly takeOut: ((child: TableId, parent: TableId) => string) | null;

  /**
   * What may show a table that was not found; `null`: the engine hides none. `meant`: names that may be meant instead; where
   * there are any, it has no statement, so that nobody gives a right to a table that is not there.
   */
  showTable(name: TableName, row: Row, meant: readonly string[]): string | null;

  /** Why no other statement may be sent to this database, with the remedy, by a row of `inspect`; `null`: it may. */
  danger(row: Row): Trouble | null;

  /** Why the server takes no delete for good, by a row of `inspect`; `null`: it takes them, or may do so soon. */
  refusal(row: Row): Trouble | null;

  /** What on this engine alone keeps a table from being purged, by its row of `inspect`. `name`: for people. */
  obstacles(row: Row, table: TableId, name: string): readonly Obstacle[];

  /** What creates the missing index on `expire_date`, and drops `invalid` ones, without stopping the application. */
  createIndex(table: TableId, invalid?: readonly string[]): string;

  /** The query that counts the rows with NULL for `expire_date`. */
  countNulls(table: TableId): string;

  /** The statement that keeps NULL out of `expire_date`, or how to write it. */
  refuseNull(table: TableId, row: Row): string;
}
