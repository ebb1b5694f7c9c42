import { escapeId } from 'mysql2';
import { SEED_DEFAULTS, type Seed, type SessionRow, type SessionTable } from './django-table';

/** The part of a `mysql2` promise connection or pool that these functions use. */
export interface MysqlQueryable {
  query(sql: string, values?: unknown[]): Promise<unknown>;
}

/** The name of a session table. `schema` is MySQL's other word for a database. */
export interface MysqlSessionTable extends SessionTable {
  /** @default the connection's database */
  readonly schema?: string;
}

/** The table's name as SQL: quoted, and qualified if a database is named. */
export function mysqlName({ schema, table = 'django_session' }: MysqlSessionTable = {}): string {
  return (schema === undefined ? [table] : [schema, table])
    .map((name) => escapeId(name, true))
    .join('.');
}

/**
 * Creates the table as Django's migration `sessions.0001_initial` does on MySQL and MariaDB, and its database if it is
 * missing.
 *
 * The index name ends in the hash that Django computes for `django_session`, also for another table.
 */
export async function createMysqlSessionTable(
  client: MysqlQueryable,
  options: MysqlSessionTable & {
    /** Definitions of more columns, as a custom session model has them: '`account_id` integer'. */
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
  const index = escapeId(`${table}_expire_date_a5c62663`.slice(-64), true);
  await client.query(`CREATE INDEX ${index} ON ${name} (\`expire_date\`)`);
}

/**
 * Inserts exactly these rows, with times in UTC, as Django stores them with `USE_TZ = True`.
 *
 * A text may end in `Z` or `+00`. A text without an offset is stored as it is.
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

/** MySQL accepts no offset for a column without a time zone. */
function toDatetime(instant: Date | string): string {
  const text = typeof instant === 'string' ? instant : instant.toISOString();
  return text.replace('T', ' ').replace(/(?:Z|\+00(?::?00)?)$/, '');
}

/**
 * Fills the table as on a site that has never purged: keys of 32 letters and digits, 352 bytes of session data, times
 * in UTC. InnoDB keeps the rows in the order of their keys.
 */
export async function seedMysqlSessions(
  client: MysqlQueryable,
  seed: Seed & MysqlSessionTable,
): Promise<void> {
  const { expired, live, newestExpiredSecondsAgo, expiredOverDays, liveOverDays } = {
    ...SEED_DEFAULTS,
    ...seed,
  };
  // In floating point, because a quotient of integers has only four decimals, which are minutes here.
  const secondsAgo = '? + (1 - n * 1e0 / ?) * ? * 86400';
  const secondsAhead = '3600 + (n - ?) * 1e0 / ? * ? * 86400';
  // Sorts before it makes the data, and inserts in the order in which InnoDB keeps the rows. Without the LIMIT, the
  // database would drop the order.
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
 * A query for the numbers from 1 to `count`, as `n`. Built from decimal digits, because MySQL stops a recursive query
 * after 1000 rows, and only MariaDB has sequences.
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
