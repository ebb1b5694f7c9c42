import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { LocalDatabase } from './local-cluster';

/** A server that cannot be reached, or refuses the login. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
}

/**
 * Reads the URL as its database's own client reads it, and logs in once: of a server that it cannot reach, a Data API
 * says only that it is unavailable.
 *
 * @throws {LoginError} when it cannot be reached or refuses the login; the message holds no password
 * @throws {Error} for an `ssl-mode` that MySQL does not know
 */
export async function databaseOf(url: string): Promise<LocalDatabase> {
  const isMysql = new URL(url).protocol === 'mysql:';
  const { database, connect, certificateRemedy } = isMysql
    ? mysqlDatabase(url)
    : postgresqlDatabase(url);
  try {
    await connect();
  } catch (error) {
    const { host, port } = database.cluster;
    const place = `${host}:${port}/${database.database} as ${database.username}`;
    throw new LoginError(`cannot log in to ${place}: ${told(error, certificateRemedy)}`);
  }
  return database;
}

interface Reading {
  readonly database: LocalDatabase;
  connect(): Promise<void>;
  /** The CA of RDS, for one, is not among those that Node.js knows. */
  readonly certificateRemedy: string;
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
  const certificateRemedy =
    'give its CA with ?sslrootcert=FILE, or do without the check with ?sslmode=no-verify';
  return { database: { cluster, username, password, database }, connect, certificateRemedy };
}

/** By the names of MySQL's own client, in the URL's `ssl-mode`; `undefined`: without TLS. */
const SSL_MODES: ReadonlyMap<string, object | undefined> = new Map([
  ['DISABLED', undefined],
  ['REQUIRED', { rejectUnauthorized: false }],
  ['VERIFY_IDENTITY', { rejectUnauthorized: true, verifyIdentity: true }],
]);

/** What is not known is refused, rather than taken for less than it asks for. */
function sslOf({ searchParams }: URL): object | undefined {
  const known = `ssl-mode=${[...SSL_MODES.keys()].join('|')}`;
  const other = [...searchParams.keys()].find((name) => name !== 'ssl-mode');
  if (other !== undefined)
    throw new Error(
      `unknown parameter ${JSON.stringify(other)} in the mysql:// URL; known is ${known}`,
    );
  const mode = searchParams.get('ssl-mode') ?? 'DISABLED';
  if (SSL_MODES.has(mode)) return SSL_MODES.get(mode);
  throw new Error(
    `unknown ssl-mode ${JSON.stringify(mode)} in the mysql:// URL; known is ${known}, of which VERIFY_IDENTITY alone checks the certificate`,
  );
}

function mysqlDatabase(text: string): Reading {
  const url = new URL(text);
  const [username, password, database] = [url.username, url.password, url.pathname.slice(1)].map(
    decodeURIComponent,
  ) as [string, string, string];
  const host = url.hostname;
  const port = Number(url.port || 3306);
  const ssl = sslOf(url);
  const cluster = { engine: 'mysql', host, port, ...(ssl && { ssl }) } as const;
  const login = { host, port, user: username, password, database, ...(ssl && { ssl }) };
  const connect = async () => {
    const connection = await createConnection({ ...login, connectTimeout: CONNECT_TIMEOUT_MS });
    await connection.end();
  };
  const certificateRemedy =
    'give its CA with NODE_EXTRA_CA_CERTS=FILE, or do without the check with ?ssl-mode=REQUIRED';
  return { database: { cluster, username, password, database }, connect, certificateRemedy };
}

function told(error: unknown, certificateRemedy: string): string {
  // One for each address of the host that was tried.
  const errors = error instanceof AggregateError ? error.errors : [error];
  const message = errors.map(({ message }: Error) => message).join(', ');
  return /certificate/.test(message) ? `${message}; ${certificateRemedy}` : message;
}
