import { randomBytes } from 'node:crypto';
import { chownSync, copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection as Client, createConnection } from 'mysql2/promise';
import type { Resources } from '../../cli/terminal/resources';
import { createMysqlSessionTable, seedMysqlSessions } from '../../local/django-table-mysql';
import { startMariadb as startServer } from '../../local/mariadb';
import { createMysqlPurgeRole, grantMysqlPurge } from '../../local/purge-role-mysql';
import { nowMs } from '../application/latency';
import type { Log } from '../progress';
import type { Shape } from '../shapes';
import { cpuMsOf } from './cpu';
import type { Connection, Engine, Login, Target } from './engine';
import { templates } from './templates';

const SETTINGS = 'buffer pool of 4 GB, no doublewrite, nothing synced to disk';

/** Five million sessions fit into the buffer pool. */
const startLarge = (signal?: AbortSignal) => startServer(signal, ['--innodb-buffer-pool-size=4G']);

const TRIAL = 'bench';
const TABLE = 'django_session';

/** The files of a table without its definition. */
const FILES = [`${TABLE}.ibd`, `${TABLE}.cfg`];

/** More undo records or changed pages from the last measurement would slow down the next one. */
const RESTED_HISTORY = 1000;
const RESTED_DIRTY_PAGES = 100;
const REST_MS = 60_000;

const CLEAN_UP_MS = 10 * 60_000;

/** The files of a full table, to be copied. */
interface Template {
  readonly directory: string;
  readonly cutoff: Date;
}

async function firstValue(client: Client, sql: string): Promise<unknown> {
  const [rows] = await client.query({ sql, rowsAsArray: true });
  return (rows as unknown[][])[0]?.[0];
}

function connectionOn(client: Client): Connection {
  return {
    async query(sql, values = []) {
      const [result] = await client.query({ sql, values: [...values], rowsAsArray: true });
      if (Array.isArray(result)) return { value: (result as unknown[][])[0]?.[0], rowsChanged: 0 };
      return { value: undefined, rowsChanged: result.affectedRows };
    },
    end: () => client.end(),
  };
}

async function holdSnapshot(client: Client): Promise<() => Promise<void>> {
  await client.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  return () => client.end();
}

/** Gives the copies to the owner of the directory: the server could not open files of root. */
function copyFiles(from: string, to: string): void {
  const { uid, gid } = statSync(to);
  for (const file of FILES) {
    copyFileSync(join(from, file), join(to, file));
    if (process.getuid?.() === 0) chownSync(join(to, file), uid, gid);
  }
}

/** Waits until the query answers at most this number, but no longer than a minute: the rest is noise. */
async function untilAtMost(limit: number, client: Client, sql: string): Promise<void> {
  const endsAtMs = performance.now() + REST_MS;
  while (Number(await firstValue(client, sql)) > limit && performance.now() < endsAtMs)
    await sleep(50);
}

const HISTORY = `SELECT count FROM information_schema.INNODB_METRICS WHERE name = 'trx_rseg_history_len'`;
const DIRTY = `SELECT variable_value FROM information_schema.GLOBAL_STATUS
  WHERE variable_name = 'Innodb_buffer_pool_pages_dirty'`;

const REDO = `SELECT variable_value FROM information_schema.GLOBAL_STATUS
  WHERE variable_name = 'Innodb_lsn_current'`;

/** How often InnoDB is asked whether it has cleaned up. Each answer takes it less than a millisecond. */
const POLL_MS = 100;

/** So many equal answers mean that nothing is written to the redo log. */
const STILL = 5;

/** Waits until InnoDB has purged all history and its redo log is still. */
async function purged(client: Client): Promise<number> {
  const endsAtMs = nowMs() + CLEAN_UP_MS;
  let [written, writtenAtMs, equal] = ['', nowMs(), 0];
  while (equal < STILL) {
    if (nowMs() > endsAtMs) throw new Error('InnoDB has not cleaned up within 10 minutes');
    const now = `${await firstValue(client, REDO)}`;
    if (now !== written) [written, writtenAtMs, equal] = [now, nowMs(), 0];
    else if (Number(await firstValue(client, HISTORY)) === 0) equal++;
    await sleep(POLL_MS);
  }
  await client.end();
  return writtenAtMs;
}

/** Writes all changed pages to disk, by allowing none, because InnoDB has no CHECKPOINT statement. */
async function checkpoint(client: Client): Promise<void> {
  const share = await firstValue(client, 'SELECT @@innodb_max_dirty_pages_pct');
  await client.query('SET GLOBAL innodb_max_dirty_pages_pct = 0');
  await untilAtMost(RESTED_DIRTY_PAGES, client, DIRTY);
  await client.query(`SET GLOBAL innodb_max_dirty_pages_pct = ${share}`);
}

/** Creates the user of the purge, with the rights that it needs and no others. */
async function createPurger(admin: Client): Promise<Login> {
  const purger = { username: 'purge', password: randomBytes(24).toString('base64url') };
  await createMysqlPurgeRole(admin, { role: purger.username, password: purger.password });
  await grantMysqlPurge(admin, purger.username, { schema: TRIAL });
  return purger;
}

/** Creates an empty table. The user keeps the rights to it, because MySQL grants them by the name of the table. */
async function createTable(admin: Client): Promise<void> {
  await admin.query(`DROP TABLE IF EXISTS ${TRIAL}.${TABLE}`);
  await createMysqlSessionTable(admin, { schema: TRIAL });
}

async function addTables(admin: Client, { username }: Login, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const schema = { schema: `tenant_${number}` };
    await createMysqlSessionTable(admin, schema);
    await grantMysqlPurge(admin, username, schema);
  }
}

/** Fills the table, and copies its files; returns the moment between the two. */
async function fillTemplate(
  admin: Client,
  shape: Shape,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Date> {
  mkdirSync(to);
  await createTable(admin);
  await admin.query('SET rand_seed1 = 1, rand_seed2 = 2');
  await seedMysqlSessions(admin, { ...shape, schema: TRIAL });
  const cutoff = new Date();
  await admin.query(`FLUSH TABLES ${TABLE} FOR EXPORT`);
  for (const file of FILES) copyFileSync(join(from, file), join(to, file));
  await admin.query('UNLOCK TABLES');
  return cutoff;
}

/** Starts an installed MariaDB. */
export async function startMariadb(resources: Resources, log: Log): Promise<Engine> {
  const { host, port, superuser } = await resources.keep(startLarge, ({ stop }) => stop());
  const login = { host, port, user: superuser.username, password: superuser.password };
  const connect = async (): Promise<Client> => {
    const client = await createConnection({ ...login, database: TRIAL, dateStrings: true });
    client.on('error', () => {});
    return client;
  };
  const first = await createConnection(login);
  await first.query(`CREATE DATABASE ${TRIAL}`);
  await first.end();
  const admin = await resources.keep(connect, async (client) => client.destroy());
  await createTable(admin);
  const purger = await createPurger(admin);
  const data = String(await firstValue(admin, 'SELECT @@datadir'));
  const pid = Number(
    readFileSync(resolve(data, String(await firstValue(admin, 'SELECT @@pid_file'))), 'utf8'),
  );
  const trialFiles = join(data, TRIAL);

  const templateOf = templates(async (shape, number): Promise<Template> => {
    log(`mariadb: filling a table, ${shape.label}`);
    // In the server's own directory, which is deleted with the server.
    const directory = join(dirname(data), `template-${number}`);
    const cutoff = await fillTemplate(admin, shape, { from: trialFiles, to: directory });
    return { directory, cutoff };
  });

  const prepare = async (shape: Shape): Promise<Target> => {
    const { directory, cutoff } = await templateOf(shape);
    await createTable(admin);
    await untilAtMost(RESTED_HISTORY, admin, HISTORY);
    await admin.query(`ALTER TABLE ${TABLE} DISCARD TABLESPACE`);
    copyFiles(directory, trialFiles);
    await admin.query(`ALTER TABLE ${TABLE} IMPORT TABLESPACE`);
    await admin.query(`ANALYZE TABLE ${TABLE}`);
    // Reads the table into the buffer pool, where a table in use would be.
    await admin.query(`SELECT SUM(LENGTH(session_data)) FROM ${TABLE}`);
    await admin.query(`SELECT COUNT(expire_date) FROM ${TABLE} WHERE expire_date > 0`);
    await checkpoint(admin);
    return {
      engine: 'mariadb',
      database: TRIAL,
      superuser,
      shape,
      cutoff,
      purger,
      cluster: { engine: 'mysql', host, port },
      connect: async () => connectionOn(await connect()),
      holdSnapshot: async () => holdSnapshot(await connect()),
      addTables: (count) => addTables(admin, purger, count),
      cleanUp: async () => purged(await connect()),
      cpuMs: () => cpuMsOf(pid),
    };
  };
  const version = String(await firstValue(admin, 'SELECT VERSION()'));
  return { name: 'mariadb', version, settings: SETTINGS, prepare };
}
