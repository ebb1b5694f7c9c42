import type { TableName } from '../../../contract/table-name';
import type { Statement } from '../../data-api/statement';
import type { InspectionPart } from '../dialect';
import { type EndsSql, rangeColumns } from '../expiry-range';
import { IS_OF_USERS } from './guards';
import { READ_ONLY_BY } from './server';
import { asText, catalogOperators, sentName } from './sql';

// This reads the catalogs, because information_schema hides columns that the role has no right to. Names are cast to text,
// because the Data API refuses results of types that it does not list. The casts are written CAST(... AS ...), because
// this statement may be sent to a MySQL, where the Data API takes "::text" for a parameter without a value.

/** A list as text, empty where there is none; cut, so that no table makes the answer too big. */
const listOf = (name: string, from: string) =>
  `coalesce(pg_catalog.left((SELECT pg_catalog.string_agg(CAST(${name} AS pg_catalog.text), ', ' ORDER BY ${name}) FROM ${from}), 500), '')`;

/** The states of a trigger or a rule that fires in the sessions of an application. */
const FIRES = `= ANY ('{O,A}')`;

/** Whether a key `i` is session_key, in a partition perhaps with expire_date. Other columns may come with it that are no part of it. */
const IS_BY_SESSION = `SELECT pg_catalog.bool_or(part.num = key.attnum)
      AND pg_catalog.bool_and(part.num = key.attnum OR c.relispartition AND part.num = expiry.attnum)
    FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS part (num, at) WHERE part.at <= i.indnkeyatts`;

/** The bit of `tgtype` for triggers on DELETE. */
const ON_DELETE = 8;

/** Without system schemas, and those of temporary tables. */
const isOfUsers = (schema: string) =>
  `NOT pg_catalog.starts_with(CAST(${schema} AS pg_catalog.text), 'pg_') AND ${schema} <> 'information_schema'`;

const WANTED = `pg_catalog.json_to_recordset(CAST(:wanted AS pg_catalog.json)) AS wanted (at int, schema pg_catalog.text, "table" pg_catalog.text)`;

/**
 * The wanted tables but for temporary ones, each with the relation that it is: r and p for tables, v and m for views, f for foreign tables. Views
 * have no rows of their own, so a pattern leaves them out.
 *
 * A schema without USAGE is no part of the search path, and "public" without it is the usual reason why a table is not
 * found.
 */
const PAGE = (limit: number) => `
  SELECT wanted.at, wanted."table", c.oid, n.nspname AS schema
  FROM ${WANTED}
  LEFT JOIN (pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)
    ON c.relname = wanted."table" AND c.relpersistence <> 't' AND c.relkind = ANY ('{r,p,v,m,f}') AND CASE
      WHEN wanted.schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) OR n.nspname = 'public'
        AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.to_regclass(pg_catalog.quote_ident(wanted."table")) IS NULL
      WHEN wanted.schema = '*' THEN c.relkind = ANY ('{r,p,f}') AND ${isOfUsers('n.nspname')}
      ELSE n.nspname = wanted.schema END
  WHERE (wanted.at, coalesce(n.nspname, '')) > (:at, :schema)
  ORDER BY wanted.at, n.nspname LIMIT ${limit}`;

/** Other tables where one was not found, as the setting takes their names. */
const others = (condition: string, limit: number) => `CASE WHEN page.oid IS NULL THEN (
    SELECT pg_catalog.string_agg(other.name, ', ') FROM (
      SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE ${condition} AND c.relkind = ANY ('{r,p}') AND ${isOfUsers('n.nspname')}
      ORDER BY name LIMIT ${limit}) AS other) END`;

/** Tables of the same name in another schema, or in another case. */
const NEAR = others('pg_catalog.lower(c.relname) = pg_catalog.lower(page."table")', 3);

const hasColumn = (name: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = '${name}')`;

const SESSION_TABLES = others(`${hasColumn('expire_date')} AND ${hasColumn('session_key')}`, 10);

/** Both ends of such an index can be read, and it can be walked in the order of `ORDER BY expire_date`. */
const INDEXES = `
  SELECT coalesce(pg_catalog.bool_or(it.walkable), false) AS walkable,
    coalesce(pg_catalog.left(pg_catalog.string_agg(it.name, ', ') FILTER (WHERE NOT it.walkable), 500), '') AS others
  FROM (
    SELECT CAST(x.relname AS pg_catalog.text) AS name, am.amname = 'btree' AND i.indisvalid AND i.indisready AND i.indislive
      AND i.indpred IS NULL AND i.indoption[0] = ANY ('{0,3}') AS walkable
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am am ON am.oid = x.relam
    WHERE i.indrelid = c.oid AND i.indkey[0] = expiry.attnum ORDER BY x.relname) AS it`;

/**
 * The ordinary and the foreign tables below this one, partitions too, as a list of [schema, table, is it foreign]. It is
 * cut, so those to which no wanted name leads come first, but for foreign partitions, which nobody can name. Nobody but its own session sees the rows of a temporary one.
 */
const CHILDREN = `
  WITH RECURSIVE child (oid) AS (
    SELECT h.inhrelid FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid
    UNION SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN child ON h.inhparent = child.oid
  )
  SELECT CAST(pg_catalog.json_agg(kin.name) AS pg_catalog.text) FROM (
    SELECT pg_catalog.json_build_array(kn.nspname, k.relname, k.relkind = 'f') AS name
    FROM child JOIN pg_catalog.pg_class k ON k.oid = child.oid JOIN pg_catalog.pg_namespace kn ON kn.oid = k.relnamespace
    WHERE k.relkind = ANY ('{r,f}') AND k.relpersistence <> 't' ORDER BY k.relkind = 'f' AND c.relkind = 'p', EXISTS (
      SELECT FROM ${WANTED} WHERE wanted."table" = k.relname
        AND CASE WHEN wanted.schema IS NULL THEN pg_catalog.pg_table_is_visible(k.oid) ELSE wanted.schema = '*' OR wanted.schema = kn.nspname END
      ), kn.nspname, k.relname LIMIT 10) AS kin`;

/** The rules on DELETE, as a list of names, of which each may have a comma. */
const RULES = `SELECT CAST(pg_catalog.json_agg(r.name) AS pg_catalog.text) FROM (
    SELECT w.rulename AS name FROM pg_catalog.pg_rewrite w
    WHERE w.ev_class = c.oid AND w.ev_type = '4' AND w.ev_enabled ${FIRES} ORDER BY w.rulename LIMIT 10) AS r`;

/** The policies that apply to the user. */
const POLICIES = `pg_catalog.pg_policy p WHERE p.polrelid = c.oid
      AND EXISTS (SELECT FROM pg_catalog.unnest(p.polroles) AS r (oid) WHERE r.oid = 0 OR pg_catalog.pg_has_role(r.oid, 'USAGE'))`;

/** Only a constant is read as text: it needs no table, and so waits for no lock on one. */
const SHOWS_ALL = `coalesce(CASE WHEN pg_catalog.starts_with(CAST(p.polqual AS pg_catalog.text), '{CONST ')
    THEN pg_catalog.pg_get_expr(p.polqual, 0) = 'true' END, false)`;

/** The policies that hide rows whatever others show. One for INSERT, or one that only checks new rows, hides none. */
const RESTRICTIVE = `${POLICIES} AND NOT p.polpermissive AND p.polcmd <> 'a' AND p.polqual IS NOT NULL AND NOT ${SHOWS_ALL}`;

const RESTRICTIVE_NAMES = `SELECT CAST(pg_catalog.json_agg(r.name) AS pg_catalog.text) FROM (
    SELECT p.polname AS name FROM ${RESTRICTIVE} ORDER BY p.polname LIMIT 10) AS r`;

/** The invalid indexes on expire_date, as a list of names, of which each may have a comma: a build has failed, or is under way. */
const INVALID = `SELECT CAST(pg_catalog.json_agg(v.name) AS pg_catalog.text) FROM (
    SELECT x.relname AS name FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    WHERE i.indrelid = c.oid AND i.indkey[0] = expiry.attnum AND NOT i.indisvalid ORDER BY x.relname LIMIT 10) AS v`;

/** Whether row-level security may hide rows: not where a policy shows every row for each thing that the purge does. */
const HIDES_ROWS = `pg_catalog.row_security_active(c.oid) AND (pg_catalog.current_setting('row_security') = 'off'
    OR EXISTS (SELECT FROM ${RESTRICTIVE})
    OR EXISTS (SELECT FROM (VALUES ('r'), ('w'), ('d')) AS needed (cmd) WHERE NOT EXISTS (
      SELECT FROM ${POLICIES} AND p.polpermissive AND (p.polcmd = '*' OR p.polcmd = needed.cmd) AND ${SHOWS_ALL})))`;

/** Whoever owns the schema, but for those who may do anything to this database anyway. */
const SCHEMA_OWNER = `SELECT CAST(o.rolname AS pg_catalog.text)
    FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles o ON o.oid = n.nspowner
    WHERE n.oid = c.relnamespace AND NOT o.rolsuper AND o.rolname <> 'pg_database_owner'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database() AND b.datdba = o.oid)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = 'rds_superuser' AND pg_catalog.pg_has_role(o.oid, r.oid, 'MEMBER'))`;

const FOUND = (limit: number) => `
SELECT page.at AS wanted, ${asText('pg_catalog.clock_timestamp()')} AS now,
  CAST(current_user AS pg_catalog.text) AS "user", CAST(pg_catalog.current_database() AS pg_catalog.text) AS database,
  CAST(pg_catalog.array_to_json(pg_catalog.current_schemas(true)) AS pg_catalog.text) AS "searchPath", ${READ_ONLY_BY} AS "readOnlyBy",
  CAST(page.schema AS pg_catalog.text) AS schema, CAST(c.relname AS pg_catalog.text) AS "table", ${NEAR} AS near, ${SESSION_TABLES} AS "sessionTables",
  CASE WHEN c.relkind = 'r' THEN 'table' WHEN c.relkind = 'p' THEN 'partitioned table' WHEN c.relkind = 'f' THEN 'foreign table'
    WHEN c.relkind = 'v' THEN 'view' WHEN c.relkind = 'm' THEN 'materialized view' END AS kind,
  CAST(pg_catalog.pg_get_userbyid(c.relowner) AS pg_catalog.text) AS owner, (${SCHEMA_OWNER}) AS "schemaOwner",
  pg_catalog.format_type(expiry.atttypid, NULL) AS "expireDateType",
  coalesce(expiry.atttypid = CAST('timestamp with time zone' AS pg_catalog.regtype), false) AS "isExpireDateTime",
  NOT coalesce(expiry.attnotnull, true) AS "isExpireDateNullable",
  key.attnum IS NOT NULL AS "hasSessionKey",
  EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND (${IS_BY_SESSION})) AS "isKeyedBySession",
  EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) AS "hasPrimaryKey",
  indexes.walkable AS "hasExpireDateIndex", indexes.others AS "otherIndexes", coalesce((${INVALID}), '[]') AS "invalidIndexes",
  CAST(pg_catalog.current_setting('server_version_num') AS int) >= 140000 AS "hasStorageOrder",
  pg_catalog.row_security_active(c.oid) AS "hasRowSecurity", ${HIDES_ROWS} AS "hidesRows",
  pg_catalog.current_setting('row_security') = 'off' AS "isRowSecurityOff",
  coalesce((${RESTRICTIVE_NAMES}), '[]') AS "restrictivePolicies",
  ${listOf(
    'g.tgname',
    `pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND ${IS_OF_USERS}
    AND g.tgenabled ${FIRES} AND (CAST(g.tgtype AS int) & ${ON_DELETE}) <> 0`,
  )} AS triggers,
  coalesce((${RULES}), '[]') AS rules,
  coalesce((${CHILDREN}), '[]') AS children,
  pg_catalog.concat_ws(', ',
    CASE WHEN NOT pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE') THEN 'USAGE on its schema' END,
    CASE WHEN NOT pg_catalog.has_column_privilege(c.oid, CAST(-1 AS smallint), 'SELECT') THEN 'SELECT (ctid)' END,
    CASE WHEN NOT pg_catalog.has_column_privilege(c.oid, expiry.attnum, 'SELECT') THEN 'SELECT (expire_date)' END,
    CASE WHEN NOT pg_catalog.has_any_column_privilege(c.oid, 'UPDATE') THEN 'UPDATE (expire_date)' END,
    CASE WHEN NOT pg_catalog.has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END) AS "missingRights"
FROM (${PAGE(limit)}) AS page
LEFT JOIN pg_catalog.pg_class c ON c.oid = page.oid
LEFT JOIN pg_catalog.pg_attribute expiry ON expiry.attrelid = c.oid AND expiry.attname = 'expire_date'
LEFT JOIN pg_catalog.pg_attribute key ON key.attrelid = c.oid AND key.attname = 'session_key'
LEFT JOIN LATERAL (${INDEXES}) AS indexes ON true`;

/** See `EndsSql`. */
export const ends: EndsSql = {
  end: (table, order) =>
    `(SELECT expire_date FROM ONLY ${sentName(table)} WHERE expire_date IS NOT NULL ORDER BY expire_date ${order} LIMIT 1)`,
  asText,
  isOneOf: (column, numbers) => `${column} = ANY ('{${numbers}}')`,
};

/**
 * The dialect's `inspect`. The CASE of the range columns keeps the executor from a table whose ends cannot be read from an
 * index, or whose policies would run: a subquery that depends on no other table is run when its value is first needed.
 */
export function inspect(
  wanted: readonly TableName[],
  { withRange, after, limit }: InspectionPart,
): Statement<'read' | 'ask'> {
  const list = wanted.map(({ schema, table }, at) => ({ at, schema, table }));
  const guard = 'found."hasExpireDateIndex" AND NOT found."hidesRows"';
  const found = catalogOperators(FOUND(limit));
  const range = withRange ? rangeColumns(wanted, guard, ends, found.length) : '';
  return {
    sql: `SELECT found.*${catalogOperators(range)}
FROM (${found}
) AS found ORDER BY found.wanted, found.schema`,
    parameters: { wanted: JSON.stringify(list), ...after },
    mode: withRange ? 'ask' : 'read',
  };
}
