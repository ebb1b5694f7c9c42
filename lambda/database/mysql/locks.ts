import type { Mode, Statement } from '../../data-api/statement';
import type { TableId } from '../dialect';
import { literal } from './sql';

const ITS_VERB = /^(EXPLAIN )?(\(?)(SELECT|DELETE)\b/;

/**
 * The dialect's `waitingShortly`. By default a statement waits a year for a lock on a whole table, and the service ends it
 * after 45 s. The hint is MySQL's, and a comment on MariaDB; what comes first is for MariaDB, and a comment on MySQL.
 */
export function waitingShortly<M extends Mode>(statement: Statement<M>): Statement<M> {
  const sql = statement.sql.replace(
    ITS_VERB,
    '/*M! SET STATEMENT lock_wait_timeout = 1 FOR */ $1$2$3 /*+ SET_VAR(lock_wait_timeout = 1) */',
  );
  return { ...statement, sql };
}

/** The dialect's `showLocks`. A statement that opens the table opens those of its triggers and its foreign keys, too. */
export function showLocks({ schema, table }: TableId): string {
  return `SELECT t.PROCESSLIST_ID, t.PROCESSLIST_USER, t.PROCESSLIST_TIME, l.OBJECT_SCHEMA, l.OBJECT_NAME, l.LOCK_TYPE, l.LOCK_STATUS, t.PROCESSLIST_INFO FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID WHERE l.OBJECT_TYPE = 'TABLE' AND t.PROCESSLIST_ID <> CONNECTION_ID() ORDER BY l.OBJECT_SCHEMA = ${literal(schema)} AND l.OBJECT_NAME = ${literal(table)} DESC, t.PROCESSLIST_TIME DESC; or SHOW FULL PROCESSLIST where performance_schema is off`;
}

/** The dialect's `showRowLocks`. It needs no performance_schema, and shows the transactions that hold rows of any table. */
export const SHOW_ROW_LOCKS =
  'SELECT t.trx_mysql_thread_id, p.USER, p.HOST, p.COMMAND, t.trx_started, t.trx_rows_locked, t.trx_query FROM information_schema.INNODB_TRX t LEFT JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id WHERE t.trx_rows_locked > 0 ORDER BY t.trx_started';
