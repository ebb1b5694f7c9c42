import { catalogOperators } from '../../lambda/database/postgresql/sql';
import type { ServeOptions } from './data-api';
import type { EngineDatabase } from './engine-database';
import { createMysqlDatabase, describeWithMariadb } from './mariadb';
import { createDatabase } from './postgres';

/** A database engine, and what a test of both has to say differently for each. */
export interface Engine {
  readonly name: 'PostgreSQL' | 'MySQL';
  /** Calls of a run that finds nothing to do: MySQL first refuses a statement in PostgreSQL's grammar. */
  readonly callsToOpen: number;
  /** How a table is walked of which most has expired. */
  readonly backlogWalk: 'storage' | 'index';
  /** The GRANT of what a purge needs, up to the table's name. */
  readonly grant: string;
  /** The rights in it, each as a REVOKE takes it. */
  readonly rights: readonly string[];
  /** A user as GRANT and REVOKE take it. */
  account(user: string): string;
  /** A user as the function's messages name it. */
  user(user: string): string;
  /** Drops an index of `django_session`. */
  dropIndex(index: string): string;
  /** Lets `expire_date` be NULL. */
  allowNull(table: string): string;
  /** The greatest values of `expire_date` that are no dates. */
  readonly lastInstants: readonly string[];
  /** What a remedy begins with that the owner of the table has to run. */
  readonly byOwner: string;
  /** What the function says of a table without an index on `expire_date`. */
  createIndex(table: string): string;
  /** What a transaction begins with, so that all of its reads see one moment. */
  readonly snapshot: readonly string[];
  /** Brings the planner's statistics of a table up to date. */
  analyze(table: string): string;
  /** Deletes what the usual recipe deletes: nothing tests again, in the DELETE, whether a session is still expired. */
  usualRecipe(db: EngineDatabase): Promise<void>;
  /** Whether an operator in a statement is looked up in the search path, as on MySQL none is. */
  looksUp(sql: string): boolean;
  /** The connections whose statement waits for a lock. */
  waiting(db: EngineDatabase): Promise<string[]>;
  createDatabase(options?: ServeOptions): Promise<EngineDatabase>;
  /** Groups the tests of the engine; they are skipped where a machine does not have it. */
  describe(tests: () => void): void;
}

export const POSTGRESQL: Engine = {
  name: 'PostgreSQL',
  callsToOpen: 1,
  backlogWalk: 'storage',
  grant: 'GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON',
  rights: ['SELECT (ctid)', 'SELECT (expire_date)', 'UPDATE (expire_date)', 'DELETE'],
  account: (user) => `"${user}"`,
  user: (user) => user,
  dropIndex: (index) => `DROP INDEX ${index}`,
  allowNull: (table) => `ALTER TABLE ${table} ALTER COLUMN expire_date DROP NOT NULL`,
  lastInstants: ['infinity', '294276-12-31 23:59:59.999999'],
  byOwner: 'as the owner of the table ("postgres"): ',
  createIndex: (table) => `CREATE INDEX CONCURRENTLY ON ${table} (expire_date)`,
  snapshot: ['SET TRANSACTION ISOLATION LEVEL REPEATABLE READ'],
  analyze: (table) => `ANALYZE ${table}`,
  async usualRecipe(db) {
    await db.query(`
      DELETE FROM django_session WHERE session_key IN (
        SELECT session_key FROM django_session WHERE expire_date < now() LIMIT 1000)`);
  },
  looksUp: (sql) => catalogOperators(sql) !== sql.trim(),
  async waiting(db) {
    const sql = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    return (await db.query(sql)).flat();
  },
  createDatabase,
  describe: (tests) => describe('on PostgreSQL', tests),
};

export const MYSQL: Engine = {
  name: 'MySQL',
  callsToOpen: 2,
  backlogWalk: 'index',
  grant: 'GRANT SELECT (expire_date), DELETE ON',
  rights: ['SELECT (expire_date)', 'DELETE'],
  account: (user) => `'${user}'@'%'`,
  user: (user) => `${user}@%`,
  dropIndex: (index) => `DROP INDEX ${index} ON django_session`,
  allowNull: (table) => `ALTER TABLE ${table} MODIFY expire_date datetime(6) NULL`,
  lastInstants: [],
  byOwner: 'as an administrator: ',
  createIndex: (table) =>
    `ALTER TABLE ${table} ADD INDEX (expire_date), ALGORITHM = INPLACE, LOCK = NONE`,
  snapshot: [],
  analyze: (table) => `ANALYZE TABLE ${table}`,
  // MySQL takes no LIMIT in such a subquery, so there it is two statements.
  async usualRecipe(db) {
    const keys = await db.query(
      'SELECT session_key FROM django_session WHERE expire_date < UTC_TIMESTAMP(6) LIMIT 1000',
    );
    const list = keys.map(([key]) => `'${key}'`).join();
    if (list) await db.query(`DELETE FROM django_session WHERE session_key IN (${list})`);
  },
  looksUp: () => false,
  async waiting(db) {
    const sql = `
      SELECT id FROM information_schema.processlist
      JOIN information_schema.innodb_trx ON trx_mysql_thread_id = id
      WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()`;
    return (await db.query(sql)).flat();
  },
  createDatabase: createMysqlDatabase,
  describe: (tests) => describeWithMariadb(() => describe('on MySQL (MariaDB)', tests)),
};
