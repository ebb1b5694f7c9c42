import { once } from 'node:events';
import { connect } from 'node:net';

/** What PostgreSQL's clients send first: 8 bytes long, request code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** The version of MySQL's protocol, after the four bytes of a packet's header. */
const isGreeting = (bytes: Buffer) => bytes[3] === 0 && bytes[4] === 10;

const ANSWER_MS = 2000;

/**
 * Which kind of database answers at an address: PostgreSQL answers a request for TLS with one letter, MySQL and MariaDB
 * greet on their own. `undefined` if neither does within two seconds.
 */
export async function engineAt(
  host: string,
  port: number,
): Promise<'postgresql' | 'mysql' | undefined> {
  const socket = connect({ host, port });
  try {
    socket.write(SSL_REQUEST);
    const [bytes] = await once(socket, 'data', { signal: AbortSignal.timeout(ANSWER_MS) });
    if (/^[SN]$/.test(String(bytes))) return 'postgresql';
    return isGreeting(bytes) ? 'mysql' : undefined;
  } catch {
    return undefined;
  } finally {
    socket.on('error', () => {}).destroy();
  }
}
