import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { databaseOf, LoginError } from '../../../cli/terminal/database-url';

/** Of nobody: made for this test, signed by itself. */
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

/** After the four bytes of a packet's head; a login without TLS is longer. */
const SSL_REQUEST_BYTES = 32;

const servers: { close(): unknown }[] = [];

/** Of each connection to a MySQL: whether it asked for TLS. */
const askedForTls: boolean[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  askedForTls.length = 0;
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** The port of a database as far as its certificate: it greets as the engine does, and agrees to TLS. */
async function serverWithCertificate(engine: 'postgres' | 'mysql'): Promise<number> {
  const secure = createTlsServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
    socket.on('error', () => {}).on('data', () => socket.end());
  }).on('tlsClientError', () => {});
  const securePort = await portOf(secure);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (engine === 'mysql') socket.write(mysqlGreeting());
    socket.once('data', (asked) => {
      const [length] = asked;
      if (engine === 'mysql') askedForTls.push(length === SSL_REQUEST_BYTES);
      if (askedForTls.includes(false)) return socket.destroy();
      if (engine === 'postgres') socket.write('S');
      const upstream = connect(securePort, '127.0.0.1').on('error', () => socket.destroy());
      // MySQL's client does not wait for an answer before it begins with TLS.
      if (engine === 'mysql') upstream.write(asked.subarray(4 + SSL_REQUEST_BYTES));
      return socket.pipe(upstream).pipe(socket);
    });
  });
  return portOf(server);
}

async function failureOf(url: string): Promise<Error> {
  return databaseOf(url).then(
    () => {
      throw new Error('the login succeeded');
    },
    (error: Error) => error,
  );
}

describe('a certificate that is not trusted', () => {
  it.each([
    [
      'postgres',
      'sslmode=verify-full',
      '; give its CA with ?sslrootcert=FILE, or do without the check with ?sslmode=no-verify',
    ],
    [
      'mysql',
      'ssl-mode=VERIFY_IDENTITY',
      '; give its CA with NODE_EXTRA_CA_CERTS=FILE, or do without the check with ?ssl-mode=REQUIRED',
    ],
  ] as const)('of %s is told with the remedy that its URL takes', async (engine, query, remedy) => {
    const port = await serverWithCertificate(engine);

    const error = await failureOf(`${engine}://shop:s3cr3t@localhost:${port}/shop?${query}`);

    expect(error).toBeInstanceOf(LoginError);
    expect(error.message).toMatch(/^cannot log in to localhost:\d+\/shop as shop: .*certificate/);
    expect(error.message.endsWith(remedy)).toBe(true);
    expect(error.message).not.toContain('s3cr3t');
  });

  it.each([
    ['postgres', 'sslmode=no-verify'],
    ['mysql', 'ssl-mode=REQUIRED'],
  ] as const)('of %s is no matter with %s', async (engine, query) => {
    const port = await serverWithCertificate(engine);

    const error = await failureOf(`${engine}://shop:s3cr3t@localhost:${port}/shop?${query}`);

    expect(error.message).not.toMatch(/certificate/);
  });
});

describe('a mysql:// URL', () => {
  const KNOWN = 'known is ssl-mode=DISABLED|REQUIRED|VERIFY_IDENTITY';

  it.each(['PREFERRED', 'VERIFY_CA', 'required', ''])(
    'with an ssl-mode that is not known is refused: %j',
    async (mode) => {
      const error = await failureOf(`mysql://shop:s3cr3t@127.0.0.1:1/shop?ssl-mode=${mode}`);

      expect(error.message).toBe(
        `unknown ssl-mode ${JSON.stringify(mode)} in the mysql:// URL; ${KNOWN}, of which VERIFY_IDENTITY alone checks the certificate`,
      );
    },
  );

  it.each(['sslmode', 'ssl', 'charset'])('with another parameter is refused: %s', async (name) => {
    const error = await failureOf(`mysql://shop:s3cr3t@127.0.0.1:1/shop?${name}=REQUIRED`);

    expect(error.message).toBe(
      `unknown parameter ${JSON.stringify(name)} in the mysql:// URL; ${KNOWN}`,
    );
  });

  it.each([
    ['?ssl-mode=DISABLED', false],
    ['', false],
    ['?ssl-mode=REQUIRED', true],
  ])('asks for TLS as it says: %j', async (query, isAsked) => {
    const port = await serverWithCertificate('mysql');

    await failureOf(`mysql://shop:s3cr3t@127.0.0.1:${port}/shop${query}`);

    expect(askedForTls).toEqual([isAsked]);
  });
});
