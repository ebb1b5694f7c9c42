import { setTimeout as sleep } from 'node:timers/promises';
import { account } from '../../contract/user-sql/mysql';
import { grantConnect, quoted } from '../../contract/user-sql/postgresql';
import type { Cluster } from '../../local/data-api-server/index';
import { AccessError } from './access-error';
import type { UrlDatabase } from './database-url';
import { engineAt } from './engine-at';
import { type Screen, warning } from './screen';

/** What to do about an error whose code and message the pattern matches; a function where it names the user or the database. */
type Remedy = readonly [error: RegExp, remedy: string | ((database: UrlDatabase) => string)];

interface Advice {
  readonly title: string;
  readonly scheme: string;
  readonly forPassword: string;
  readonly forTls: string;
  readonly remedies: readonly Remedy[];
}

const LOGIN = 'check the user and the password';
const DATABASE = 'check the name of the database';
const ACCESS = `${DATABASE}, and GRANT the user a right to it`;

const NO_CONNECTION = 'has no connection left: look for a leak, or raise its limit';

const role = ({ username }: UrlDatabase) => `ALTER ROLE ${quoted(username)}`;
const databaseOf = ({ database }: UrlDatabase) => `ALTER DATABASE ${quoted(database)}`;

const REACH: Remedy = [
  /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|timeout/i,
  'check the host and the port, and that you can reach them from here',
];

const POSTGRESQL_TLS = '?sslmode=verify-full&sslrootcert=FILE or ?sslmode=no-verify';
const MYSQL_TLS = '?ssl-mode=VERIFY_IDENTITY or ?ssl-mode=REQUIRED';

const POSTGRESQL: Advice = {
  title: 'a PostgreSQL',
  scheme: 'postgres://',
  forPassword: 'put it into the URL, postgres://USER:PASSWORD@..., or into PGPASSWORD',
  forTls: POSTGRESQL_TLS,
  remedies: [
    [
      /certificate/,
      'give its CA with ?sslrootcert=FILE, or do without the check with ?sslmode=no-verify',
    ],
    [/not support SSL/, 'connect without TLS with ?sslmode=disable'],
    [/no encryption/, `use TLS with ${POSTGRESQL_TLS}`],
    [
      /^28000 .*not permitted to log in/,
      (it) => `as somebody who may change the role: ${role(it)} LOGIN`,
    ],
    [/^28/, LOGIN],
    [/^3D000/, DATABASE],
    [
      /^42501/,
      ({ database, username }) =>
        `as the owner of the database: ${grantConnect(database, username)}`,
    ],
    [/^53300 .*for role/, (it) => `the role ${NO_CONNECTION}: ${role(it)} CONNECTION LIMIT -1`],
    [
      /^53300 .*for database/,
      (it) => `the database ${NO_CONNECTION}: ${databaseOf(it)} CONNECTION LIMIT -1`,
    ],
    [/^53300/, `the database ${NO_CONNECTION}`],
    [/^55000/, (it) => `${databaseOf(it)} ALLOW_CONNECTIONS true`],
    REACH,
  ],
};

const MYSQL: Advice = {
  title: 'a MySQL or MariaDB',
  scheme: 'mysql://',
  forPassword: 'put it into the URL, mysql://USER:PASSWORD@..., or into MYSQL_PWD',
  forTls: MYSQL_TLS,
  remedies: [
    // Node.js knows the public CAs. That of RDS is not one of them.
    [
      /certificate/,
      'give its CA with NODE_EXTRA_CA_CERTS=FILE, or do without the check with ?ssl-mode=REQUIRED',
    ],
    [/not support secure connection/, 'connect without TLS with ?ssl-mode=DISABLED'],
    [/require_secure_transport/, `use TLS with ${MYSQL_TLS}`],
    [/account is locked/i, ({ username }) => `ALTER USER ${account(username)} ACCOUNT UNLOCK`],
    [/^ER_ACCESS_DENIED_ERROR/, LOGIN],
    [/^ER_(CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS)/, `the database ${NO_CONNECTION}`],
    [
      /^ER_USER_LIMIT_REACHED/,
      ({ username }) =>
        `raise the limit that the message names: ALTER USER ${account(username)} WITH ...`,
    ],
    [/^ER_BAD_DB_ERROR/, DATABASE],
    [/^ER_DBACCESS_DENIED_ERROR/, ACCESS],
    REACH,
  ],
};

const ADVICE = { postgresql: POSTGRESQL, mysql: MYSQL } as const;

const IN_GENERAL = 'check the URL: user, password, host, port, database and TLS';

function failure(database: UrlDatabase, problem: string, remedy: string): AccessError {
  const { cluster, username } = database;
  const place = `${cluster.host}:${cluster.port}/${database.database} as ${username}`;
  return new AccessError('database', `cannot log in to ${place}: ${problem}`, remedy);
}

function explained(error: unknown, database: UrlDatabase): AccessError {
  const { forPassword, remedies } = ADVICE[database.cluster.engine];
  // There is one error for each address of the host.
  const errors: readonly Error[] = error instanceof AggregateError ? error.errors : [error];
  const message = errors.map((each) => each.message).join(', ');
  const { code = '' } = error as { readonly code?: string };
  const asksForPassword = /^SASL|^28P01|^ER_ACCESS_DENIED_ERROR/.test(code + message);
  if (database.password === '' && asksForPassword)
    return failure(database, 'the server asks for a password, and there is none', forPassword);
  const [, remedy] = remedies.find(([pattern]) => pattern.test(`${code} ${message}`)) ?? [];
  const told = typeof remedy === 'function' ? remedy(database) : remedy;
  return failure(database, message, told ?? IN_GENERAL);
}

/** After this time without an answer, client and server may be of two engines, each waiting for the other to begin. */
const SILENCE_MS = 1000;

type Attempt = 'connected' | 'pending' | { readonly error: unknown };

/** Whether the server answered in the language of its engine. */
const isAnswer = (attempt: Attempt): boolean =>
  attempt === 'connected' ||
  (attempt !== 'pending' &&
    attempt.error instanceof Error &&
    ('severity' in attempt.error || 'sqlState' in attempt.error));

async function connect(database: UrlDatabase): Promise<void> {
  const { engine, host, port } = database.cluster;
  const attempt: Promise<Attempt> = database.connectOnce().then(
    () => 'connected',
    (error: unknown) => ({ error }),
  );
  const silence = sleep(SILENCE_MS, 'pending' as const, { ref: false });
  if (!isAnswer(await Promise.race([attempt, silence]))) {
    const found = (await engineAt(host, port)) ?? engine;
    const { title, scheme } = ADVICE[found];
    if (found !== engine)
      throw failure(database, `${title} answers there`, `begin the URL with ${scheme}`);
  }
  const end = await attempt;
  if (typeof end === 'object') throw explained(end.error, database);
}

const isLoopback = (host: string) => /^(localhost|127\..*|::1|\/.*)$/.test(host);

/** What to say about a connection that crosses a network without TLS; `undefined` about another one. */
export function tlsWarning({ engine, host, ssl }: Cluster): string | undefined {
  if (ssl || isLoopback(host)) return undefined;
  return `the connection to ${host} is not encrypted; use TLS with ${ADVICE[engine].forTls}`;
}

/**
 * Logs in to a database, once, and warns if the connection is not encrypted. The Data API would only say that the
 * server is not available.
 *
 * @throws {AccessError} when the server cannot be reached or refuses the login
 */
export async function logIn(database: UrlDatabase, screen: Screen): Promise<void> {
  const unsafe = tlsWarning(database.cluster);
  if (unsafe !== undefined) warning(screen, unsafe);
  await connect(database);
}
