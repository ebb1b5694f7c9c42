import type { ServeOptions } from '../../../support/data-api';
import { createMysqlDatabase } from '../../../support/mariadb';
import { caller } from '../setup';

/** A MariaDB database, its service, and short ways to run a statement through it as the superuser. */
export async function setupMysql(options?: ServeOptions) {
  const db = await createMysqlDatabase(options);
  return { ...db, ...caller(db.dataApi, db.database) };
}

/** What `setupMysql` sets up. */
export type MysqlSetup = Awaited<ReturnType<typeof setupMysql>>;
