import { randomUUID } from 'node:crypto';
import { Client, escapeIdentifier, Pool } from 'pg';
import {
  createSessionTable,
  insertSessions,
  qualifiedName,
  type SessionTable,
  seedSessions,
} from '../../local/django-table';
import { grantPurge } from '../../local/purge-role';
import { type ServeOptions, serveDatabase } from './data-api';
import type { EngineDatabase } from './engine-database';
import { TEMPLATE, testPostgres } from './test-postgres';

/** A database of its own for one test file, with a Data API in front of it. */
export interface TestDatabase extends EngineDatabase {
  /** The superuser's connections. */
  readonly admin: Pool;
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
  return { ...served, ...asSuperuser(admin, purger.username), admin, close };
}

/** What a test does through the superuser's connections. */
function asSuperuser(admin: Pool, purger: string) {
  return {
    grant: (table: SessionTable, user = purger) => grantPurge(admin, user, table),
    query: async (text: string): Promise<string[][]> =>
      (await admin.query({ text, rowMode: 'array' })).rows,
    async begin(...statements: string[]) {
      const client = await admin.connect();
      for (const statement of ['BEGIN', ...statements]) await client.query(statement);
      return {
        query: async (text: string): Promise<string[][]> =>
          (await client.query({ text, rowMode: 'array' })).rows,
        end: async (how: 'COMMIT' | 'ROLLBACK') => {
          await client.query(how);
          client.release();
        },
      };
    },
    async createSchema(suffix: string) {
      const schema = `schema_${suffix}`;
      await admin.query(`CREATE SCHEMA ${escapeIdentifier(schema)}`);
      return schema;
    },
    createTable: (...args: Parameters<EngineDatabase['createTable']>) =>
      createSessionTable(admin, ...args),
    insert: (...args: Parameters<EngineDatabase['insert']>) => insertSessions(admin, ...args),
    seed: (...args: Parameters<EngineDatabase['seed']>) => seedSessions(admin, ...args),
    reported: ({ schema = 'public', table = 'django_session' }: SessionTable = {}) =>
      `${schema}.${table}`,
    quoted: qualifiedName,
  };
}

async function maintain(login: object, sql: string): Promise<void> {
  const client = new Client({ ...login, database: 'postgres' });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
