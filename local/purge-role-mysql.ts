import { escape as quote } from 'mysql2';
import { type MysqlQueryable, type MysqlSessionTable, mysqlName } from './django-table-mysql';

/** A database user who may purge and nothing else. */
export interface MysqlPurgeRole {
  readonly role: string;
  readonly password: string;
}

const fromAnywhere = (role: string) => `${quote(role)}@'%'`;

/**
 * Creates the user, with no right to any table yet.
 *
 * It has no limits of its own: MySQL has none for the duration of a user's statements or for their
 * waiting, and one for connections would fail the Data API, which keeps a pool of them.
 */
export async function createMysqlPurgeRole(
  client: MysqlQueryable,
  { role, password }: MysqlPurgeRole,
): Promise<void> {
  await client.query(`CREATE USER ${fromAnywhere(role)} IDENTIFIED BY ${quote(password)}`);
}

/** Grants what a purge of this table needs, and neither the keys nor the data of its sessions. */
export async function grantMysqlPurge(
  client: MysqlQueryable,
  role: string,
  table: MysqlSessionTable = {},
): Promise<void> {
  await client.query(
    `GRANT SELECT (expire_date), DELETE ON ${mysqlName(table)} TO ${fromAnywhere(role)}`,
  );
}
