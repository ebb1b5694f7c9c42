import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeObstacles } from '../obstacles.suite';
import { describePutBack } from '../put-back.suite';
import { describeRandomObstacles } from '../random-obstacles.suite';
import { loggedReport } from '../walks.suite';

MYSQL.describe(() =>
  describeObstacles(MYSQL, {
    callsEach: 2,
    deferred: '',
    connectionId: 'SELECT CONNECTION_ID()',
    codeOfLocks: '1205',
    codes: ['1053', '1049', '1045'],
    finalCodes: ['1142', '1114'],
    failingTrigger: (table, code) => [
      `CREATE TRIGGER failing BEFORE DELETE ON ${table} FOR EACH ROW
        SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${code}, MESSAGE_TEXT = 'not this time'`,
    ],
    ownSqlStates: ['APP01', 'HY000'],
    refusingTrigger: (key, sqlState, errorNumber) => [
      `CREATE TRIGGER refuse BEFORE DELETE ON django_session FOR EACH ROW
        IF OLD.session_key = '${key}' THEN
          SIGNAL SQLSTATE '${errorNumber === undefined ? sqlState : '45000'}'
            SET MYSQL_ERRNO = ${errorNumber ?? 31_999}, MESSAGE_TEXT = 'it stays';
        END IF`,
    ],
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

MYSQL.describe(() => describePutBack(MYSQL));

MYSQL.describe(() =>
  describeRandomObstacles(MYSQL, {
    callsEach: 2,
    refuse: (keys) => [refusing(keys)],
  }),
);

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

    it('are told from those of their instant, whatever the trigger writes', async () => {
      await bed.seed({ expired: 1500, live: 10, expiredOverDays: 0 });
      const keys = await expiredKeys();
      const kept = [3, 4, 5, 700].map((place) => keys[place] as string);
      await bed.query(
        'CREATE TABLE archive (id int AUTO_INCREMENT PRIMARY KEY, session_key varchar(40))',
      );
      await bed.query(
        'CREATE TRIGGER archived BEFORE DELETE ON django_session FOR EACH ROW INSERT INTO archive (session_key) VALUES (OLD.session_key)',
      );
      await bed.query(refusing(kept));

      const report = loggedReport(await bed.purge());

      expect(await expiredKeys()).toEqual(kept);
      const archived = (await bed.query('SELECT session_key FROM archive')).flat();
      expect(archived.sort()).toEqual(keys.filter((key) => !kept.includes(key)).sort());
      expect(report).toMatchObject({
        rowsDeleted: 1496,
        tables: [
          { rowsSteppedOver: 4, problem: expect.stringMatching(/^4 rows .*this one stays/) },
        ],
      });
      expect(report?.dataApiCalls).toBeLessThan(160);
    });

    it('leave nothing behind in the archive of a trigger that go with rows that stay', async () => {
      await bed.seed({ expired: 600, live: 10 });
      const keys = await expiredKeys();
      await bed.query('CREATE TABLE archive (session_key varchar(40))');
      await bed.query(
        'CREATE TRIGGER archived BEFORE DELETE ON django_session FOR EACH ROW INSERT INTO archive VALUES (OLD.session_key)',
      );
      await bed.query(
        'CREATE TABLE visit (session_key varchar(40), FOREIGN KEY (session_key) REFERENCES django_session (session_key))',
      );
      await bed.query(`INSERT INTO visit VALUES ('${keys[7]}'), ('${keys[300]}')`);

      await bed.purge();

      expect(await expiredKeys()).toEqual([keys[7], keys[300]]);
      const archived = (await bed.query('SELECT session_key FROM archive')).flat();
      expect(archived).not.toContain(keys[7]);
      expect(archived).toHaveLength(598);
    });
  });
});
