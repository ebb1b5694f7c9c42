import { DatabaseError } from '../errors';
import { onlyRow, text } from '../rows';
import type { Batch } from '../session-port';
import type { TableName } from '../table-name';
import type { Dialect, Statement, TableId } from './dialect';

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function qualified({ schema, table }: TableId): string {
  return `${quoted(schema)}.${quoted(table)}`;
}

/** ISO 8601, whatever the connection's DateStyle. */
function asText(instant: string): string {
  return `json_build_array(${instant}) ->> 0`;
}

const CUTOFF = 'CAST(:cutoff AS timestamptz)';

function parameters(cutoff: Date): Statement['parameters'] {
  return { cutoff: cutoff.toISOString() };
}

// The catalogs, not information_schema: that one hides the columns that this role has no right to. Names are cast to
// text, since the Data API refuses results of types that it does not list; with CAST, since the first statement may
// meet a MySQL, for which "::text" is a parameter without a value.
const INSPECT = `
SELECT wanted.at AS wanted, ${asText('clock_timestamp()')} AS now,
  CAST(current_user AS text) AS "user", CAST(current_database() AS text) AS database, found.*
FROM json_to_recordset(CAST(:wanted AS json)) AS wanted (at int, schema text, "table" text)
LEFT JOIN LATERAL (
  SELECT CAST(n.nspname AS text) AS schema, CAST(c.relname AS text) AS "table",
    CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' ELSE 'view' END AS kind,
    format_type(expiry.atttypid, NULL) AS "expireDateType",
    coalesce(expiry.atttypid = CAST('timestamptz' AS regtype), false) AS "isExpireDateTime",
    key.attnum IS NOT NULL AS "hasSessionKey",
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid
      AND i.indisprimary AND i.indnkeyatts = 1 AND i.indkey[0] = key.attnum) AS "isKeyedBySession",
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid
      AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = expiry.attnum) AS "hasExpireDateIndex",
    concat_ws(', ',
      CASE WHEN NOT has_schema_privilege(n.oid, 'USAGE') THEN 'USAGE on its schema' END,
      CASE WHEN NOT has_column_privilege(c.oid, CAST(-1 AS smallint), 'SELECT') THEN 'SELECT (ctid)' END,
      CASE WHEN NOT has_column_privilege(c.oid, expiry.attnum, 'SELECT') THEN 'SELECT (expire_date)' END,
      CASE WHEN NOT has_any_column_privilege(c.oid, 'UPDATE') THEN 'UPDATE (expire_date)' END,
      CASE WHEN NOT has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END) AS "missingRights"
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute expiry ON expiry.attrelid = c.oid AND expiry.attname = 'expire_date'
  LEFT JOIN pg_attribute key ON key.attrelid = c.oid AND key.attname = 'session_key'
  WHERE c.relname = wanted."table" AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND CASE
    WHEN wanted.schema IS NULL THEN pg_table_is_visible(c.oid)
    WHEN wanted.schema = '*' THEN c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%'
    ELSE n.nspname = wanted.schema END
) AS found ON true
ORDER BY wanted.at, found.schema`;

function inspect(wanted: readonly TableName[]): Statement {
  const list = wanted.map(({ schema, table }, at) => ({ at, schema, table }));
  return { sql: INSPECT.trim(), parameters: { wanted: JSON.stringify(list) } };
}

/**
 * Locks first, so that "fewer than the limit" means the end; the row locks also make SKIP LOCKED possible, which is
 * why the role needs an UPDATE right. MATERIALIZED, since an inlined subquery may run twice and delete more. An
 * array of ctids, since a join on ctid may turn into a hash join over the whole table. ONLY, since a ctid means
 * nothing in a child table. The limit is text, since a generic plan cannot see a parameter's value. No EXISTS, since
 * with old statistics it may read the table from its start, over all that was deleted before.
 */
function deleteBatch(table: TableId, { cutoff, from, limit }: Batch): Statement {
  const name = qualified(table);
  const expired = `expire_date >= CAST(:from AS timestamptz) AND expire_date < ${CUTOFF}`;
  const sql = `
WITH taken AS MATERIALIZED (
  SELECT ctid, expire_date FROM ONLY ${name} WHERE ${expired}
  ORDER BY expire_date LIMIT ${limit} FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM ONLY ${name}
  WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND expire_date < ${CUTOFF}
  RETURNING expire_date
)
SELECT (SELECT count(*) FROM deleted) AS deleted, count(*) AS taken,
  count(*) = 0 AND (
    SELECT expire_date FROM ONLY ${name} WHERE ${expired} ORDER BY expire_date LIMIT 1
  ) IS NULL AS empty,
  ${asText('max(expire_date)')} AS next
FROM taken`;
  return { sql: sql.trim(), parameters: { ...parameters(cutoff), from: from ?? '-infinity' } };
}

function expiredRows(table: TableId): string {
  return `FROM ONLY ${qualified(table)} WHERE expire_date < ${CUTOFF}`;
}

function countExpired(table: TableId, cutoff: Date, cap: number): Statement {
  const sql = `
SELECT count(*) AS expired, ${asText('min(expire_date)')} AS oldest
FROM (SELECT expire_date ${expiredRows(table)} ORDER BY expire_date LIMIT ${cap}) AS expired`;
  return { sql: sql.trim(), parameters: parameters(cutoff) };
}

function oldestExpired(table: TableId, cutoff: Date): Statement {
  const sql = `
SELECT ${asText('min(expire_date)')} AS oldest
FROM (SELECT expire_date ${expiredRows(table)} ORDER BY expire_date LIMIT 1) AS oldest`;
  return { sql: sql.trim(), parameters: parameters(cutoff) };
}

function explainExpired(table: TableId, cutoff: Date): Statement {
  const sql = `EXPLAIN (FORMAT JSON) SELECT expire_date ${expiredRows(table)}`;
  return { sql, parameters: parameters(cutoff) };
}

function readEstimate(rows: Parameters<Dialect['readEstimate']>[0]): number {
  const [explained] = JSON.parse(text(onlyRow(rows), 'QUERY PLAN'));
  const planRows = explained?.Plan?.['Plan Rows'];
  if (typeof planRows === 'number') return planRows;
  throw new DatabaseError('unexpected answer: the plan must tell its "Plan Rows"');
}

/** ISO 8601 ends at the year 1: whatever expired before it, '-infinity' included, reads as that. */
const YEAR_ONE = new Date('0001-01-01T00:00:00Z');

function toInstant(text: string): Date {
  return text === '-infinity' || text.endsWith(' BC') ? YEAR_ONE : new Date(text);
}

/** Aurora PostgreSQL. The column is `timestamp with time zone` whatever Django's `USE_TZ` says. */
export const postgresql: Dialect = {
  engine: 'postgresql',
  inspect,
  batches: { kind: 'at-once', delete: deleteBatch },
  countExpired,
  explainExpired,
  readEstimate,
  oldestExpired,
  toInstant,
  grant: (table, user) =>
    `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON ${qualified(table)} TO ${quoted(user)}`,
  createIndex: (table) => `CREATE INDEX CONCURRENTLY ON ${qualified(table)} (expire_date)`,
};
