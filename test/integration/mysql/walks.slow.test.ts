import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeWalks } from '../walks.suite';

MYSQL.describe(() =>
  describeWalks(MYSQL, {
    why: 'since a trigger objects',
    keep: (key) => [
      `CREATE TRIGGER object BEFORE DELETE ON django_session FOR EACH ROW
        IF OLD.session_key = '${key}' THEN
          SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this one stays';
        END IF`,
    ],
    reason: /this one stays/,
  }),
);

MYSQL.describe(() => {
  describe('a table', () => {
    const bed = purgeBed(MYSQL);

    it('is walked along the index, whatever the user may read, and no statement names a session key', async () => {
      await bed.seed({ expired: 5000, live: 100 });
      await bed.query("GRANT SELECT (session_key) ON django_session TO 'purger'@'%'");

      const { report } = await bed.purge();

      expect(report).toMatchObject({
        rowsDeleted: 5000,
        stopReason: 'drained',
        tables: [{ walk: 'index', walkReason: expect.stringMatching(/^only PostgreSQL/) }],
      });
      expect(await bed.left()).toEqual({ live: 100, expired: 0 });
      expect(bed.deletes().length).toBeGreaterThan(1);
      expect(bed.deletes().filter((sql) => sql.includes('session_key'))).toEqual([]);
    });
  });
});
