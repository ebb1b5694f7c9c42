import { inMemorySessions } from '../support/in-memory-sessions';
import { skipped } from './locked-rows.suite';
import { describeSessionTable, type SessionTableHarness } from './session-table.suite';
import { describeStorageWalk } from './storage-walk.suite';

async function makeHarness(): Promise<SessionTableHarness> {
  const table = inMemorySessions({ tables: { django_session: [] } }).table('django_session');
  return {
    open: async () => table,
    insert: async (rows) => table.insert(rows),
    remaining: async () => table.remaining(),
    async lock(key) {
      const release = table.lock(key);
      return async (expireDate) => {
        if (expireDate !== undefined) table.insert([{ key, expireDate }]);
        release();
      };
    },
    close: async () => {},
  };
}

describeSessionTable('the sessions in memory', skipped, makeHarness);
describeStorageWalk('the sessions in memory', makeHarness);
