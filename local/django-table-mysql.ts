import { escapeId } from 'mysql2';
import { SEED_DEFAULTS, type Seed, type SessionRow, type SessionTable } from './django-table';

/** What these functions need of a `mysql2` promise connection or pool. */
export interface MysqlQueryable {
  query(sql: string, values?: unknown[]): Promise<unknown>;
}

/** Which session table; `schema` is MySQL's other word for a database. */
export interface MysqlSessionTable extends SessionTable {
  /** @default the connection's database */
  readonly schema?: string;
}

/** The table's name as SQL, quoted, and qualified where a database is named. */
export function mysqlName({ schema, table = 'django_session' }: MysqlSessionTable = {}): string {
  return (schema === undefined ? [table] : [schema, table])
    .map((name) => escapeId(name, true))
    .join('.');
}

/**
 * Creates the table as Django's migration `sessions.0001_initial` does on MySQL and MariaDB, and its
 * database if missing.
 *
 * The hash in the index name is the one that Django computes for `django_session`; another table
 * keeps it.
 */
export async function createMysqlSessionTable(
  client: MysqlQueryable,
  options: MysqlSessionTable & {
    /** Definitions of further columns, as a custom session model has: '`account_id` integer'. */
    readonly extraColumns?: readonly string[];
  } = {},
): Promise<void> {
  const { schema, table = 'django_session', extraColumns = [] } = options;
  const name = mysqlName(options);
  const columns = [
    '`session_key` varchar(40) NOT NULL PRIMARY KEY',
    '`session_data` longtext NOT NULL',
    '`expire_date` datetime(6) NOT NULL',
    ...extraColumns,
  ];
  if (schema !== undefined)
    await client.query(`CREATE DATABASE IF NOT EXISTS ${escapeId(schema, true)}`);
  await client.query(`CREATE TABLE ${name} (${columns.join(', ')})`);
  const index = escapeId(`${table}_expire_date_a5c62663`, true);
  await client.query(`CREATE INDEX ${index} ON ${name} (\`expire_date\`)`);
}

/**
 * Inserts exactly these rows, their instants in UTC, as Django with `USE_TZ = True` stores them.
 *
 * A string may end in `Z` or `+00`; without an offset it is stored as it is.
 */
export async function insertMysqlSessions(
  client: MysqlQueryable,
  rows: readonly SessionRow[],
  table: MysqlSessionTable = {},
): Promise<void> {
  const values = rows.map(({ sessionKey, sessionData = 'e30:test', expireDate }) => [
    sessionKey,
    sessionData,
    toDatetime(expireDate),
  ]);
  if (values.length === 0) return;
  await client.query(
    `INSERT INTO ${mysqlName(table)} (session_key, session_data, expire_date) VALUES ?`,
    [values],
  );
}

/** A column without a zone takes no offset. */
function toDatetime(instant: Date | string): string {
  const text = typeof instant === 'string' ? instant : instant.toISOString();
  return text.replace('T', ' ').replace(/(?:Z|\+00(?::?00)?)$/, '');
}

/**
 * Fills the table as on a site that has never purged: keys of 32 letters and digits, 352 bytes of
 * session data, times in UTC. InnoDB keeps the rows in the order of their keys.
 */
export async function seedMysqlSessions(
  client: MysqlQueryable,
  seed: Seed & MysqlSessionTable,
): Promise<void> {
  const { expired, live, newestExpiredSecondsAgo, expiredOverDays, liveOverDays } = {
    ...SEED_DEFAULTS,
    ...seed,
  };
  // As floating point: a quotient of integers has four decimals, which is minutes here.
  const secondsAgo = '? + (1 - n * 1e0 / ?) * ? * 86400';
  const secondsAhead = '3600 + (n - ?) * 1e0 / ? * ? * 86400';
  // Sorted before the data is made, and inserted in the order in which InnoDB keeps them. Without
  // the LIMIT the order would be dropped.
  await client.query(
    `INSERT INTO ${mysqlName(seed)} (session_key, session_data, expire_date)
     SELECT session_key, REPEAT(MD5(session_key), 11), expire_date FROM (
       SELECT MD5(CONCAT(RAND(), n)) AS session_key, CASE
         WHEN n <= ? THEN UTC_TIMESTAMP(6) - INTERVAL (${secondsAgo}) SECOND
         ELSE UTC_TIMESTAMP(6) + INTERVAL (${secondsAhead}) SECOND
       END AS expire_date
       FROM (${numbers(expired + live)}) AS numbers ORDER BY session_key LIMIT ?
     ) AS sessions`,
    [
      ...[expired, newestExpiredSecondsAgo, expired, expiredOverDays],
      ...[expired, Math.max(live, 1), liveOverDays, expired + live],
    ],
  );
}

/**
 * A query for 1 to `count`, as `n`. By its decimal digits: MySQL stops a recursive one after 1000
 * rows, and MariaDB's sequences are its own.
 */
function numbers(count: number): string {
  const digits = Array.from(String(count), (_, place) => ({
    digit: `d${place}`,
    weight: 10 ** place,
  }));
  const ten = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
  const sum = digits.map(({ digit, weight }) => `${digit}.d * ${weight}`).join(' + ');
  const tables = digits.map(({ digit }) => `(${ten}) AS ${digit}`).join(', ');
  return `SELECT ${sum} AS n FROM ${tables} HAVING n BETWEEN 1 AND ${count}`;
}
