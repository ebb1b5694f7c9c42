import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** A key and its self-signed certificate, made for these tests. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyEo/R+S2VxcQJK/C
dL8RUD5yQHcf8bfs/sNAOE3SvvahRANCAARx+ME1adL1RVo70x7gChZdUg3xg0Tg
rcvsf30YuIAdh1dTtEltN0c36b/0pts7E3EUyHykpxxu6RvNvmWzMf8G
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUXtbvYWVtTAKEPYONd30ETeZRoXIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzAwMzEzN1oYDzIxMjYxMDMw
MDAzMTM3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARx+ME1adL1RVo70x7gChZdUg3xg0Tgrcvsf30YuIAdh1dTtEltN0c3
6b/0pts7E3EUyHykpxxu6RvNvmWzMf8Go1MwUTAdBgNVHQ4EFgQUERcy2Rqng8Dn
r9muAHoqtiqhv04wHwYDVR0jBBgwFoAUERcy2Rqng8Dnr9muAHoqtiqhv04wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAiyoIzXpIgDaOlldr8TSn
+Luc/3TmCPwzj17PVDm3efMCIFdql4rJhoruk3B0NNSu1FzePDVqYEqvBHsONLZi
szU4
-----END CERTIFICATE-----`;

/** The first packet of MySQL's protocol: version 10, with TLS among its capabilities. */
function mysqlGreeting(): Buffer {
  const capabilities = 0x200 | 0x800 | 0x8000 | 0x80000;
  const numbers = Buffer.alloc(16);
  numbers.writeUInt16LE(capabilities & 0xffff, 0);
  numbers.writeUInt8(45, 2);
  numbers.writeUInt16LE(capabilities >>> 16, 5);
  numbers.writeUInt8(21, 7);
  const payload = Buffer.concat([
    Buffer.from('\x0a8.0.36\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    numbers.subarray(0, 8),
    Buffer.alloc(10),
    Buffer.from('123456789012\0'),
    Buffer.from('mysql_native_password\0'),
  ]);
  return Buffer.concat([Buffer.from([payload.length, 0, 0, 0]), payload]);
}

/** The length of a request for TLS, after the four bytes of a packet's header. A login is longer. */
const SSL_REQUEST_BYTES = 32;

const servers: { close(): unknown }[] = [];

/** For each connection to a MySQL, whether the client asked for TLS. */
export const askedForTls: boolean[] = [];

/** Closes the servers of a test. Call it after each test. */
export function closeServers(): void {
  for (const server of servers.splice(0)) server.close();
  askedForTls.length = 0;
}

export type Engine = 'postgres' | 'mysql';

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Starts a server that greets like the engine and begins TLS, and does nothing more; returns its port. */
export async function serverWithCertificate(engine: Engine): Promise<number> {
  const secure = createTlsServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
    socket.on('error', () => {}).on('data', () => socket.end());
  }).on('tlsClientError', () => {});
  const securePort = await portOf(secure);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (engine === 'mysql') socket.write(mysqlGreeting());
    socket.once('data', (asked) => {
      const [length] = asked;
      // Only a PostgreSQL client begins with a zero.
      if (engine === 'mysql' && length !== 0) askedForTls.push(length === SSL_REQUEST_BYTES);
      if (askedForTls.includes(false)) return socket.destroy();
      if (engine === 'postgres') socket.write('S');
      const upstream = connect(securePort, '127.0.0.1').on('error', () => socket.destroy());
      // A MySQL client begins with TLS without waiting for an answer.
      if (engine === 'mysql') upstream.write(asked.subarray(4 + SSL_REQUEST_BYTES));
      return socket.pipe(upstream).pipe(socket);
    });
  });
  return portOf(server);
}

function postgresRefusal(sqlState: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`);
  const head = Buffer.from('E\0\0\0\0');
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

function mysqlRefusal(errorNumber: number, message: string): Buffer {
  const payload = Buffer.concat([Buffer.from([0xff, 0, 0]), Buffer.from(`#HY000${message}`)]);
  payload.writeUInt16LE(errorNumber, 1);
  // This is packet 2, because the greeting was 0 and the login 1.
  return Buffer.concat([Buffer.from([payload.length, 0, 0, 2]), payload]);
}

/** Starts a server that refuses a login without TLS, as RDS does by default; returns its port. */
export async function serverThatInsistsOnTls(engine: Engine): Promise<number> {
  const refusal =
    engine === 'postgres'
      ? postgresRefusal('28000', 'no pg_hba.conf entry for host "10.0.0.7", no encryption')
      : mysqlRefusal(
          3159,
          'Connections using insecure transport are prohibited while --require_secure_transport=ON.',
        );
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (engine === 'mysql') socket.write(mysqlGreeting());
    socket.once('data', () => socket.end(refusal));
  });
  return portOf(server);
}
