import type { TableName } from '../../contract/table-name';
import type { Row } from '../data-api/rows';
import type { TableId } from '../database/dialect';
import type { Connection } from './connection';
import type { Login } from './login';

/**
 * The purge's user on one engine. Each function comes to the same when it is done twice.
 *
 * Each throws a `DatabaseError`, or a `RequestError` where the user is not one that the deployment may change.
 */
export interface UserEngine {
  /** SQLSTATEs and error numbers that say that a right is missing to whoever sent the statement. */
  readonly denials: readonly string[];
  /** What the admin has to be able to do. */
  readonly adminNeeds: string;
  /** Makes the user with its password, or gives the password to one that is there already, if the stack made it. */
  make(admin: Connection, login: Login, sign: Sign): Promise<'new' | 'there'>;
  /** What is known of the wanted tables: the rows of a dialect's `inspect`. */
  inspect(by: Connection, wanted: readonly TableName[]): Promise<readonly Row[]>;
  /**
   * Gives the user the rights that a purge of these tables needs, and takes all others in this database away. What one of
   * the granters cannot do is left to the next.
   */
  grant(granters: readonly Connection[], user: string, tables: readonly TableId[]): Promise<void>;
  /** Removes the user, if there is one. It has no rights in this database any more. */
  drop(admin: Connection, user: string, isKnown: boolean): Promise<void>;
}

/** What says that the stack made a user. */
export interface Sign {
  /** The resource's name has the user's. */
  readonly isKnown: boolean;
  /** The password of the purge's secret lets the user in. */
  readonly canLogIn: () => Promise<boolean>;
}

/** What the deployment says of a user that is somebody's already. */
export function isTaken(user: string, why: string): string {
  return `the user "${user}" ${why}, so it cannot be the purge's; remove it if nobody needs it, as docs/upgrade.md says, or give the purge another name, and its user gets another one, too`;
}

/** What the deployment says of a user that it does not remove. */
export function isKept(user: string, why: string): string {
  return `the user "${user}" ${why}, so it may be somebody's`;
}

/** Why a user that is there, and looks as if it could be the purge's, is not changed. */
export const NOT_OURS = 'is there already, and this stack did not make it';
