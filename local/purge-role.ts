import { escapeIdentifier, escapeLiteral } from 'pg';
import { type Queryable, qualifiedName, type SessionTable } from './django-table';

/** A database role that may purge and nothing else. */
export interface PurgeRole {
  readonly role: string;
  readonly password: string;
  /** Longer than that, and the purge gives way to the application. @default 1000 */
  readonly lockTimeoutMs?: number;
  /**
   * Below the 45 s of the Data API, so that the database ends a statement first and says so.
   * @default 40000
   */
  readonly statementTimeoutMs?: number;
}

/**
 * What the planner must not use where it knows too little of a table: a walk along an index never needs it, and with
 * statistics that are old or missing each batch could read and sort all that is left. JIT would compile, since a plan
 * that cannot do without one of them counts as dear.
 */
const NOT_FOR_A_WALK = ['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'jit'];

/** Creates the role, with its limits, and with no right to any table yet. */
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
 * Grants what a purge of this table needs, and neither the keys nor the data of its sessions.
 *
 * `UPDATE (expire_date)` is what `FOR UPDATE` asks for.
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
