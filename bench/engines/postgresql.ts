import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Resources } from '../../cli/terminal/resources';
import { createSessionTable, seedSessions } from '../../local/django-table';
import { type Postgres, startPostgres } from '../../local/postgresql';
import { createPurgeRole, grantPurge } from '../../local/purge-role';
import { nowMs } from '../application/latency';
import type { Log } from '../progress';
import type { Shape } from '../shapes';
import { cpuMsOf } from './cpu';
import type { Connection, Engine, Login, Target } from './engine';
import { templates } from './templates';

const ROLE = 'session_purge';
const TRIAL = 'bench';

/** Autovacuum or a checkpoint would disturb some measurements and not others. Five million sessions fit into the buffers. */
const QUIET = [
  'autovacuum=off',
  'shared_buffers=4GB',
  'max_wal_size=16GB',
  'checkpoint_timeout=1h',
];

const SETTINGS = ['fsync, full_page_writes and synchronous_commit off', ...QUIET].join(', ');

const startLarge = (signal?: AbortSignal) => startPostgres(signal, { settings: QUIET });

/** A database with a full table, to be copied. */
interface Template {
  readonly database: string;
  readonly cutoff: Date;
}

async function connectTo({ host, port, superuser }: Postgres, database: string): Promise<Client> {
  const { username: user, password } = superuser;
  const client = new Client({ host, port, user, password, database });
  // The queries report the error. Without a listener, the end of the server would end this process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function firstValue(client: Client, sql: string): Promise<unknown> {
  const { rows } = await client.query(sql);
  return Object.values(rows[0] ?? {})[0];
}

/** The first line is the process that all others are children of. */
const PID_FILE = "SELECT pg_read_file('postmaster.pid')";

/** Shuffles the rows on disk, in the same way each time. */
const SHUFFLE = [
  'CREATE TABLE shuffled AS SELECT * FROM django_session ORDER BY md5(session_key)',
  'TRUNCATE django_session',
  'INSERT INTO django_session SELECT * FROM shuffled',
  'DROP TABLE shuffled',
];

async function fill(client: Client, shape: Shape): Promise<Date> {
  await createSessionTable(client);
  await grantPurge(client, ROLE);
  await client.query('SELECT setseed(0.5)');
  await seedSessions(client, shape);
  const cutoff = new Date();
  for (const sql of shape.order === 'shuffled' ? SHUFFLE : []) await client.query(sql);
  await client.query('VACUUM (ANALYZE) django_session');
  return cutoff;
}

function connectionOn(client: Client): Connection {
  return {
    async query(sql, values = []) {
      const { rows, rowCount } = await client.query(sql, [...values]);
      return { value: Object.values(rows[0] ?? {})[0], rowsChanged: rowCount ?? 0 };
    },
    end: () => client.end(),
  };
}

async function addTables(client: Client, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const schema = { schema: `tenant_${number}` };
    await createSessionTable(client, schema);
    await grantPurge(client, ROLE, schema);
  }
  await client.end();
}

async function vacuum(client: Client): Promise<number> {
  await client.query('VACUUM django_session');
  const cleanAtMs = nowMs();
  await client.end();
  return cleanAtMs;
}

async function holdSnapshot(client: Client): Promise<() => Promise<void>> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('SELECT 1 FROM django_session LIMIT 1');
  return () => client.end();
}

/** Starts the embedded PostgreSQL. */
export async function startPostgresql(resources: Resources, log: Log): Promise<Engine> {
  const server = await resources.keep(startLarge, ({ stop }) => stop());
  const admin = await resources.keep(
    () => connectTo(server, 'postgres'),
    (client) => client.end(),
  );
  const purger: Login = { username: ROLE, password: randomBytes(24).toString('base64url') };
  await createPurgeRole(admin, { role: ROLE, password: purger.password });

  const pid = Number.parseInt(String(await firstValue(admin, PID_FILE)), 10);

  const templateOf = templates(async (shape, number): Promise<Template> => {
    log(`postgresql: filling a table, ${shape.label} ${shape.order}`);
    const database = `template_${number}`;
    await admin.query(`CREATE DATABASE ${database}`);
    const client = await connectTo(server, database);
    const cutoff = await fill(client, shape).finally(() => client.end());
    return { database, cutoff };
  });

  const prepare = async (shape: Shape): Promise<Target> => {
    await admin.query(`DROP DATABASE IF EXISTS ${TRIAL} WITH (FORCE)`);
    const { database, cutoff } = await templateOf(shape);
    // This strategy makes two checkpoints, and leaves the copy in the file system's cache.
    await admin.query(`CREATE DATABASE ${TRIAL} TEMPLATE ${database} STRATEGY file_copy`);
    await admin.query('CHECKPOINT');
    const { host, port, superuser } = server;
    const connect = () => connectTo(server, TRIAL);
    return {
      engine: 'postgresql',
      database: TRIAL,
      superuser,
      shape,
      cutoff,
      cluster: { engine: 'postgresql', host, port },
      purger,
      connect: async () => connectionOn(await connect()),
      holdSnapshot: async () => holdSnapshot(await connect()),
      addTables: async (count) => addTables(await connect(), count),
      cleanUp: async () => vacuum(await connect()),
      cpuMs: () => cpuMsOf(pid),
    };
  };
  const version = String(await firstValue(admin, 'SHOW server_version'));
  return { name: 'postgresql', version, settings: SETTINGS, prepare };
}
