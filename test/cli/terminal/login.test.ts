import { PassThrough } from 'node:stream';
import { createConnection } from 'mysql2/promise';
import { AccessError } from '../../../cli/terminal/access-error';
import { readDatabaseUrl } from '../../../cli/terminal/database-url';
import { logIn, tlsWarning } from '../../../cli/terminal/login';
import { screenOn } from '../../../cli/terminal/screen';
import { describeWithMariadb } from '../../support/mariadb';
import { createDatabase } from '../../support/postgres';
import { testMariadb } from '../../support/test-mariadb';
import { testPostgres } from '../../support/test-postgres';
import {
  askedForTls,
  closeServers,
  serverThatInsistsOnTls,
  serverWithCertificate,
} from './fake-servers';

afterEach(closeServers);

const screen = screenOn(new PassThrough().resume() as unknown as NodeJS.WriteStream);

async function failureOf(url: string): Promise<AccessError> {
  const failure = await logIn(readDatabaseUrl(url), screen).then(
    () => new Error('the login succeeded'),
    (error: Error) => error,
  );
  if (failure instanceof AccessError) return failure;
  throw failure;
}

describe('a certificate that is not trusted', () => {
  it.each([
    [
      'postgres',
      'sslmode=verify-full',
      'give its CA with ?sslrootcert=FILE, or do without the check with ?sslmode=no-verify',
    ],
    [
      'mysql',
      'ssl-mode=VERIFY_IDENTITY',
      'give its CA with NODE_EXTRA_CA_CERTS=FILE, or do without the check with ?ssl-mode=REQUIRED',
    ],
  ] as const)(
    'of a %s server is reported with a remedy for this engine',
    async (engine, query, remedy) => {
      const port = await serverWithCertificate(engine);

      const error = await failureOf(`${engine}://shop:s3cr3t@localhost:${port}/shop?${query}`);

      expect(error.message).toMatch(/^cannot log in to localhost:\d+\/shop as shop: .*certificate/);
      expect(error).toMatchObject({ requirement: 'database', remedy });
      expect(error.message.endsWith(`; ${remedy}`)).toBe(true);
      expect(error.message).not.toContain('s3cr3t');
    },
  );

  it.each([
    ['postgres', 'sslmode=no-verify'],
    ['mysql', 'ssl-mode=REQUIRED'],
  ] as const)('of a %s server is accepted with %s', async (engine, query) => {
    const port = await serverWithCertificate(engine);

    const error = await failureOf(`${engine}://shop:s3cr3t@localhost:${port}/shop?${query}`);

    expect(error.message).not.toMatch(/certificate/);
  });
});

it.each([
  ['?ssl-mode=DISABLED', false],
  ['', false],
  ['?ssl-mode=REQUIRED', true],
])('a mysql:// URL asks for TLS as it says: %j', async (query, isAsked) => {
  const port = await serverWithCertificate('mysql');

  await failureOf(`mysql://shop:s3cr3t@127.0.0.1:${port}/shop${query}`);

  expect(askedForTls).toEqual([isAsked]);
});

it.each([
  ['postgres', 'use TLS with ?sslmode=verify-full&sslrootcert=FILE or ?sslmode=no-verify'],
  ['mysql', 'use TLS with ?ssl-mode=VERIFY_IDENTITY or ?ssl-mode=REQUIRED'],
] as const)(
  'when a %s server requires TLS, the error says how to use it',
  async (engine, remedy) => {
    const port = await serverThatInsistsOnTls(engine);

    expect(await failureOf(`${engine}://shop:s3cr3t@127.0.0.1:${port}/shop`)).toMatchObject({
      remedy,
    });
  },
);

it.each(['postgres', 'mysql'])(
  'when there is no %s server, the error says what to check',
  async (engine) => {
    const error = await failureOf(`${engine}://shop:s3cr3t@127.0.0.1:1/shop`);

    expect(error.message).toBe(
      'cannot log in to 127.0.0.1:1/shop as shop: connect ECONNREFUSED 127.0.0.1:1; check the host and the port, and that you can reach them from here',
    );
  },
);

interface Server {
  readonly host: string;
  readonly port: number;
  readonly purger: { readonly username: string; readonly password: string };
}

/** Expects that the login of the purge's user fails with this text. `form` is a URL with USER, PASSWORD and HOST. */
async function expectFailure({ host, port, purger }: Server, form: string, text: string) {
  const { username, password } = purger;
  const url = form
    .replace('USER', username)
    .replace('PASSWORD', password)
    .replace('HOST', `${host}:${port}`);
  const { database } = readDatabaseUrl(url);

  const { message } = await failureOf(url);

  expect(message).toBe(`cannot log in to ${host}:${port}/${database} as ${username}: ${text}`);
}

it.each([
  [
    'postgres://USER@HOST/postgres',
    'the server asks for a password, and there is none; put it into the URL, postgres://USER:PASSWORD@..., or into PGPASSWORD',
  ],
  [
    'postgres://USER:wr0ng@HOST/postgres',
    'password authentication failed for user "purger"; check the user and the password',
  ],
  [
    'postgres://USER:PASSWORD@HOST/nowhere',
    'database "nowhere" does not exist; check the name of the database',
  ],
  [
    'postgres://USER:PASSWORD@HOST/postgres?sslmode=verify-full',
    'The server does not support SSL connections; connect without TLS with ?sslmode=disable',
  ],
  [
    'mysql://USER:PASSWORD@HOST/postgres',
    'a PostgreSQL answers there; begin the URL with postgres://',
  ],
])('the login to a PostgreSQL with %s fails: %s', (form, text) =>
  expectFailure(testPostgres(), form, text),
);

it('the login to a PostgreSQL fails where the user may not connect to the database', async () => {
  const db = await createDatabase();
  await db.admin.query(`REVOKE CONNECT ON DATABASE "${db.database}" FROM PUBLIC`);

  await expectFailure(
    testPostgres(),
    `postgres://USER:PASSWORD@HOST/${db.database}`,
    `permission denied for database "${db.database}"; as the owner of the database: GRANT CONNECT ON DATABASE ${db.database} TO purger`,
  ).finally(db.close);
});

describe('a login to a PostgreSQL that lets the role or the database have no connection', () => {
  const none = 'no connection left: look for a leak, or raise its limit';

  it.each([
    [
      'ALTER ROLE ROLE CONNECTION LIMIT 0',
      `too many connections for role "ROLE"; the role has ${none}: ALTER ROLE ROLE CONNECTION LIMIT -1`,
    ],
    [
      'ALTER DATABASE DB CONNECTION LIMIT 0',
      `too many connections for database "DB"; the database has ${none}: ALTER DATABASE DB CONNECTION LIMIT -1`,
    ],
    [
      'ALTER DATABASE DB ALLOW_CONNECTIONS false',
      'database "DB" is not currently accepting connections; ALTER DATABASE DB ALLOW_CONNECTIONS true',
    ],
    [
      'ALTER ROLE ROLE NOLOGIN',
      'role "ROLE" is not permitted to log in; as somebody who may change the role: ALTER ROLE ROLE LOGIN',
    ],
    [
      "ALTER ROLE ROLE VALID UNTIL '2020-01-01'",
      'password authentication failed for user "ROLE"; check the user and the password',
    ],
  ])('%s', async (statement, text) => {
    const { host, port } = testPostgres();
    const [db, other] = [await createDatabase(), await createDatabase()];
    const role = `role_of_${db.database}`;
    const named = (words: string) =>
      words
        .replaceAll('"ROLE"', `"${role}"`)
        .replaceAll(' ROLE ROLE ', ` ROLE ${role} `)
        .replaceAll('DB', db.database);
    const login = async () => {
      await other.admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 's3cr3t'`);
      await other.admin.query(named(statement));
      return failureOf(`postgres://${role}:s3cr3t@${host}:${port}/${db.database}`);
    };

    const { message } = await login().finally(async () => {
      await other.admin.query(`DROP ROLE IF EXISTS ${role}`);
      for (const { close } of [db, other]) await close();
    });

    expect(message.split(`as ${role}: `)[1]).toBe(named(text));
  });
});

describeWithMariadb(() => {
  it.each([
    [
      'mysql://USER@HOST/mysql',
      'the server asks for a password, and there is none; put it into the URL, mysql://USER:PASSWORD@..., or into MYSQL_PWD',
    ],
    [
      'mysql://USER:wr0ng@HOST/mysql',
      "Access denied for user 'purger'@'127.0.0.1' (using password: YES); check the user and the password",
    ],
    [
      'mysql://USER:PASSWORD@HOST/nowhere',
      "Access denied for user 'purger'@'%' to database 'nowhere'; check the name of the database, and GRANT the user a right to it",
    ],
    [
      'mysql://USER:PASSWORD@HOST/mysql?ssl-mode=REQUIRED',
      'Server does not support secure connection; connect without TLS with ?ssl-mode=DISABLED',
    ],
    [
      'postgres://USER:PASSWORD@HOST/mysql',
      'a MySQL or MariaDB answers there; begin the URL with mysql://',
    ],
    [
      'postgres://USER:PASSWORD@HOST/mysql?sslmode=no-verify',
      'a MySQL or MariaDB answers there; begin the URL with mysql://',
    ],
  ])('the login to a MariaDB with %s fails: %s', async (form, text) =>
    expectFailure(await testMariadb(), form, text),
  );

  it.each([
    ['ACCOUNT LOCK', /account is locked; ALTER USER 'held'@'%' ACCOUNT UNLOCK$/],
    [
      'WITH MAX_CONNECTIONS_PER_HOUR 1',
      /'max_connections_per_hour' resource .*; raise the limit that the message names: ALTER USER 'held'@'%' WITH \.\.\.$/,
    ],
  ])('the login to a MariaDB fails for a user with %s', async (options, text) => {
    const { host, port, superuser } = await testMariadb();
    const { username: user, password } = superuser;
    const admin = await createConnection({ host, port, user, password });
    await admin.query(`CREATE USER held IDENTIFIED BY 's3cr3t' ${options}`);
    const url = `mysql://held:s3cr3t@${host}:${port}/information_schema`;
    const login = async () => {
      await logIn(readDatabaseUrl(url), screen).catch(() => {});
      return failureOf(url);
    };

    const { message } = await login().finally(async () => {
      await admin.query('DROP USER held');
      await admin.end();
    });

    expect(message).toMatch(text);
  });
});

describe('a connection that is not encrypted', () => {
  const cluster = { engine: 'postgresql', host: 'db.example.com', port: 5432 } as const;

  it('gets a warning when it leaves this machine', () => {
    expect(tlsWarning(cluster)).toBe(
      'the connection to db.example.com is not encrypted; use TLS with ?sslmode=verify-full&sslrootcert=FILE or ?sslmode=no-verify',
    );
    expect(tlsWarning({ ...cluster, engine: 'mysql' })).toBe(
      'the connection to db.example.com is not encrypted; use TLS with ?ssl-mode=VERIFY_IDENTITY or ?ssl-mode=REQUIRED',
    );
  });

  it.each(['localhost', '127.0.0.1', '::1'])('gets none to %s', (host) => {
    expect(tlsWarning({ ...cluster, host })).toBeUndefined();
  });

  it('gets none with TLS', () => {
    expect(tlsWarning({ ...cluster, ssl: {} })).toBeUndefined();
  });
});
