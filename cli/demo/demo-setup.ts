import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createSessionTable } from '../../local/django-table';
import { type Postgres, startPostgres } from '../../local/postgresql';
import { createPurgeRole, grantPurge } from '../../local/purge-role';
import { serveLocally } from '../terminal/local-cluster';
import { type PurgeFunction, startPurgeFunction } from '../terminal/purge-function';
import type { Resources } from '../terminal/resources';
import { type Screen, warning } from '../terminal/screen';

/** All that the run on made-up sessions takes. */
export interface Stage {
  /** `PostgreSQL 17.10 on 127.0.0.1:41235` */
  readonly server: string;
  /** The role of the function. */
  readonly role: string;
  /** The superuser's connection: makes the sessions up, and looks at what is left of them. */
  readonly admin: Client;
  readonly purgeFunction: PurgeFunction;
  /** Never resolves; rejects when the database goes away, which the function would wait out. */
  readonly lost: Promise<never>;
}

const DATABASE = 'postgres';
const ROLE = 'session_purge';

async function connect(resources: Resources, { host, port, superuser }: Postgres) {
  const { username: user, password } = superuser;
  const admin = new Client({ host, port, user, password, database: DATABASE });
  const lost = new Promise<never>((_, reject) => {
    admin.on('error', ({ message }) => reject(new Error(`the database went away: ${message}`)));
  });
  // It ends the run where it is waited for, and is no news once the run has ended.
  lost.catch(() => {});
  await resources.keep(
    () => admin.connect(),
    () => admin.end(),
  );
  return { admin, lost };
}

async function createPurger(admin: Client) {
  const password = randomBytes(24).toString('base64url');
  await createPurgeRole(admin, { role: ROLE, password });
  await grantPurge(admin, ROLE);
  return { username: ROLE, password };
}

async function nameOf(admin: Client, { host, port }: Postgres): Promise<string> {
  const { rows } = await admin.query('SHOW server_version');
  return `PostgreSQL ${rows[0].server_version} on ${host}:${port}`;
}

/** Starts a PostgreSQL with Django's table, the local Data API in front of it, and the function. */
export async function setStage(resources: Resources, screen: Screen): Promise<Stage> {
  const postgres = await resources.keep(startPostgres, ({ stop }) => stop());
  const { admin, lost } = await connect(resources, postgres);
  await createSessionTable(admin);
  const purger = await createPurger(admin);
  const cluster = { engine: 'postgresql', host: postgres.host, port: postgres.port } as const;
  const target = await serveLocally(resources, { cluster, ...purger, database: DATABASE });
  // No grace period, so that what is left can be told in a round number.
  const env = { ...target, SESSION_PURGE_GRACE_SECONDS: '0' };
  const onWarning = (text: string) => warning(screen, text);
  const listener = { onWarning, onProgress: () => {} };
  const purgeFunction = await startPurgeFunction(resources, env, listener);
  return { server: await nameOf(admin, postgres), role: ROLE, admin, purgeFunction, lost };
}
