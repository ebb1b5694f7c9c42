import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeWalks, loggedReport } from '../walks.suite';

POSTGRESQL.describe(() =>
  describeWalks(POSTGRESQL, {
    why: 'since a trigger objects',
    keep: (key) => [
      `CREATE FUNCTION object() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.session_key = '${key}' THEN
            RAISE EXCEPTION 'this one stays';
          END IF;
          RETURN OLD;
        END $$`,
      'CREATE TRIGGER object BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION object()',
    ],
    reason: /this one stays/,
  }),
);

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  describe('a table of which most has expired', () => {
    it.each<[string, string[]]>([
      ['with fresh statistics', ['VACUUM ANALYZE django_session']],
      ['that was never analyzed', []],
    ])('is walked in the order of storage, %s', async (_name, statements) => {
      await bed.seed({ expired: 30_000, live: 5000 });
      for (const statement of statements) await bed.query(statement);

      const { report } = await bed.purge();

      expect(report?.tables[0]).toMatchObject({
        walk: 'storage',
        stopReason: 'drained',
        oldestExpired: null,
        walkReason: expect.stringMatching(
          /^a sample of 100 of \d+ blocks has \d+\.\d expired rows/,
        ),
      });
      expect(await bed.left()).toEqual({ live: 5000, expired: 0 });
    });

    it('is walked so although its statistics date from before the rows expired', async () => {
      await bed.query('ALTER TABLE django_session SET (autovacuum_enabled = off)');
      await bed.seed({ expired: 0, live: 30_000 });
      await bed.query('ANALYZE django_session');
      await bed.query(`UPDATE django_session SET expire_date = expire_date - interval '60 days'`);

      const { report } = await bed.purge({ SESSION_PURGE_MAX_BATCH_SIZE: '5000' });

      expect(report).toMatchObject({ rowsDeleted: 30_000, tables: [{ walk: 'storage' }] });
      // A plan along the index would read all rows that are left in each batch: 30 000 instead of 5000.
      expect(report?.slowestBatchMs).toBeLessThan(5000);
      const inStorageOrder = bed
        .deletes()
        .filter((sql) => /ctid OPERATOR\(pg_catalog\.>\) CAST\(:after/.test(sql));
      expect(inStorageOrder.length).toBeGreaterThan(5);
    });

    it('keeps rows that the application holds locked, without waiting, and reports the oldest', async () => {
      await bed.seed({ expired: 20_000, live: 100 });
      const application = await bed.begin();
      const [[heldUntil] = []] = await application.query(`
        SELECT to_char(expire_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM django_session
        WHERE session_key = (SELECT session_key FROM django_session ORDER BY expire_date OFFSET 5000 LIMIT 1)
        FOR UPDATE`);

      const { report } = await bed.purge();
      await application.end('ROLLBACK');

      expect(report).toMatchObject({
        stopReason: 'drained',
        rowsDeleted: 19_999,
        tables: [{ walk: 'storage', oldestExpired: heldUntil }],
      });
      expect(await bed.left()).toEqual({ live: 100, expired: 1 });
    });
  });

  it('walks a table of which little has expired along the index, and says why', async () => {
    await bed.seed({ expired: 4000, live: 120_000 });

    const { report } = await bed.purge();

    expect(report).toMatchObject({
      rowsDeleted: 4000,
      tables: [{ walk: 'index', walkReason: expect.stringMatching(/has 0\.\d expired rows/) }],
    });
  });

  it('keeps of many rows of one instant only the one that may not go', async () => {
    await bed.seed({ expired: 400, expiredOverDays: 0 });
    const [[key] = []] = await bed.query(
      'SELECT session_key FROM django_session OFFSET 200 LIMIT 1',
    );
    await bed.query('CREATE TABLE profile (session_key varchar(40) REFERENCES django_session)');
    await bed.query(`INSERT INTO profile VALUES ('${key}')`);

    const { error } = await bed.purge();

    expect(error?.errorType).toBe('DatabaseError');
    expect(await bed.keysLeft()).toEqual([key]);
  });

  it('ends a table whose trigger refuses each statement with the own error of the trigger, after one repeat', async () => {
    await bed.seed({ expired: 9, live: 1 });
    await bed.query(`
      CREATE FUNCTION object() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no delete today'; END $$`);
    await bed.query(
      'CREATE TRIGGER object BEFORE DELETE ON django_session FOR EACH STATEMENT EXECUTE FUNCTION object()',
    );

    const invoked = await bed.purge();

    expect(invoked.error?.errorMessage).toContain('no delete today');
    expect(loggedReport(invoked)).toMatchObject({ stopReason: 'failed', rowsDeleted: 0 });
    // For each row: a delete that is refused and a look for the row; then the delete that finds none, twice.
    expect(loggedReport(invoked)?.dataApiCalls).toBeLessThan(40);
    expect(await bed.left()).toEqual({ live: 1, expired: 9 });
  });

  it('purges whatever the newest session says, since the two clocks agree', async () => {
    await bed.seed({ expired: 100, live: 10 });
    await bed.query(`
      INSERT INTO django_session VALUES ('far', 'x', '9999-12-31'), ('never', 'x', 'infinity')`);

    const { report } = await bed.purge();

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 100 });
    expect(await bed.left()).toEqual({ live: 12, expired: 0 });
  });
});
