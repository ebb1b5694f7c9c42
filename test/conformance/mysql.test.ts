import type { PoolConnection } from 'mysql2/promise';
import { insertMysqlSessions } from '../../local/django-table-mysql';
import { until } from '../local/until';
import type { ServedDatabase } from '../support/data-api';
import {
  createMysqlDatabase,
  describeWithMariadb,
  type MysqlTestDatabase,
} from '../support/mariadb';
import { openTables } from '../support/real-session-table';
import { type WaitingHarness, waitedFor } from './locked-rows.suite';
import { describeSessionTable } from './session-table.suite';

describeWithMariadb(() => {
  let db: MysqlTestDatabase;

  beforeAll(async () => {
    db = await createMysqlDatabase();
  });

  afterAll(() => db.close());

  async function onlyTable(served: ServedDatabase) {
    const { tables, close } = await openTables(served);
    const [table] = tables;
    if (table === undefined) throw new Error('no table was found');
    return { table, close };
  }

  /** Whether a DELETE on this database has begun, and one on this server waits for a row. */
  async function isWaiting(): Promise<boolean> {
    const [[deleting], [waits]] = await Promise.all([
      db.admin.query(
        `SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%DELETE %FROM %django_session%' AND id <> CONNECTION_ID()`,
      ),
      db.admin.query(`SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'`),
    ]);
    const [wait] = waits as { Value: string }[];
    return (deleting as object[]).length > 0 && Number(wait?.Value) > 0;
  }

  async function makeHarness(): Promise<WaitingHarness> {
    await db.admin.query('TRUNCATE django_session');
    const closings: (() => void)[] = [];
    const held = new Set<PoolConnection>();
    return {
      async open() {
        const { table, close } = await onlyTable(db);
        closings.push(close);
        return table;
      },
      async openWithin(limitMs) {
        const dataApi = await db.serve({ statementTimeoutMs: limitMs });
        const bounded = await onlyTable({ ...db, dataApi });
        closings.push(bounded.close);
        return bounded.table;
      },
      insert: (rows) =>
        insertMysqlSessions(
          db.admin,
          rows.map(({ key, expireDate }) => ({ sessionKey: key, expireDate })),
        ),
      async remaining() {
        const [rows] = await db.admin.query('SELECT session_key FROM django_session');
        return (rows as { session_key: string }[]).map(({ session_key }) => session_key);
      },
      async lock(key) {
        const application = await db.admin.getConnection();
        held.add(application);
        await application.query('BEGIN');
        const row = 'SELECT 1 FROM django_session WHERE session_key = ? FOR UPDATE';
        await application.query(row, [key]);
        return async (expireDate) => {
          const renewal = 'UPDATE django_session SET expire_date = ? WHERE session_key = ?';
          const text = expireDate?.replace('T', ' ').replace('Z', '');
          if (text !== undefined) await application.query(renewal, [text, key]);
          await application.query('COMMIT');
          held.delete(application);
          application.release();
        };
      },
      untilWaiting: () => until('a DELETE waits for a locked row', isWaiting),
      async close() {
        for (const closing of closings) closing();
        // The test failed, and the next one would wait for its lock.
        for (const application of held) application.destroy();
      },
    };
  }

  describeSessionTable('a table of MySQL (MariaDB), through the Data API', waitedFor, makeHarness);
});
