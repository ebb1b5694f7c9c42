import { escapeIdentifier, escapeLiteral } from 'pg';
import { type Queryable, qualifiedName, type SessionTable } from './django-table';

/** A database role that may only purge. */
export interface PurgeRole {
  readonly role: string;
  readonly password: string;
  /** How long a statement may wait for a lock of the application. @default 1000 */
  readonly lockTimeoutMs?: number;
  /**
   * Less than the 45 s of the Data API, so that the database ends a statement first and reports it.
   * @default 40000
   */
  readonly statementTimeoutMs?: number;
}

/**
 * Planner settings to turn off. A walk along an index never needs these plans, and with old or missing statistics the
 * planner could choose them and read and sort all that is left in each batch. JIT would compile, because a plan that
 * cannot avoid one of them counts as expensive.
 */
const NOT_FOR_A_WALK = ['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'jit'];

/** Creates the role with its limits, without rights to a table. */
export async function createPurgeRole(client: Queryable, options: PurgeRole): Promise<void> {
  const { password, lockTimeoutMs = 1000, statementTimeoutMs = 40_000 } = options;
  const role = escapeIdentifier(options.role);
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${escapeLiteral(password)}`);
  await client.query(`ALTER ROLE ${role} SET lock_timeout = ${lockTimeoutMs}`);
  await client.query(`ALTER ROLE ${role} SET statement_timeout = ${statementTimeoutMs}`);
  for (const setting of NOT_FOR_A_WALK)
    await client.query(`ALTER ROLE ${role} SET ${setting} = off`);
}

/**
 * Grants what a purge of this table needs. The role can read neither keys nor data of sessions.
 *
 * `FOR UPDATE` requires `UPDATE (expire_date)`.
 */
export async function grantPurge(
  client: Queryable,
  role: string,
  table: SessionTable = {},
): Promise<void> {
  const grantee = escapeIdentifier(role);
  const schema = escapeIdentifier(table.schema ?? 'public');
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${grantee}`);
  await client.query(
    `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON ${qualifiedName(table)} TO ${grantee}`,
  );
}
