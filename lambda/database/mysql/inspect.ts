import type { TableName } from '../../../contract/table-name';
import type { Statement } from '../../data-api/statement';
import { type End, rangeColumns } from '../expiry-range';
import { qualified } from './sql';

// STATISTICS shows the indexes of a table to a user with any right to it, COLUMNS shows only what the user may select.
// Names are compared byte by byte, because the server would take "Session" for "session".
const FOUND = `
LEFT JOIN information_schema.TABLES t ON CAST(t.TABLE_NAME AS BINARY) = CAST(wanted.tbl AS BINARY) AND CASE wanted.sch
  WHEN '' THEN t.TABLE_SCHEMA = DATABASE()
  WHEN '*' THEN t.TABLE_TYPE = 'BASE TABLE'
    AND t.TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
  ELSE CAST(t.TABLE_SCHEMA AS BINARY) = CAST(wanted.sch AS BINARY) END
ORDER BY wanted.at, t.TABLE_SCHEMA`;

/** The same table, and not one whose name differs from it in case only. */
const sameTable = (alias: string) =>
  `${alias}.TABLE_SCHEMA = t.TABLE_SCHEMA AND ${alias}.TABLE_NAME = t.TABLE_NAME
    AND CAST(${alias}.TABLE_SCHEMA AS BINARY) = CAST(t.TABLE_SCHEMA AS BINARY)
    AND CAST(${alias}.TABLE_NAME AS BINARY) = CAST(t.TABLE_NAME AS BINARY)`;

const indexed = (condition: string) =>
  `EXISTS (SELECT 1 FROM information_schema.STATISTICS s
    WHERE ${sameTable('s')} AND ${condition})`;

const EXPIRE_DATE_TYPE = `(SELECT c.COLUMN_TYPE FROM information_schema.COLUMNS c
    WHERE ${sameTable('c')} AND c.COLUMN_NAME = 'expire_date')`;

// MySQL shows a table's primary key only to a user with a right to the whole table, so a missing DELETE has to be told
// from a missing key.
const DELETE_MISSING = `(NOT ${indexed(`s.INDEX_NAME = 'PRIMARY'`)}
    AND NOT EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'DELETE')
    AND NOT EXISTS (SELECT 1 FROM information_schema.SCHEMA_PRIVILEGES p
      WHERE p.TABLE_SCHEMA = t.TABLE_SCHEMA AND p.PRIVILEGE_TYPE = 'DELETE')
    AND NOT EXISTS (SELECT 1 FROM information_schema.TABLE_PRIVILEGES p
      WHERE ${sameTable('p')} AND p.PRIVILEGE_TYPE = 'DELETE'))`;

// The user is not shown the column session_key, so `isKeyedBySession` alone says whether the table has it.
const INSPECT = `
SELECT wanted.at AS wanted, CONCAT(REPLACE(UTC_TIMESTAMP(3), ' ', 'T'), 'Z') AS now,
  CURRENT_USER() AS \`user\`, DATABASE() AS \`database\`,
  t.TABLE_SCHEMA AS \`schema\`, t.TABLE_NAME AS \`table\`,
  CASE t.TABLE_TYPE WHEN 'BASE TABLE' THEN 'table' ELSE LOWER(t.TABLE_TYPE) END AS kind,
  COALESCE(${EXPIRE_DATE_TYPE},
    CASE WHEN ${indexed(`s.COLUMN_NAME = 'expire_date'`)} THEN 'hidden' END) AS expireDateType,
  COALESCE(${EXPIRE_DATE_TYPE}, 'datetime') LIKE 'datetime%' AS isExpireDateTime,
  TRUE AS hasSessionKey,
  ${DELETE_MISSING} OR ${indexed(`s.INDEX_NAME = 'PRIMARY' AND s.COLUMN_NAME = 'session_key'`)}
    AND NOT ${indexed(`s.INDEX_NAME = 'PRIMARY' AND s.SEQ_IN_INDEX = 2`)} AS isKeyedBySession,
  ${indexed(`s.SEQ_IN_INDEX = 1 AND s.COLUMN_NAME = 'expire_date'`)} AS hasExpireDateIndex,
  FALSE AS hasStorageOrder,
  CONCAT_WS(', ', CASE WHEN ${EXPIRE_DATE_TYPE} IS NULL THEN 'SELECT (expire_date)' END,
    CASE WHEN ${DELETE_MISSING} THEN 'DELETE' END) AS missingRights`;

/** The least or the greatest `expire_date` of a table. */
export const end: End = (table, order) =>
  `(SELECT CAST(expire_date AS CHAR) FROM ${qualified(table)} ORDER BY expire_date ${order} LIMIT 1)`;

/** The dialect's `inspect`: one SELECT for each table, because the Data API takes no list and not every server has JSON_TABLE. */
export function inspect(wanted: readonly TableName[], withRange: boolean): Statement<'read'> {
  const rows = wanted.map((_, at) => `SELECT ${at} AS at, :schema${at} AS sch, :table${at} AS tbl`);
  const parameters = wanted.flatMap(({ schema, table }, at) => [
    [`schema${at}`, schema ?? ''],
    [`table${at}`, table],
  ]);
  const range = withRange ? rangeColumns(wanted, end) : '';
  return {
    sql: `${INSPECT}${range}\nFROM (${rows.join(' UNION ALL ')}) AS wanted${FOUND}`.trim(),
    parameters: Object.fromEntries(parameters),
    mode: 'read',
  };
}
