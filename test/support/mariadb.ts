import { randomUUID } from 'node:crypto';
import { escapeId } from 'mysql2';
import { type Connection, createConnection, createPool, type Pool } from 'mysql2/promise';
import type { SessionTable } from '../../local/django-table';
import {
  createMysqlSessionTable,
  insertMysqlSessions,
  mysqlName,
  seedMysqlSessions,
} from '../../local/django-table-mysql';
import { findMariadb, GET_MARIADB } from '../../local/mariadb';
import { grantMysqlPurge } from '../../local/purge-role-mysql';
import { type ServeOptions, serveDatabase } from './data-api';
import type { EngineDatabase } from './engine-database';
import { describeWhere } from './skip';
import { testMariadb } from './test-mariadb';

/** A database of its own for one test file, with a Data API in front of it. */
export interface MysqlTestDatabase extends EngineDatabase {
  /** The superuser's connections. */
  readonly admin: Pool;
}

/** Tests that need a MariaDB, which npm cannot bring. */
export const describeWithMariadb = (tests: () => void): void =>
  describeWhere(findMariadb() !== undefined, 'MariaDB', GET_MARIADB, tests);

/** Creates a database with Django's table and serves it; `options` are those of its service. */
export async function createMysqlDatabase(options: ServeOptions = {}): Promise<MysqlTestDatabase> {
  const { host, port, superuser, purger } = await testMariadb();
  const login = { host, port, user: superuser.username, password: superuser.password };
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  const maintenance = await createConnection(login);
  await maintenance.query(`CREATE DATABASE ${database}`);

  // As text, a date is what is stored, to the microsecond.
  const admin = createPool({ ...login, database, dateStrings: true });
  await createMysqlSessionTable(admin);
  await grantMysqlPurge(admin, purger.username);
  const cluster = { engine: 'mysql', host, port } as const;
  const served = await serveDatabase({ database, cluster, superuser, purger }, options);

  const schemas = [database];
  const createSchema = async (suffix: string) => {
    const schema = `${database}_${suffix}`;
    schemas.push(schema);
    await admin.query(`CREATE DATABASE ${escapeId(schema, true)}`);
    return schema;
  };
  const close = async () => {
    await served.close();
    await admin.end();
    for (const schema of schemas)
      await maintenance.query(`DROP DATABASE ${escapeId(schema, true)}`);
    await maintenance.end();
  };
  const own = asSuperuser(admin, database, purger.username);
  return { ...served, ...own, admin, createSchema, close };
}

/** What a test does through the superuser's connections. */
function asSuperuser(admin: Pool, database: string, purger: string) {
  const queryOn = (connection: Pick<Connection, 'query'>) => async (sql: string) =>
    (await connection.query({ sql, rowsAsArray: true }))[0] as string[][];
  return {
    grant: (table: SessionTable, user = purger) => grantMysqlPurge(admin, user, table),
    query: queryOn(admin),
    async begin(...statements: string[]) {
      const connection = await admin.getConnection();
      try {
        for (const statement of ['BEGIN', ...statements]) await connection.query(statement);
      } catch (error) {
        connection.destroy();
        throw error;
      }
      return {
        query: queryOn(connection),
        end: async (how: 'COMMIT' | 'ROLLBACK') => {
          await connection.query(how);
          connection.release();
        },
      };
    },
    createTable: (...args: Parameters<EngineDatabase['createTable']>) =>
      createMysqlSessionTable(admin, ...args),
    insert: (...args: Parameters<EngineDatabase['insert']>) => insertMysqlSessions(admin, ...args),
    seed: (...args: Parameters<EngineDatabase['seed']>) => seedMysqlSessions(admin, ...args),
    reported: ({ schema = database, table = 'django_session' }: SessionTable = {}) =>
      `${schema}.${table}`,
    quoted: (table: SessionTable = {}) => mysqlName({ schema: database, ...table }),
  };
}
