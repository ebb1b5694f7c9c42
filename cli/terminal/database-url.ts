import { existsSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { LocalDatabase } from './local-cluster';

/** A database as a URL names it. */
export interface UrlDatabase extends LocalDatabase {
  /**
   * Connects as the database's own client does, and disconnects.
   *
   * @throws {Error} the client's own error
   */
  connectOnce(): Promise<void>;
}

const FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE, or mysql://... likewise';

/** Names as MySQL's own client has them; `undefined` is no TLS. */
const MYSQL_TLS: ReadonlyMap<string, object | undefined> = new Map([
  ['DISABLED', undefined],
  ['REQUIRED', { rejectUnauthorized: false }],
  ['VERIFY_IDENTITY', { rejectUnauthorized: true, verifyIdentity: true }],
]);

/** `pg` takes these modes for `verify-full`, and warns that a later version will not. */
const TAKEN_FOR_VERIFY_FULL = ['prefer', 'require', 'verify-ca'];

const POSTGRESQL_MODES = ['disable', 'no-verify', 'verify-full'];

/** The parameters that name a file. `pg` reads it at once. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/** The parameters for TLS that `pg` knows. */
const POSTGRESQL_TLS = ['sslmode', 'sslnegotiation', 'ssl', ...FILES];

interface Parameters {
  /** `mysql://` */
  readonly scheme: string;
  /** The parameter that turns TLS on and off, and the values that it is documented to take. */
  readonly mode: string;
  readonly values: readonly string[];
  isKnown(name: string): boolean;
  isMode(value: string): boolean;
}

const MYSQL: Parameters = {
  scheme: 'mysql://',
  mode: 'ssl-mode',
  values: [...MYSQL_TLS.keys()],
  isKnown: (name) => name === 'ssl-mode',
  isMode: (value) => MYSQL_TLS.has(value),
};

const POSTGRESQL: Parameters = {
  scheme: 'postgres://',
  mode: 'sslmode',
  values: POSTGRESQL_MODES,
  // `pg` ignores what it does not know, and would connect without TLS.
  isKnown: (name) => POSTGRESQL_TLS.includes(name) || !/ssl|tls/i.test(name),
  isMode: (value) => [...POSTGRESQL_MODES, ...TAKEN_FOR_VERIFY_FULL].includes(value),
};

const ENGINES = new Map([
  ['postgres:', POSTGRESQL],
  ['postgresql:', POSTGRESQL],
  ['mysql:', MYSQL],
]);

function parameterMistake({ searchParams }: URL, engine: Parameters): string | undefined {
  const { scheme, mode, values } = engine;
  const known = `a ${scheme} URL takes ${mode}=${values.join('|')}, and ${values.at(-1)} checks the certificate`;
  const unknown = [...searchParams.keys()].find((name) => !engine.isKnown(name));
  if (unknown !== undefined) return `has an unknown parameter ${JSON.stringify(unknown)}; ${known}`;
  const value = searchParams.get(mode);
  if (value !== null && !engine.isMode(value))
    return `has an unknown ${mode} ${JSON.stringify(value)}; ${known}`;
  const missing = FILES.map((name) => searchParams.get(name)).find((it) => it && !existsSync(it));
  return missing ? `names a file that is not there, ${JSON.stringify(missing)}` : undefined;
}

const ENCODED_PARTS = {
  username: 'user',
  password: 'password',
  hostname: 'host',
  pathname: 'database',
} as const;

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function encodingMistake(url: URL): string | undefined {
  const parts = Object.keys(ENCODED_PARTS) as (keyof typeof ENCODED_PARTS)[];
  const wrong = parts.find((part) => !isDecodable(url[part]));
  return (
    wrong &&
    `has a "%" in its ${ENCODED_PARTS[wrong]} that encodes no character; a "%" itself has to be written as %25`
  );
}

/** Shows only the parts of a URL that cannot hold a password. */
function shown(url: URL): string {
  const user = url.username && `${url.username}${url.password && ':***'}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}`;
}

/** Whether it is clear which part is the password: a `/` or `@` in it would be read as something else. */
function isReadable(value: string): boolean {
  const ats = value.split('@').length - 1;
  const canBeRead = value.includes('://') && URL.canParse(value);
  return canBeRead && ats <= 1 && (ats === 0 || new URL(value).username !== '');
}

/**
 * What is wrong with the URL of a database, to follow the name of its option; `undefined` if nothing is. The text never
 * holds the password.
 */
export function urlMistake(value: string): string | undefined {
  if (!isReadable(value))
    return `must be ${FORM}; the value is not shown for its password, in which other characters than letters and digits have to be percent-encoded`;
  const url = new URL(value);
  const encoding = encodingMistake(url);
  if (encoding !== undefined) return encoding;
  const engine = ENGINES.get(url.protocol);
  if (engine === undefined)
    return `must be ${FORM}, got ${shown(url)}; begin it with postgres:// or mysql://`;
  const isComplete = url.username !== '' && url.hostname !== '' && url.pathname.length > 1;
  if (!isComplete)
    return `must be ${FORM}, got ${shown(url)}; name the user, the host and the database`;
  return parameterMistake(url, engine);
}

/** Reads a URL in which `urlMistake` finds nothing wrong. */
export function readDatabaseUrl(text: string): UrlDatabase {
  const url = new URL(text);
  return ENGINES.get(url.protocol) === MYSQL ? mysqlDatabase(url) : postgresqlDatabase(url);
}

const CONNECT_TIMEOUT_MS = 10_000;

function postgresqlDatabase(url: URL): UrlDatabase {
  if (TAKEN_FOR_VERIFY_FULL.includes(url.searchParams.get('sslmode') ?? ''))
    url.searchParams.set('sslmode', 'verify-full');
  const client = new Client({
    connectionString: url.href,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => {});
  const { host, port, ssl, user: username = '', password, database = '' } = client;
  return {
    cluster: { engine: 'postgresql', host, port, ssl },
    username,
    password: password ?? '',
    database,
    connectOnce: async () => {
      await client.connect().finally(() => client.end());
    },
  };
}

function mysqlDatabase(url: URL): UrlDatabase {
  const [username, given, database] = [url.username, url.password, url.pathname.slice(1)].map(
    decodeURIComponent,
  ) as [string, string, string];
  const password = given || (process.env.MYSQL_PWD ?? '');
  // An IPv6 address stands in brackets.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port || 3306);
  const ssl = MYSQL_TLS.get(url.searchParams.get('ssl-mode') ?? 'DISABLED');
  const address = { host, port, ...(ssl && { ssl }) };
  const login = { ...address, user: username, password, database };
  return {
    cluster: { engine: 'mysql', ...address },
    username,
    password,
    database,
    connectOnce: async () => {
      const connection = await createConnection({ ...login, connectTimeout: CONNECT_TIMEOUT_MS });
      await connection.end();
    },
  };
}
