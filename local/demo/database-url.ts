import { Client } from 'pg';
import type { LocalDatabase } from './local-cluster';

/**
 * Reads the URL as `pg` reads it, with its `sslmode` and the like, and logs in once: of a server that
 * it cannot reach, a Data API says only that it is unavailable.
 *
 * @throws {Error} when it cannot be reached or refuses the login; the message holds no password
 */
export async function databaseOf(url: string): Promise<LocalDatabase> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  const { host, port, ssl, user: username = '', password = '', database = '' } = client;
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`cannot log in to ${host}:${port}/${database} as ${username}: ${told(error)}`);
  } finally {
    await client.end();
  }
  return { cluster: { engine: 'postgresql', host, port, ssl }, username, password, database };
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
