import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { type ServedDatabase, type ServeOptions, serveDatabase } from './data-api';
import { TEMPLATE, testPostgres } from './test-postgres';

/** A database of its own for one test file, with a Data API in front of it. */
export interface TestDatabase extends ServedDatabase {
  /** The superuser's connections: to prepare what is tested, and to look behind its back. */
  readonly admin: Pool;
  /** Closes the services, and drops the database. */
  close(): Promise<void>;
}

/** Copies the template database and serves it; `options` are those of its service. */
export async function createDatabase(options: ServeOptions = {}): Promise<TestDatabase> {
  const { host, port, superuser, purger } = testPostgres();
  const login = { host, port, user: superuser.username, password: superuser.password };
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await maintain(login, `CREATE DATABASE ${database} TEMPLATE ${TEMPLATE}`);

  const admin = new Pool({ ...login, database, allowExitOnIdle: true });
  // The database is dropped under its connections at the end.
  admin.on('error', () => {});
  const cluster = { engine: 'postgresql', host, port } as const;
  const served = await serveDatabase({ database, cluster, superuser, purger }, options);

  const close = async () => {
    await served.close();
    await admin.end();
    await maintain(login, `DROP DATABASE ${database} WITH (FORCE)`);
  };
  return { ...served, admin, close };
}

async function maintain(login: object, sql: string): Promise<void> {
  const client = new Client({ ...login, database: 'postgres' });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
