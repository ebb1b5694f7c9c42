import type { Row } from '../data-api/rows';
import type { Dialect, Statement, TableId } from './dialect';

/** How the planner would walk through the oldest expired rows. */
export interface WalkPlan {
  /** The index that it takes; `null`: it reads the table. */
  readonly index: string | null;
  /** It has to sort what it reads, so that it reads all of it. */
  readonly sorts: boolean;
}

/**
 * What a check-up asks of one engine: text and typed parameters, and the statements that mend what it finds. None of
 * its statements changes or locks anything.
 */
export interface CheckupEngine {
  readonly dialect: Dialect;

  /**
   * Rows of `name` and `setting`: what is in force in the connection; `null`: the engine has none that matter. Each
   * says with `doesMore` whether the user looks like one who does other work, too.
   */
  readonly settings: Statement | null;

  /**
   * One row about a table. Text lists are separated by commas, empty for none.
   *
   * `readable` and `writable`: columns that the user may read or change. `otherRights`: rights to the table beside
   * SELECT, UPDATE and DELETE. `powers`: what makes the user more than a user of this table. `blockingKeys`: foreign
   * keys of other tables that forbid the delete; `followingKeys`: those that delete or change rows with it.
   * `triggers`: fired by a delete. `rows`: an estimate, or null. `bytes`: with its indexes, or null.
   *
   * On PostgreSQL also `hidesRows` (row-level security is in force for the user), `deadRows`, `lastAutovacuum` (ISO
   * 8601 or null) and `isAutovacuumOff`. On MySQL also `seesForeignKeys` and `seesTriggers`: whether the user would be
   * shown what there is.
   */
  facts(table: TableId): Statement;

  /** Of `EXPLAIN` for the oldest rows before the cutoff in the order of `expire_date`. */
  readPlan(rows: readonly Row[]): WalkPlan;

  /** Gives the user what it lacks, as `inspect` names it. */
  grant(table: TableId, user: string, missingRights: string): string;

  /** Takes from the user whatever rights to the table it has, and gives back those that the purge needs. */
  onlyNeeded(table: TableId, user: string): string;

  /** Where the engine hides things from a user without rights: the queries for somebody who has more. */
  readonly hidden: {
    foreignKeys(table: TableId): string;
    triggers(table: TableId): string;
  } | null;

  /** The user as it stands in a statement. */
  account(user: string): string;

  /** Counts the rows anew, and makes room of those that are dead. */
  vacuum(table: TableId): string;
}
