import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeObstacles } from '../obstacles.suite';
import { describeRandomObstacles } from '../random-obstacles.suite';
import { loggedReport } from '../walks.suite';

MYSQL.describe(() =>
  describeObstacles(MYSQL, {
    lockTable: 'LOCK TABLES django_session WRITE',
    unlockTable: 'UNLOCK TABLES',
    waitShortly: 'SET GLOBAL innodb_lock_wait_timeout = 1',
    waitAsBefore: 'SET GLOBAL innodb_lock_wait_timeout = DEFAULT',
    brokenTrigger: (table) => [
      `CREATE DEFINER = 'gone'@'%' TRIGGER ${table.split('.')[0]}.broken BEFORE DELETE ON ${table} FOR EACH ROW SET @seen = 1`,
    ],
  }),
);

/** A trigger that refuses the rows with these keys. */
const refusing = (keys: readonly string[]) => `
  CREATE TRIGGER refuse BEFORE DELETE ON django_session FOR EACH ROW
  BEGIN IF OLD.session_key IN (${keys.map((key) => `'${key}'`).join()}) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this one stays';
  END IF; END`;

MYSQL.describe(() => describeRandomObstacles(MYSQL, (keys) => [refusing(keys)]));

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL);

  const expiredKeys = async () =>
    (
      await bed.query(
        "SELECT session_key FROM django_session WHERE expire_date < CURRENT_TIMESTAMP - INTERVAL '1' HOUR ORDER BY expire_date, session_key",
      )
    ).flat();

  describe('rows that a trigger refuses', () => {
    it('stay, and all others go in the same run', async () => {
      await bed.seed({ expired: 3000, live: 10 });
      const kept = (await expiredKeys()).filter((_, at) => at < 100 || at % 500 === 3);
      await bed.query(refusing(kept));

      const invoked = await bed.purge();

      expect(await expiredKeys()).toEqual(kept);
      expect(loggedReport(invoked)).toMatchObject({
        rowsDeleted: 3000 - kept.length,
        tables: [
          { rowsSteppedOver: kept.length, problem: expect.stringMatching(/this one stays/) },
        ],
      });
      expect(loggedReport(invoked)?.dataApiCalls).toBeLessThan(600);
    });

    it('are counted with the others of their instant, of which nothing tells them', async () => {
      await bed.seed({ expired: 50, live: 10, expiredOverDays: 0 });
      const keys = await expiredKeys();
      await bed.query(refusing([keys[7] as string]));

      const invoked = await bed.purge();

      const left = (await expiredKeys()).length;
      expect(left).toBeLessThanOrEqual(43);
      expect(loggedReport(invoked)).toMatchObject({
        rowsDeleted: 50 - left,
        tables: [{ rowsSteppedOver: left }],
      });
      expect(loggedReport(invoked)?.dataApiCalls).toBeLessThan(150);
    });
  });
});
