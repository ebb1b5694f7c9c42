import type { TableName } from '../../../contract/table-name';
import type { Statement } from '../../data-api/statement';
import type { InspectionPart } from '../dialect';
import { type EndsSql, rangeColumns } from '../expiry-range';
import { qualified } from './sql';

// Each view of information_schema is read once, whatever the number of tables: on some servers a read opens every table of
// every schema. STATISTICS shows the indexes of a table to a user with any right to it, COLUMNS only what the user may select.

/** Without the server's own schemas. */
const isOfUsers = (schema: string) =>
  `${schema} NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')`;

/** Names as bytes, because the server's comparison takes "Session" for "session". */
export const NAMES = 'CAST(TABLE_SCHEMA AS BINARY) AS sch, CAST(TABLE_NAME AS BINARY) AS tbl';

/** The row of a derived table is that of the table `t`. */
export const sameTable = (alias: string) =>
  `${alias}.sch = CAST(t.TABLE_SCHEMA AS BINARY) AND ${alias}.tbl = CAST(t.TABLE_NAME AS BINARY)`;

/** A name is the wanted one: to the letter, unless the server itself takes no notice of its case. */
const isName = (name: string, wanted: string) =>
  `CASE @@lower_case_table_names WHEN 0 THEN CAST(${name} AS BINARY) = CAST(${wanted} AS BINARY)
    ELSE LOWER(${name}) = LOWER(${wanted}) END`;

const IS_EXPIRY = "COLUMN_NAME = 'expire_date'";

/** A table of which the user is shown no column at all has no row. */
const EXPIRY = (named: string) => `
  SELECT ${NAMES}, MAX(CASE WHEN ${IS_EXPIRY} THEN COLUMN_TYPE END) AS type, MAX(${IS_EXPIRY} AND IS_NULLABLE = 'YES') AS isNullable,
    MAX(${IS_EXPIRY} AND EXTRA = '' AND COLUMN_COMMENT = '' AND COALESCE(COLUMN_DEFAULT, 'NULL') = 'NULL') AS isPlain,
    MAX(${IS_EXPIRY} AND FIND_IN_SET('select', PRIVILEGES) > 0) AS isReadable
  FROM information_schema.COLUMNS WHERE ${named} GROUP BY sch, tbl`;

/**
 * MySQL has the column IS_VISIBLE, and MariaDB the column IGNORED. A natural join compares those that are on both sides, so
 * `used` is null for an index that the planner may not use.
 */
const INDEXES = (named: string) => `
  SELECT ${NAMES}, MAX(INDEX_NAME = 'PRIMARY') AS hasKey,
    MAX(INDEX_NAME = 'PRIMARY' AND COLUMN_NAME = 'session_key')
      AND NOT MAX(INDEX_NAME = 'PRIMARY' AND COLUMN_NAME NOT IN ('session_key', 'expire_date')) AS isKey,
    MAX(COALESCE(COLUMN_NAME = 'expire_date', FALSE)) AS hasExpiry,
    MAX(leads AND walkable) AS walkable,
    GROUP_CONCAT(CASE WHEN leads AND NOT walkable THEN INDEX_NAME END SEPARATOR ', ') AS others
  FROM (
    SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, SEQ_IN_INDEX,
      SEQ_IN_INDEX = 1 AND COALESCE(COLUMN_NAME = 'expire_date', FALSE) AS leads,
      INDEX_TYPE = 'BTREE' AND SUB_PART IS NULL AND used IS NOT NULL AS walkable
    FROM information_schema.STATISTICS
    NATURAL LEFT JOIN (SELECT 'YES' AS IS_VISIBLE, 'NO' AS IGNORED, 1 AS used) AS usual
    WHERE ${named}) AS parts
  GROUP BY CAST(TABLE_SCHEMA AS BINARY), CAST(TABLE_NAME AS BINARY)`;

/** A right `p` is one to the schema of `t`. It may be one to many schemas, with a pattern like `tenant\\_%` for its schema. */
export const IN_SCHEMAS =
  'CONVERT(t.TABLE_SCHEMA USING utf8mb4) COLLATE utf8mb4_bin LIKE p.TABLE_SCHEMA';

const HOST = "SUBSTRING_INDEX(CURRENT_USER(), '@', -1)";
const NAME = `LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(${HOST}) - 1)`;

/** The user as a statement takes it. */
export const ACCOUNT = `CONCAT(QUOTE(${NAME}), '@', QUOTE(${HOST}))`;

/** A user who may read the schema "mysql" also sees the rights of other users in these views. */
export const IS_MINE = `CAST(GRANTEE AS BINARY) = CAST(CONCAT('''', ${NAME}, '''@''', ${HOST}, '''') AS BINARY)`;

/** The role of Aurora's master user, which has the rights to every schema. */
export const HAS_RDS_ROLE = "COALESCE(CURRENT_ROLE(), '') LIKE '%rds_superuser_role%'";

const DELETE_RIGHTS = (named: string) => `
  SELECT DISTINCT ${NAMES} FROM information_schema.TABLE_PRIVILEGES
  WHERE PRIVILEGE_TYPE = 'DELETE' AND ${IS_MINE} AND ${named}`;

const MAY_DELETE = `(d.tbl IS NOT NULL OR ${HAS_RDS_ROLE}
    OR EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'DELETE' AND ${IS_MINE})
    OR EXISTS (SELECT 1 FROM information_schema.SCHEMA_PRIVILEGES p
      WHERE p.PRIVILEGE_TYPE = 'DELETE' AND ${IS_MINE} AND ${IN_SCHEMAS}))`;

/** The views of rights do not show those that a role gives. */
export const HAS_ROLE = `COALESCE(CURRENT_ROLE(), 'NONE') <> 'NONE'`;

// MySQL shows a table's primary key only to a user with a right to the whole table, so a missing DELETE has to be told
// from a missing key.
const KEY_HIDDEN = `(NOT COALESCE(i.hasKey, FALSE) AND NOT ${MAY_DELETE})`;
const DELETE_MISSING = `(NOT ${MAY_DELETE} AND NOT (COALESCE(i.hasKey, FALSE) AND ${HAS_ROLE}))`;
const SELECT_MISSING = `(e.type IS NULL OR NOT (e.isReadable OR ${HAS_ROLE}))`;

const written = (name: string) => `CONCAT('"', REPLACE(${name}, '"', '""'), '"')`;

/** Other tables where one was not found, as the setting takes their names. */
const others = (
  from: string,
  condition: string,
  limit: number,
) => `CASE WHEN t.TABLE_NAME IS NULL THEN (
    SELECT SUBSTRING_INDEX(GROUP_CONCAT(other.name ORDER BY other.name SEPARATOR ', '), ', ', ${limit}) FROM (
      SELECT CONCAT(${written('TABLE_SCHEMA')}, '.', ${written('TABLE_NAME')}) AS name, LOWER(TABLE_NAME) AS tbl
      FROM information_schema.${from} AND ${isOfUsers('TABLE_SCHEMA')}) AS other
    WHERE ${condition}) END`;

/** Tables of the same name in another schema, or in another case. */
const NEAR = others("TABLES WHERE TABLE_TYPE = 'BASE TABLE'", 'other.tbl = LOWER(wanted.tbl)', 3);

/** The user is shown no column of a session table but this one. */
const SESSION_TABLES = others("COLUMNS WHERE COLUMN_NAME = 'expire_date'", 'TRUE', 10);

// The user is not shown the column session_key, so `isKeyedBySession` alone says whether the table has it.
const FOUND = (list: string, named: string, limit: number) => `
SELECT wanted.at AS wanted, CONCAT(REPLACE(UTC_TIMESTAMP(3), ' ', 'T'), 'Z') AS now,
  CURRENT_USER() AS \`user\`, DATABASE() AS \`database\`,
  t.TABLE_SCHEMA AS \`schema\`, t.TABLE_NAME AS \`table\`, ${NEAR} AS near, ${SESSION_TABLES} AS sessionTables,
  CASE t.TABLE_TYPE WHEN 'BASE TABLE' THEN 'table' ELSE LOWER(t.TABLE_TYPE) END AS kind, t.ENGINE AS engine,
  NULL AS owner, NULL AS schemaOwner,
  COALESCE(e.type, CASE WHEN i.hasExpiry OR e.tbl IS NULL THEN 'hidden' END) AS expireDateType,
  COALESCE(e.type, 'datetime') LIKE 'datetime%' AS isExpireDateTime,
  COALESCE(e.isNullable, FALSE) AS isExpireDateNullable, COALESCE(e.isPlain, FALSE) AS isExpireDatePlain,
  TRUE AS hasSessionKey, ${KEY_HIDDEN} OR e.type IS NULL AS hidesColumns,
  ${KEY_HIDDEN} OR COALESCE(i.isKey, FALSE) AS isKeyedBySession,
  ${KEY_HIDDEN} OR COALESCE(i.hasKey, FALSE) AS hasPrimaryKey,
  COALESCE(i.walkable, FALSE) AS hasExpireDateIndex, COALESCE(i.others, '') AS otherIndexes,
  FALSE AS hasStorageOrder, FALSE AS hasRowSecurity, FALSE AS hidesRows,
  '' AS triggers, '[]' AS rules, '[]' AS children,
  CONCAT_WS(', ', CASE WHEN ${SELECT_MISSING} THEN 'SELECT (expire_date)' END,
    CASE WHEN ${DELETE_MISSING} THEN 'DELETE' END) AS missingRights
FROM (${list}) AS wanted
LEFT JOIN (SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES WHERE ${named}) AS t
  ON ${isName('t.TABLE_NAME', 'wanted.tbl')} AND CASE wanted.sch
    WHEN '' THEN ${isName('t.TABLE_SCHEMA', 'DATABASE()')}
    WHEN '*' THEN t.TABLE_TYPE = 'BASE TABLE' AND ${isOfUsers('t.TABLE_SCHEMA')}
    ELSE ${isName('t.TABLE_SCHEMA', 'wanted.sch')} END
LEFT JOIN (${EXPIRY(named)}) AS e ON ${sameTable('e')}
LEFT JOIN (${INDEXES(named)}) AS i ON ${sameTable('i')}
LEFT JOIN (${DELETE_RIGHTS(named)}) AS d ON ${sameTable('d')}
WHERE wanted.at > :at OR (wanted.at = :at AND CAST(t.TABLE_SCHEMA AS BINARY) > CAST(:schema AS BINARY))
ORDER BY wanted.at, CAST(t.TABLE_SCHEMA AS BINARY) LIMIT ${limit}`;

/** See `EndsSql`. */
export const ends: EndsSql = {
  end: (table, order) =>
    `(SELECT expire_date FROM ${qualified(table)} WHERE expire_date IS NOT NULL ORDER BY expire_date ${order} LIMIT 1)`,
  asText: (instant) => `CAST(${instant} AS CHAR)`,
  isOneOf: (column, numbers) => `${column} IN (${numbers})`,
};

type Named = Pick<TableName, 'schema' | 'table'>;

/** MariaDB takes names that differ only in case for one name in a list, and shows the indexes of one table. */
function named(wanted: readonly Named[]): string {
  const places = new Map(wanted.map(({ table }, at) => [table, at]));
  return [...places.values()].map((at) => `TABLE_NAME = :table${at}`).join(' OR ');
}

/**
 * Names of tables as a statement takes them: a list of `at`, `sch` and `tbl`, and a condition on TABLE_NAME. There is one
 * SELECT for each name, because the Data API takes no list and not every server has JSON_TABLE.
 */
export function namesIn(wanted: readonly Named[]) {
  const list = wanted.map((_, at) => `SELECT ${at} AS at, :schema${at} AS sch, :table${at} AS tbl`);
  const parameters = wanted.flatMap(({ schema, table }, at) => [
    [`schema${at}`, schema ?? ''],
    [`table${at}`, table],
  ]);
  return {
    list: list.join(' UNION ALL '),
    named: `(${named(wanted)})`,
    parameters: Object.fromEntries(parameters) as Readonly<Record<string, string>>,
  };
}

/** The dialect's `inspect`. */
export function inspect(
  wanted: readonly TableName[],
  { withRange, after, limit }: InspectionPart,
): Statement<'read' | 'ask'> {
  const names = namesIn(wanted);
  const found = FOUND(names.list, names.named, limit);
  const range = withRange
    ? rangeColumns(wanted, 'found.hasExpireDateIndex', ends, found.length)
    : '';
  return {
    sql: `SELECT found.*${range}\nFROM (${found}\n) AS found ORDER BY found.wanted, CAST(found.\`schema\` AS BINARY)`,
    parameters: { ...names.parameters, ...after },
    mode: withRange ? 'ask' : 'read',
  };
}
