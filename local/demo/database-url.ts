import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { LocalDatabase } from './local-cluster';

/**
 * Reads the URL as its database's own client reads it, and logs in once: of a server that it cannot reach, a Data API
 * says only that it is unavailable.
 *
 * @throws {Error} when it cannot be reached or refuses the login; the message holds no password
 */
export async function databaseOf(url: string): Promise<LocalDatabase> {
  const isMysql = new URL(url).protocol === 'mysql:';
  const { database, connect } = isMysql ? mysqlDatabase(url) : postgresqlDatabase(url);
  try {
    await connect();
  } catch (error) {
    const { host, port } = database.cluster;
    const place = `${host}:${port}/${database.database} as ${database.username}`;
    throw new Error(`cannot log in to ${place}: ${told(error)}`);
  }
  return database;
}

interface Reading {
  readonly database: LocalDatabase;
  connect(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

function postgresqlDatabase(connectionString: string): Reading {
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => {});
  const { host, port, ssl, user: username = '', password = '', database = '' } = client;
  const cluster = { engine: 'postgresql', host, port, ssl } as const;
  const connect = async () => {
    await client.connect().finally(() => client.end());
  };
  return { database: { cluster, username, password, database }, connect };
}

/** By the names of MySQL's own client, in the URL's `ssl-mode`; what is not named asks for no TLS. */
const SSL_MODES: Readonly<Record<string, object>> = {
  REQUIRED: { rejectUnauthorized: false },
  VERIFY_IDENTITY: { rejectUnauthorized: true },
};

function mysqlDatabase(text: string): Reading {
  const url = new URL(text);
  const [username, password, database] = [url.username, url.password, url.pathname.slice(1)].map(
    decodeURIComponent,
  ) as [string, string, string];
  const host = url.hostname;
  const port = Number(url.port || 3306);
  const ssl = SSL_MODES[url.searchParams.get('ssl-mode') ?? ''];
  const cluster = { engine: 'mysql', host, port, ...(ssl && { ssl }) } as const;
  const login = { host, port, user: username, password, database, ...(ssl && { ssl }) };
  const connect = async () => {
    const connection = await createConnection({ ...login, connectTimeout: CONNECT_TIMEOUT_MS });
    await connection.end();
  };
  return { database: { cluster, username, password, database }, connect };
}

/** The CA of RDS, for one, is not among those that Node.js knows. */
const CERTIFICATE_REMEDY =
  'give its CA with ?sslrootcert=FILE, or do without the check with ?sslmode=no-verify';

function told(error: unknown): string {
  // One for each address of the host that was tried.
  const errors = error instanceof AggregateError ? error.errors : [error];
  const message = errors.map(({ message }: Error) => message).join(', ');
  return /certificate/.test(message) ? `${message}; ${CERTIFICATE_REMEDY}` : message;
}
