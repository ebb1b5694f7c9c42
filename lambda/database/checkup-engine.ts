import type { OwnTableRequirement, ServerRequirement } from '../../contract/report';
import type { Row } from '../data-api/rows';
import type { Statement } from '../data-api/statement';
import type { Dialect, TableId } from './dialect';
import type { Trouble } from './trouble';

/** The planner's way through the oldest expired rows. */
export interface WalkPlan {
  /** The index that it uses; `null`: it reads the whole table. */
  readonly index: string | null;
  /** It sorts the rows, and so reads all of them first. */
  readonly sorts: boolean;
}

/** The state of the server and the settings that are in force in the Data API's connection. */
export interface ServerSettings {
  readonly values: ReadonlyMap<string, string>;
  /** The user, where a user can have settings; `null`: on this engine nobody can. */
  readonly role: {
    readonly quoted: string;
    /** The user seems to do other work, too. */
    readonly doesMore: boolean;
  } | null;
  /** The dialect's `refusal`. */
  readonly refusal: Trouble | null;
}

/** Why the server takes no delete, whatever the table. */
export interface ServerRefusal {
  readonly problem: string;
  /** The SQLSTATE or the error number with which it refuses one. */
  readonly error: string;
  /** Absent: that of the error. */
  readonly remedy?: string;
}

/** What a check-up asks of a server on one engine. */
export interface ServerCheckup {
  /** The requirements that it looks at. */
  readonly requirements: readonly ServerRequirement[];
  /** Asks for the settings, for `read`. */
  readonly settings: Statement<'read'>;
  read(rows: readonly Row[]): ServerSettings;
  /** What in the settings keeps the server from taking deletes. */
  refusals(settings: ServerSettings): readonly ServerRefusal[];
}

/**
 * What a check-up needs of one engine: statements to send, and the text of statements that mend what it finds. The
 * statements that it sends change nothing, lock nothing, and wait for a lock on a whole table for a second at the most.
 */
export interface CheckupEngine {
  readonly dialect: Dialect;

  readonly server: ServerCheckup;

  /**
   * One row about each table, with `at` (its place in the list). Text lists are separated by commas, empty for none.
   *
   * `readable` and `writable`: columns that the user may read or change. `otherRights`: rights to the table beside
   * SELECT, UPDATE and DELETE. `powers`: what makes the user more than a user of this table; `takePowers`: statements by which
   * an administrator takes that from it, empty where they would take more from whoever else uses the database.
   * `blockingKeys`: foreign keys of other tables that keep rows from being deleted; `followingKeys`: those that delete or
   * change rows with it. `triggers`: fired by a delete. `rows`: an estimate, or null. `bytes`: with its indexes, or null.
   *
   * On PostgreSQL also `deadRows` (or null), `lastAutovacuum` (ISO 8601 or null), `vacuumThreshold` (the dead rows at which
   * autovacuum comes), `deadRowsLeft` (those that the last vacuum left, at the least), `daysWithoutVacuum`,
   * `turnAutovacuumOn` (what turns it on, null where it is on), and the columns of the dialect's `publications`.
   *
   * On MySQL also `hasRole` (the lists do not have all that it gives), `seesForeignKeys` and `seesTriggers` (whether MySQL
   * shows them to the user), `limitsSelects` (it refuses statements that would read many rows) and `mayLackDelete` (the
   * catalogs do not prove the right to delete).
   */
  facts(tables: readonly TableId[]): Statement<'ask'>;

  /**
   * Asks for the planner's way through the expired rows of each table: through all of them, or through the oldest
   * `walkedRows` in the order of `expire_date`.
   */
  explain(tables: readonly TableId[], cutoff: Date, walkedRows: number | null): Statement<'ask'>;

  /** Asks for the plan of a DELETE, which the database refuses to whoever may not delete; `null`: the catalogs tell of all rights. */
  readonly planDelete: ((table: TableId) => Statement<'ask'>) | null;

  /** What the answer about so many tables says of the way through the oldest rows of each. */
  readPlans(rows: readonly Row[], tables: number): readonly WalkPlan[];

  /** How many rows of each table have expired, by the answer about all of them. */
  readEstimates(rows: readonly Row[], tables: number): readonly number[];

  /** The statements that take all rights to the table from the user, and give back those that the purge needs. */
  onlyNeeded(table: TableId, user: string): string;

  /**
   * The query for somebody with more rights that shows the foreign keys to the table, on an engine that hides those and
   * triggers from the user; `null` on one that does not.
   */
  readonly hidden: { foreignKeys(table: TableId): string } | null;

  /** The requirements of a table that this engine alone has. */
  readonly ownRequirements: readonly OwnTableRequirement[];

  /** The statement that counts the rows anew and, where the engine has dead rows, frees their space. */
  vacuum(table: TableId): string;
}
