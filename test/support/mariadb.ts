import { randomUUID } from 'node:crypto';
import { createConnection, createPool, type Pool } from 'mysql2/promise';
import { createMysqlSessionTable } from '../../local/django-table-mysql';
import { findMariadb, GET_MARIADB } from '../../local/mariadb';
import { grantMysqlPurge } from '../../local/purge-role-mysql';
import { type ServedDatabase, type ServeOptions, serveDatabase } from './data-api';
import { describeWhere } from './skip';
import { testMariadb } from './test-mariadb';

/** A database of its own for one test file, with a Data API in front of it. */
export interface MysqlTestDatabase extends ServedDatabase {
  /** The superuser's connections: to prepare what is tested, and to look behind its back. */
  readonly admin: Pool;
  /** Closes the services, and drops the database. */
  close(): Promise<void>;
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

  const close = async () => {
    await served.close();
    await admin.end();
    await maintenance.query(`DROP DATABASE ${database}`);
    await maintenance.end();
  };
  return { ...served, admin, close };
}
