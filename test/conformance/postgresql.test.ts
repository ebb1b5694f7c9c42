import { insertSessions } from '../../local/django-table';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { openTables } from '../support/real-session-table';
import { skipped } from './locked-rows.suite';
import { describeSessionTable, type SessionTableHarness } from './session-table.suite';
import { describeStorageWalk } from './storage-walk.suite';

let db: TestDatabase;

beforeAll(async () => {
  db = await createDatabase();
});

afterAll(() => db.close());

async function makeHarness(): Promise<SessionTableHarness> {
  await db.admin.query('TRUNCATE django_session');
  const closings: (() => void)[] = [];
  return {
    async open() {
      const { tables, close } = await openTables(db);
      closings.push(close);
      const [table] = tables;
      if (table === undefined) throw new Error('no table was found');
      return table;
    },
    insert: (rows) =>
      insertSessions(
        db.admin,
        rows.map(({ key, expireDate }) => ({ sessionKey: key, expireDate })),
      ),
    async remaining() {
      const { rows } = await db.admin.query('SELECT session_key FROM django_session');
      return rows.map(({ session_key }) => session_key);
    },
    async lock(key) {
      const application = await db.admin.connect();
      await application.query('BEGIN');
      await application.query('SELECT FROM django_session WHERE session_key = $1 FOR UPDATE', [
        key,
      ]);
      return async (expireDate) => {
        const renewal = 'UPDATE django_session SET expire_date = $1 WHERE session_key = $2';
        if (expireDate !== undefined) await application.query(renewal, [expireDate, key]);
        await application.query('COMMIT');
        application.release();
      };
    },
    async close() {
      for (const closing of closings) closing();
    },
  };
}

describeSessionTable('a table of PostgreSQL, through the Data API', skipped, makeHarness);
describeStorageWalk('a table of PostgreSQL, through the Data API', makeHarness);
