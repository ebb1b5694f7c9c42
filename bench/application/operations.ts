import { randomBytes } from 'node:crypto';
import { createPool } from 'mysql2/promise';
import { Pool } from 'pg';
import type { Plan } from './plan';

/** What the application does to its sessions: always by key, as Django's session store does. */
export interface Operations {
  read(key: string): Promise<unknown>;
  renew(key: string): Promise<unknown>;
  insert(): Promise<unknown>;
  /** Keys of live sessions, the same each time. */
  someKeys(count: number): Promise<string[]>;
  end(): Promise<void>;
}

/** More than the operations ever use at once, unless the database stalls. */
const CONNECTIONS = 20;

const newKey = () => randomBytes(16).toString('hex');

/** As long as the session data in the table. */
const DATA = 'x'.repeat(352);

type Query = (sql: string, values: readonly unknown[]) => Promise<unknown[][]>;

interface Dialect {
  readonly now: string;
  readonly inTwoWeeks: string;
  parameter(position: number): string;
}

const POSTGRESQL: Dialect = {
  now: 'now()',
  inTwoWeeks: "now() + interval '14 days'",
  parameter: (position) => `$${position}`,
};

const MARIADB: Dialect = {
  now: 'UTC_TIMESTAMP(6)',
  inTwoWeeks: 'UTC_TIMESTAMP(6) + INTERVAL 14 DAY',
  parameter: () => '?',
};

function operationsBy(query: Query, dialect: Dialect, end: () => Promise<void>): Operations {
  const { now, inTwoWeeks, parameter } = dialect;
  const [first, second] = [parameter(1), parameter(2)];
  const read = `SELECT session_data FROM django_session WHERE session_key = ${first} AND expire_date > ${now}`;
  const renew = `UPDATE django_session SET session_data = ${first}, expire_date = ${inTwoWeeks} WHERE session_key = ${second}`;
  const insert = `INSERT INTO django_session (session_key, session_data, expire_date) VALUES (${first}, ${second}, ${inTwoWeeks})`;
  const keys = `SELECT session_key FROM django_session WHERE expire_date > ${now} ORDER BY session_key LIMIT ${first}`;
  return {
    read: (key) => query(read, [key]),
    renew: (key) => query(renew, [DATA, key]),
    insert: () => query(insert, [newKey(), DATA]),
    someKeys: async (count) => (await query(keys, [count])).flat().map(String),
    end,
  };
}

/** Opens the application's connections. */
export async function openOperations({ engine, login }: Plan): Promise<Operations> {
  if (engine === 'postgresql') {
    const pool = new Pool({ ...login, max: CONNECTIONS, idleTimeoutMillis: 0 });
    pool.on('error', () => {});
    const query: Query = async (text, values) =>
      (await pool.query({ text, values: [...values], rowMode: 'array' })).rows;
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.connect()));
    for (const client of clients) client.release();
    return operationsBy(query, POSTGRESQL, () => pool.end());
  }
  const pool = createPool({ ...login, connectionLimit: CONNECTIONS });
  const query: Query = async (sql, values) =>
    (await pool.query({ sql, values: [...values], rowsAsArray: true }))[0] as unknown[][];
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => pool.getConnection()),
  );
  for (const client of clients) client.release();
  return operationsBy(query, MARIADB, () => pool.end());
}
