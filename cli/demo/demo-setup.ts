import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { variableOf } from '../../contract/settings';
import { createSessionTable } from '../../local/django-table';
import { type Postgres, startPostgres } from '../../local/postgresql';
import { createPurgeRole, grantPurge } from '../../local/purge-role';
import { serveLocally } from '../terminal/local-cluster';
import { type PurgeFunction, startPurgeFunction } from '../terminal/purge-function';
import type { Resources } from '../terminal/resources';
import { type Screen, warning } from '../terminal/screen';

/** What the run on made-up sessions works with. */
export interface DemoSetup {
  /** The server's version and address: `PostgreSQL 17.10 on 127.0.0.1:41235`. */
  readonly server: string;
  /** The function's role. */
  readonly role: string;
  /** The superuser's connection, which makes the sessions up and counts those that are left. */
  readonly admin: Client;
  readonly purgeFunction: PurgeFunction;
  /** The same with a time limit of seconds, so that a drain takes more than one round. */
  readonly roundFunction: PurgeFunction;
  /** Never resolves. Rejects when the database goes away, because the function would wait for it to come back. */
  readonly lost: Promise<never>;
}

const DATABASE = 'postgres';
const ROLE = 'session_purge';

/** The function keeps three seconds of it for its report. */
const ROUND_MS = 5000;

async function connect(resources: Resources, { host, port, superuser }: Postgres) {
  const { username: user, password } = superuser;
  const admin = new Client({ host, port, user, password, database: DATABASE });
  const lost = new Promise<never>((_, reject) => {
    admin.on('error', ({ message }) => reject(new Error(`the database went away: ${message}`)));
  });
  // The run waits for it and gets the error. Without this, an error after the run would end the process.
  lost.catch(() => {});
  await resources.keep(
    () => admin.connect(),
    () => admin.end(),
  );
  return { admin, lost };
}

async function createRole(admin: Client) {
  const password = randomBytes(24).toString('base64url');
  await createPurgeRole(admin, { role: ROLE, password });
  await grantPurge(admin, ROLE);
  return { username: ROLE, password };
}

async function nameOf(admin: Client, { host, port }: Postgres): Promise<string> {
  const { rows } = await admin.query('SHOW server_version');
  return `PostgreSQL ${rows[0].server_version} on ${host}:${port}`;
}

/** Starts a PostgreSQL with Django's table, a local Data API in front of it, and the function. */
export async function setUpDemo(resources: Resources, screen: Screen): Promise<DemoSetup> {
  const postgres = await resources.keep(startPostgres, ({ stop }) => stop());
  const { admin, lost } = await connect(resources, postgres);
  await createSessionTable(admin);
  const login = await createRole(admin);
  const cluster = { engine: 'postgresql', host: postgres.host, port: postgres.port } as const;
  const target = await serveLocally(resources, { cluster, ...login, database: DATABASE });
  // Without a grace period the number of sessions that are left is a round one.
  const env = { ...target, [variableOf('graceSeconds')]: '0' };
  const onWarning = (text: string) => warning(screen, text);
  const listener = { onWarning, onProgress: () => {} };
  const purgeFunction = await startPurgeFunction(resources, env, listener);
  const roundFunction = await startPurgeFunction(resources, env, listener, ROUND_MS);
  const server = await nameOf(admin, postgres);
  return { server, role: ROLE, admin, purgeFunction, roundFunction, lost };
}
