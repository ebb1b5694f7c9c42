import { escape as quote } from 'mysql2';
import { type MysqlQueryable, type MysqlSessionTable, mysqlName } from './django-table-mysql';

/** A database user who may only purge. */
export interface MysqlPurgeRole {
  readonly role: string;
  readonly password: string;
}

const fromAnywhere = (role: string) => `${quote(role)}@'%'`;

/**
 * Creates the user, without rights to a table.
 *
 * The user has no limits: MySQL has none for the duration or the waits of a user's statements, and a limit of
 * connections would break the Data API, which keeps a pool of them.
 */
export async function createMysqlPurgeRole(
  client: MysqlQueryable,
  { role, password }: MysqlPurgeRole,
): Promise<void> {
  await client.query(`CREATE USER ${fromAnywhere(role)} IDENTIFIED BY ${quote(password)}`);
}

/** Grants what a purge of this table needs. The user can read neither keys nor data of sessions. */
export async function grantMysqlPurge(
  client: MysqlQueryable,
  role: string,
  table: MysqlSessionTable = {},
): Promise<void> {
  await client.query(
    `GRANT SELECT (expire_date), DELETE ON ${mysqlName(table)} TO ${fromAnywhere(role)}`,
  );
}
