import type { Row } from '../data-api/rows';
import type { Statement } from '../data-api/statement';
import type { Dialect, TableId } from './dialect';

/** The planner's way through the oldest expired rows. */
export interface WalkPlan {
  /** The index that it uses; `null`: it reads the whole table. */
  readonly index: string | null;
  /** It sorts the rows, and so reads all of them first. */
  readonly sorts: boolean;
}

/**
 * What a check-up needs of one engine: statements to send, and the text of statements that mend what it finds. The
 * statements that it sends change nothing and lock nothing.
 */
export interface CheckupEngine {
  readonly dialect: Dialect;

  /**
   * Asks for the settings of the connection, as rows of `name` and `setting`; `null` if none matter on the engine. In
   * each row `doesMore` says whether the user seems to do other work, too.
   */
  readonly settings: Statement<'read'> | null;

  /**
   * One row about a table. Text lists are separated by commas, empty for none.
   *
   * `readable` and `writable`: columns that the user may read or change. `otherRights`: rights to the table beside
   * SELECT, UPDATE and DELETE. `powers`: what makes the user more than a user of this table. `blockingKeys`: foreign
   * keys of other tables that forbid the delete; `followingKeys`: those that delete or change rows with it.
   * `triggers`: fired by a delete. `rows`: an estimate, or null. `bytes`: with its indexes, or null.
   *
   * On PostgreSQL also `hidesRows` (row-level security applies to the user), `deadRows` (or null), `lastAutovacuum` (ISO
   * 8601 or null), `vacuumThreshold` (the dead rows at which autovacuum comes), `deadRowsLeft` (those that the last
   * vacuum left, at the least), `daysWithoutVacuum`, and `turnAutovacuumOn` (what turns it on, null where it is on). On MySQL also `seesForeignKeys` and `seesTriggers`: whether MySQL shows them to the
   * user.
   */
  facts(table: TableId): Statement<'read'>;

  /** Reads the answer to an `EXPLAIN` of the oldest rows before the cutoff, in the order of `expire_date`. */
  readPlan(rows: readonly Row[]): WalkPlan;

  /** The statement that gives the user the rights that it lacks, as `inspect` names them. */
  grant(table: TableId, user: string, missingRights: string): string;

  /** The statements that take all rights to the table from the user, and give back those that the purge needs. */
  onlyNeeded(table: TableId, user: string): string;

  /** Queries for somebody with more rights, on an engine that hides things from the user; `null` on one that does not. */
  readonly hidden: {
    foreignKeys(table: TableId): string;
    triggers(table: TableId): string;
  } | null;

  /** The user, quoted for a statement. */
  account(user: string): string;

  /** Whether a DELETE leaves rows behind that autovacuum has to clear. */
  readonly hasDeadRows: boolean;

  /** The statement that counts the rows anew and, where the engine has dead rows, frees their space. */
  vacuum(table: TableId): string;
}
