import { inMemorySessions } from '../support/in-memory-sessions';
import { skipped } from './locked-rows.suite';
import { describeSessionTable } from './session-table.suite';

describeSessionTable('the sessions in memory', skipped, async () => {
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
});
