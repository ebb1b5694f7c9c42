import { matching, type Rule } from '../rule';

/** The name of the purge's user, as both engines take it. MySQL takes 32 characters. */
export const isUserName: Rule = matching(
  /^[A-Za-z_][\w$-]{0,31}$/,
  'must be 1 to 32 letters, digits, "_", "$" or "-", and start with a letter or "_"',
);

/** A table in a statement; without a schema, as the connection finds it. */
export interface TableInSql {
  readonly schema: string | null;
  readonly table: string;
}

/**
 * The statements that make the purge's database user and take it away again, on one engine.
 *
 * This is the only place that has their text: the deployment sends them, `npm run sql` prints them, and
 * docs/database-user.md shows them. Names are quoted. None has a semicolon at its end.
 */
export interface UserSql {
  /** Makes the user with its settings, without a right to anything. `password`: not quoted yet. */
  create(user: string, password: string): readonly string[];
  /** Gives a user who is there already this password and the settings. */
  alter(user: string, password: string): readonly string[];
  /** Gives the user the rights that a purge of the table needs, and no others. */
  grant(table: TableInSql, user: string): string;
  /** Takes every right to the table from the user. */
  revoke(table: TableInSql, user: string): string;
  /** Removes the user, who has no rights any more. */
  drop(user: string): string;
}
