import type { TableName } from '../../../contract/table-name';
import { count } from '../../data-api/rows';
import type { Dialect, FoundBatch, Statement, Stretch, TableId } from '../dialect';
import { type End, endColumns, endsOf } from '../ends';
import { instantOf, localCutoff } from './local-time';
import { CUTOFF, qualified } from './sql';

export function account(user: string): string {
  const at = user.lastIndexOf('@');
  return [user.slice(0, at), user.slice(at + 1)]
    .map((part) => `'${part.replaceAll(/['\\]/g, '$&$&')}'`)
    .join('@');
}

// STATISTICS shows a table's keys to whoever has any right to it, COLUMNS only what may be selected. Names are compared
// byte by byte, since the server would take "Session" for "session".
const FOUND = `
LEFT JOIN information_schema.TABLES t ON CAST(t.TABLE_NAME AS BINARY) = CAST(wanted.tbl AS BINARY) AND CASE wanted.sch
  WHEN '' THEN t.TABLE_SCHEMA = DATABASE()
  WHEN '*' THEN t.TABLE_TYPE = 'BASE TABLE'
    AND t.TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
  ELSE CAST(t.TABLE_SCHEMA AS BINARY) = CAST(wanted.sch AS BINARY) END
ORDER BY wanted.at, t.TABLE_SCHEMA`;

/** The same table, whatever else differs from it in case alone. */
const sameTable = (alias: string) =>
  `${alias}.TABLE_SCHEMA = t.TABLE_SCHEMA AND ${alias}.TABLE_NAME = t.TABLE_NAME
    AND CAST(${alias}.TABLE_SCHEMA AS BINARY) = CAST(t.TABLE_SCHEMA AS BINARY)
    AND CAST(${alias}.TABLE_NAME AS BINARY) = CAST(t.TABLE_NAME AS BINARY)`;

const indexed = (condition: string) =>
  `EXISTS (SELECT 1 FROM information_schema.STATISTICS s
    WHERE ${sameTable('s')} AND ${condition})`;

const EXPIRE_DATE_TYPE = `(SELECT c.COLUMN_TYPE FROM information_schema.COLUMNS c
    WHERE ${sameTable('c')} AND c.COLUMN_NAME = 'expire_date')`;

// Without a right to the whole table its primary key is not shown either, so that a missing DELETE has to be told
// from a missing key.
const DELETE_MISSING = `(NOT ${indexed(`s.INDEX_NAME = 'PRIMARY'`)}
    AND NOT EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'DELETE')
    AND NOT EXISTS (SELECT 1 FROM information_schema.SCHEMA_PRIVILEGES p
      WHERE p.TABLE_SCHEMA = t.TABLE_SCHEMA AND p.PRIVILEGE_TYPE = 'DELETE')
    AND NOT EXISTS (SELECT 1 FROM information_schema.TABLE_PRIVILEGES p
      WHERE ${sameTable('p')} AND p.PRIVILEGE_TYPE = 'DELETE'))`;

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

const end: End = (table, order) =>
  `(SELECT CAST(expire_date AS CHAR) FROM ${qualified(table)} ORDER BY expire_date ${order} LIMIT 1)`;

/** One SELECT a table, since the Data API takes no list and not every server has JSON_TABLE. */
function inspect(wanted: readonly TableName[], withEnds: boolean): Statement {
  const rows = wanted.map((_, at) => `SELECT ${at} AS at, :schema${at} AS sch, :table${at} AS tbl`);
  const parameters = wanted.flatMap(({ schema, table }, at) => [
    [`schema${at}`, schema ?? ''],
    [`table${at}`, table],
  ]);
  const ends = withEnds ? endColumns(wanted, end) : '';
  return {
    sql: `${INSPECT}${ends}\nFROM (${rows.join(' UNION ALL ')}) AS wanted${FOUND}`.trim(),
    parameters: Object.fromEntries(parameters),
  };
}

/** ISO 8601 ends at the year 1; MySQL has a date of all zeros before it. */
const YEAR_ONE = new Date('0001-01-01T00:00:00Z');

/** That date comes before every other; a CAST refuses it, and compares as NULL. */
const isZeroDate = (text: string) => text.startsWith('0000-00');

/** The first date after it. */
const AFTER_ZERO_DATE = '0000-01-01 00:00:00';

/**
 * Aurora MySQL. The column has no zone: it holds UTC with Django's `USE_TZ = True`, the time of `timeZone` without.
 *
 * A DELETE returns no rows here, so a batch is looked for first: where it ends, and how many rows it has. With just
 * that many rows as its limit the DELETE ends at the last of them. One that ran out of rows would go on to lock the
 * first live session, and the gap before it.
 */
export function mysql(timeZone: string): Dialect {
  const parameters = (cutoff: Date, at: string | null = null): Statement['parameters'] => ({
    cutoff: localCutoff(cutoff, timeZone),
    ...(at !== null && !isZeroDate(at) && { at }),
  });

  const expired = (table: TableId, at: string | null = null) =>
    `FROM ${qualified(table)} WHERE expire_date < ${CUTOFF}${
      at === null || isZeroDate(at) ? '' : ' AND expire_date >= CAST(:at AS DATETIME(6))'
    }`;

  const oldestRows = (table: TableId, limit: number, at: string | null = null) =>
    `(SELECT expire_date ${expired(table, at)} ORDER BY expire_date LIMIT ${limit}) AS oldest`;

  return {
    engine: 'mysql',
    inspect,
    ends: (tables) => endsOf(tables, end),
    batches: {
      kind: 'find-then-delete',
      find: (table: TableId, { cutoff, at, limit }: Stretch) => ({
        sql: `SELECT COUNT(*) AS taken, CAST(MAX(expire_date) AS CHAR) AS next FROM ${oldestRows(table, limit, at)}`,
        parameters: parameters(cutoff, at),
      }),
      delete: (table: TableId, { cutoff, at }: Stretch, { taken, next }: FoundBatch) => ({
        sql: `DELETE ${expired(table, at)} AND expire_date <= CAST(:next AS DATETIME(6)) ORDER BY expire_date LIMIT ${taken}`,
        parameters: {
          ...parameters(cutoff, at),
          next: isZeroDate(next) ? AFTER_ZERO_DATE : next,
        },
      }),
    },
    // Along its primary key a DELETE would lock every row that it reads, live sessions too.
    storage: null,
    // Rows have no handle but their key, so that all are passed that expired with the one.
    stuckRow: (table, { cutoff, at }) => ({
      sql: `SELECT stuck, NULL AS \`row\`, (SELECT CAST(MIN(expire_date) AS CHAR) ${expired(table)} AND expire_date > CAST(stuck AS DATETIME(6))) AS next
FROM (SELECT CAST(MIN(expire_date) AS CHAR) AS stuck FROM ${oldestRows(table, 1, at)}) AS first WHERE stuck IS NOT NULL`,
      parameters: parameters(cutoff, at),
    }),
    countExpired: (table, cutoff, cap) => ({
      sql: `SELECT COUNT(*) AS expired, CAST(MIN(expire_date) AS CHAR) AS oldest FROM ${oldestRows(table, cap)}`,
      parameters: parameters(cutoff),
    }),
    oldestExpired: (table, cutoff) => ({
      sql: `SELECT CAST(MIN(expire_date) AS CHAR) AS oldest FROM ${oldestRows(table, 1)}`,
      parameters: parameters(cutoff),
    }),
    explainExpired: (table, cutoff) => ({
      sql: `EXPLAIN SELECT expire_date ${expired(table)}`,
      parameters: parameters(cutoff),
    }),
    // MariaDB tells it as text.
    readEstimate: ([{ rows = null } = {}]) => count({ rows: rows && Number(rows) }, 'rows'),
    toInstant: (text) => (text.startsWith('0000') ? YEAR_ONE : instantOf(text, timeZone)),
    grant: (table, user) =>
      `GRANT SELECT (expire_date), DELETE ON ${qualified(table)} TO ${account(user)}`,
    createIndex: (table) =>
      `ALTER TABLE ${qualified(table)} ADD INDEX (expire_date), ALGORITHM = INPLACE, LOCK = NONE`,
  };
}
