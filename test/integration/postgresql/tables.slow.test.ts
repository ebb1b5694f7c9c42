import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeConfiguredTables } from '../tables.suite';

POSTGRESQL.describe(() => describeConfiguredTables(POSTGRESQL));

POSTGRESQL.describe(() => {
  describe('a table that is no session table', () => {
    const bed = purgeBed(POSTGRESQL);

    it.each([
      [
        'has no session_key',
        'CREATE TABLE t (id int PRIMARY KEY, expire_date timestamptz)',
        /^table "t" has no column "session_key"; check/,
      ],
      [
        'keeps its expire_date without a zone',
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date timestamp)',
        /^table "t" has a column "expire_date" of type timestamp without time zone, which Django never makes; check/,
      ],
    ])('is told when it %s', async (_case, ddl, message) => {
      await bed.query(ddl);
      await bed.query('GRANT ALL ON t TO purger');

      const { error } = await bed.purge({ SESSION_PURGE_TABLES: 't' });

      expect(error).toMatchObject({ errorType: 'TableError' });
      expect(error?.errorMessage).toMatch(message);
    });
  });
});
