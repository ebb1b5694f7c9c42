import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { loggedReport } from '../walks.suite';

const EXPIRED = { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' };
const LIVE = { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' };

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL);

  beforeEach(() => bed.insert([EXPIRED, LIVE]));

  /** The statement at the end of a message. */
  const remedyIn = (message = '') => /(?:GRANT|ALTER TABLE) .*$/.exec(message)?.[0] ?? '';

  describe('a table without an index that can be used', () => {
    const INDEX = 'django_session_expire_date_a5c62663';

    it.each([
      ['has none', `DROP INDEX ${INDEX}`],
      ['has one that the planner may not use', `ALTER INDEX ${INDEX} IGNORED`],
      [
        'has one that starts with another column',
        `DROP INDEX ${INDEX}, ADD INDEX (session_key, expire_date)`,
      ],
    ])(
      'is not purged, since each DELETE would lock all of it, and mended as it is told: it %s',
      async (_what, change) => {
        await bed.query(`ALTER TABLE django_session ${change}`);

        const { error } = await bed.purge();

        expect(error?.errorMessage).toBe(
          `table "django_session" has no index that starts with expire_date and can be used, so that each DELETE would lock all of it; as an administrator: ALTER TABLE ${bed.quoted()} ADD INDEX (expire_date), ALGORITHM = INPLACE, LOCK = NONE`,
        );
        expect(await bed.keysLeft()).toEqual(['expired', 'live']);

        await bed.query(remedyIn(error?.errorMessage));
        expect((await bed.purge()).report).toMatchObject({ rowsDeleted: 1, stopReason: 'drained' });
      },
    );

    it('is one with an index in descending order, which can be walked', async () => {
      await bed.query(
        `ALTER TABLE django_session DROP INDEX ${INDEX}, ADD INDEX (expire_date DESC)`,
      );

      expect((await bed.purge()).report).toMatchObject({ rowsDeleted: 1, stopReason: 'drained' });
    });
  });

  it.each([
    ['has an index', ', KEY (expire_date)', '', ''],
    [
      'has none',
      '',
      '; table "t" has no index that starts with expire_date and can be used, so that each DELETE would lock all of it',
      ', ADD INDEX (expire_date)',
    ],
  ])(
    'a table of another engine is not purged, since no DELETE could be taken back, and mended as it is told: it %s',
    async (_what, index, also, added) => {
      await bed.query(
        `CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date datetime(6) NOT NULL${index}) ENGINE = MyISAM`,
      );
      await bed.query("INSERT INTO t VALUES ('expired', '2020-01-01')");
      await bed.grant({ table: 't' });
      const env = { SESSION_PURGE_TABLES: 't' };

      const { error } = await bed.purge(env);

      expect(error?.errorMessage).toBe(
        `table "t" is stored by MyISAM, so that each DELETE would lock all of it and could not be taken back${also}; as an administrator: ALTER TABLE ${bed.quoted({ table: 't' })} ENGINE = InnoDB${added}`,
      );
      await bed.query(remedyIn(error?.errorMessage));
      expect((await bed.purge(env)).report).toMatchObject({ rowsDeleted: 1 });
    },
  );

  it('a column that takes NULL and is more than its type is told in words', async () => {
    await bed.query("ALTER TABLE django_session MODIFY expire_date datetime NULL COMMENT 'mine'");

    const { report } = await bed.purge();

    expect(report?.warnings).toEqual([
      expect.stringMatching(
        /: ALTER TABLE .* MODIFY with NOT NULL and all else that SHOW CREATE TABLE says/,
      ),
    ]);
  });

  it('a setting with hundreds of names is asked for in parts', async () => {
    const names = Array.from({ length: 400 }, (_, at) => `s${at}`);

    const { report, error } = await bed.purge({
      SESSION_PURGE_TABLES: [...names, 'django_session'].join(','),
    });

    expect(error?.errorMessage).toMatch(/^400 tables were not purged/);
    expect(report?.rowsDeleted ?? 1).toBe(1);
    expect(await bed.keysLeft()).toEqual(['live']);
  });

  it('a partitioned table is purged as any other', async () => {
    await bed.createTable({ table: 'parted' });
    await bed.query(
      'ALTER TABLE parted DROP PRIMARY KEY, ADD PRIMARY KEY (session_key, expire_date)',
    );
    await bed.query(`ALTER TABLE parted PARTITION BY RANGE COLUMNS (expire_date)
      (PARTITION old VALUES LESS THAN ('2030-01-01'), PARTITION new VALUES LESS THAN (MAXVALUE))`);
    await bed.insert([EXPIRED, LIVE], { table: 'parted' });
    await bed.grant({ table: 'parted' });

    const { report } = await bed.purge({ SESSION_PURGE_TABLES: 'parted' });

    expect(report).toMatchObject({ rowsDeleted: 1, stopReason: 'drained' });
    expect(await bed.keysLeft('parted')).toEqual(['live']);
  });

  it('a pattern over 200 databases is answered in a time that grows with their number', async () => {
    for (let at = 0; at < 200; at += 1) {
      const schema = await bed.createSchema(`t${at}`);
      await bed.createTable({ schema, table: 'tenant_session' });
      await bed.grant({ schema, table: 'tenant_session' });
    }

    const { report } = await bed.purge({ SESSION_PURGE_TABLES: '*.tenant_session' });

    expect(report).toMatchObject({ stopReason: 'drained', tablesLeftOut: { count: 100 } });
    // A statement that read the catalogs once for each table took ten seconds.
    expect(report?.durationMs).toBeLessThan(4000);
  });

  it('a table to which the user has no right is not found, and seen as it is told', async () => {
    await bed.createTable({ table: 'hidden' });
    await bed.insert([EXPIRED], { table: 'hidden' });

    const { error } = await bed.purge({ SESSION_PURGE_TABLES: 'hidden' });
    expect(error?.errorMessage).toMatch(
      /^table "hidden" was not found in database "test_\w+"; check the database name and the tables setting; MySQL shows the user only tables to which it has a right, so if this one is there: as an administrator: GRANT SELECT \(expire_date\), DELETE ON `test_\w+`\.`hidden` TO /,
    );

    await bed.query(remedyIn(error?.errorMessage));
    expect((await bed.purge({ SESSION_PURGE_TABLES: 'hidden' })).report?.rowsDeleted).toBe(1);
  });

  it('a table that the server cannot read costs a run and a dry run only itself', async () => {
    const damaged = { schema: await bed.createSchema('damaged'), table: 'django_session' };
    await bed.createTable(damaged);
    await bed.grant(damaged);
    await bed.query(`ALTER TABLE ${bed.quoted(damaged)} DISCARD TABLESPACE`);
    const env = { SESSION_PURGE_TABLES: `${bed.reported(damaged)},django_session` };

    const dryRun = await bed.purge(env, { dryRun: true });
    const run = await bed.purge(env);

    const failed = { table: bed.reported(damaged), problem: expect.stringMatching(/discarded/) };
    expect(loggedReport(dryRun)?.tables).toMatchObject([failed, { rowsExpired: 1 }]);
    expect(loggedReport(run)?.tables).toMatchObject([failed, { rowsDeleted: 1 }]);
  });

  it('a table to which a role gives the rights is purged as any other', async () => {
    await bed.query("REVOKE ALL ON django_session FROM 'purger'@'%'");
    await bed.query('CREATE ROLE purging');
    await bed.query('GRANT SELECT (expire_date), DELETE ON django_session TO purging');
    await bed.query("GRANT purging TO 'purger'@'%'");
    await bed.query("SET DEFAULT ROLE purging FOR 'purger'@'%'");

    const { report } = await bed.purge().finally(() => bed.query('DROP ROLE purging'));

    expect(report).toMatchObject({ rowsDeleted: 1, stopReason: 'drained' });
  });

  it("a trigger runs with its definer's rights and not with the purge's, so that a pattern takes in its table", async () => {
    await bed.createTable({ table: 'pattern_session' });
    await bed.insert([EXPIRED, LIVE], { table: 'pattern_session' });
    await bed.grant({ table: 'pattern_session' });
    await bed.query(`CREATE DEFINER = 'nobody'@'localhost' TRIGGER bite AFTER DELETE ON pattern_session
      FOR EACH ROW DELETE FROM django_session`);

    const { error } = await bed.purge({ SESSION_PURGE_TABLES: `${bed.database}.pattern_session` });

    expect(error?.errorMessage).toMatch(/DEFINER/);
    expect(await bed.keysLeft()).toEqual(['expired', 'live']);
  });
});
