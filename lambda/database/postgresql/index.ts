import type { TableName } from '../../../contract/table-name';
import { onlyRow, text } from '../../data-api/rows';
import { UnexpectedAnswer } from '../../errors';
import type { Dialect, Statement, Stretch, TableId } from '../dialect';
import { type End, endColumns, endsOf } from '../ends';
import { heapWalk } from './heap-walk';
import { asText, CUTOFF, cutoffParameter, EXPIRED, qualified, quoted } from './sql';

// The catalogs, not information_schema: that one hides the columns that this role has no right to. Names are cast to
// text, since the Data API refuses results of types that it does not list; with CAST, since the first statement may
// meet a MySQL, for which "::text" is a parameter without a value.
const inspection = (ends: string) => `
SELECT wanted.at AS wanted, ${asText('clock_timestamp()')} AS now,
  CAST(current_user AS text) AS "user", CAST(current_database() AS text) AS database, found.*${ends}
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
    CAST(current_setting('server_version_num') AS int) >= 140000 AS "hasStorageOrder",
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

const end: End = (table, order) =>
  `(SELECT ${asText('expire_date')} FROM ONLY ${qualified(table)} ORDER BY expire_date ${order} LIMIT 1)`;

function inspect(wanted: readonly TableName[], withEnds: boolean): Statement {
  const list = wanted.map(({ schema, table }, at) => ({ at, schema, table }));
  const ends = withEnds ? endColumns(wanted, end) : '';
  return { sql: inspection(ends).trim(), parameters: { wanted: JSON.stringify(list) } };
}

/** The rows of a stretch: what expired in it, without those that are left where they are. */
function along({ cutoff, at, avoid }: Stretch): { where: string } & Pick<Statement, 'parameters'> {
  const expired = `expire_date >= CAST(:at AS timestamptz) AND expire_date < ${CUTOFF}`;
  const parameters = { ...cutoffParameter(cutoff), at };
  if (avoid.length === 0) return { where: expired, parameters };
  return {
    where: `${expired} AND ctid <> ALL (CAST(:avoid AS tid[]))`,
    parameters: { ...parameters, avoid: `{${avoid.map((ctid) => `"${ctid}"`).join()}}` },
  };
}

/**
 * Locks first, so that "fewer than the limit" means the end; the row locks also make SKIP LOCKED possible, which is
 * why the role needs an UPDATE right. MATERIALIZED, since an inlined subquery may run twice and delete more. An
 * array of ctids, since a join on ctid may turn into a hash join over the whole table. ONLY, since a ctid means
 * nothing in a child table. The limit is text, since a generic plan cannot see a parameter's value.
 */
function deleteBatch(table: TableId, stretch: Stretch): Statement {
  const name = qualified(table);
  const { where, parameters } = along(stretch);
  const sql = `
WITH taken AS MATERIALIZED (
  SELECT ctid, expire_date FROM ONLY ${name} WHERE ${where}
  ORDER BY expire_date LIMIT ${stretch.limit} FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM ONLY ${name}
  WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${EXPIRED}
  RETURNING expire_date
)
SELECT (SELECT count(*) FROM deleted) AS deleted, count(*) AS taken, ${asText('max(expire_date)')} AS next
FROM taken`;
  return { sql: sql.trim(), parameters };
}

/**
 * The row that a batch of one could not delete, by its ctid: it says nothing of the session. SKIP LOCKED, since that
 * batch passed over the rows that others hold.
 */
function stuckRow(table: TableId, stretch: Stretch): Statement {
  const { where, parameters } = along(stretch);
  const sql = `
SELECT ${asText('expire_date')} AS stuck, CAST(ctid AS text) AS "row", ${asText('expire_date')} AS next
FROM ONLY ${qualified(table)} WHERE ${where} ORDER BY expire_date LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return { sql: sql.trim(), parameters };
}

function expiredRows(table: TableId): string {
  return `FROM ONLY ${qualified(table)} WHERE expire_date < ${CUTOFF}`;
}

function countExpired(table: TableId, cutoff: Date, cap: number): Statement {
  const sql = `
SELECT count(*) AS expired, ${asText('min(expire_date)')} AS oldest
FROM (SELECT expire_date ${expiredRows(table)} ORDER BY expire_date LIMIT ${cap}) AS expired`;
  return { sql: sql.trim(), parameters: cutoffParameter(cutoff) };
}

function oldestExpired(table: TableId, cutoff: Date): Statement {
  const sql = `
SELECT ${asText('min(expire_date)')} AS oldest
FROM (SELECT expire_date ${expiredRows(table)} ORDER BY expire_date LIMIT 1) AS oldest`;
  return { sql: sql.trim(), parameters: cutoffParameter(cutoff) };
}

function explainExpired(table: TableId, cutoff: Date): Statement {
  const sql = `EXPLAIN (FORMAT JSON) SELECT expire_date ${expiredRows(table)}`;
  return { sql, parameters: cutoffParameter(cutoff) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UnexpectedAnswer('the plan must be JSON');
  }
}

function readEstimate(rows: Parameters<Dialect['readEstimate']>[0]): number {
  const plans = parsed(text(onlyRow(rows), 'QUERY PLAN')) as
    | { Plan?: Record<string, unknown> }[]
    | null;
  const planRows = plans?.[0]?.Plan?.['Plan Rows'];
  if (typeof planRows === 'number') return planRows;
  throw new UnexpectedAnswer('the plan must tell its "Plan Rows"');
}

/** ISO 8601 ends at the year 1: whatever expired before it, '-infinity' included, reads as that. */
const YEAR_ONE = new Date('0001-01-01T00:00:00Z');

/** The last instant that a `Date` holds: whatever expires after it, 'infinity' included, reads as that. */
const END_OF_TIME = new Date(8.64e15);

function toInstant(text: string): Date {
  if (text === 'infinity' || /^\+?\d{5,}-/.test(text)) return END_OF_TIME;
  return text === '-infinity' || text.endsWith(' BC') ? YEAR_ONE : new Date(text);
}

/** Aurora PostgreSQL. The column is `timestamp with time zone` whatever Django's `USE_TZ` says. */
export const postgresql = {
  engine: 'postgresql',
  inspect,
  ends: (tables) => endsOf(tables, end),
  storage: heapWalk,
  stuckRow,
  batches: { kind: 'at-once', delete: deleteBatch },
  countExpired,
  explainExpired,
  readEstimate,
  oldestExpired,
  toInstant,
  grant: (table, user) =>
    `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON ${qualified(table)} TO ${quoted(user)}`,
  createIndex: (table) => `CREATE INDEX CONCURRENTLY ON ${qualified(table)} (expire_date)`,
} satisfies Dialect;
