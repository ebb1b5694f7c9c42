import { POSTGRESQL } from '../../support/engines';
import { SHORT_WAITS } from '../../support/fast-clock';
import { purgeBed } from '../../support/purge-bed';
import { describeObstacles } from '../obstacles.suite';
import { describePutBack } from '../put-back.suite';
import { describeRandomObstacles } from '../random-obstacles.suite';
import { loggedReport } from '../walks.suite';

POSTGRESQL.describe(() =>
  describeObstacles(POSTGRESQL, {
    callsEach: 1,
    deferred: 'DEFERRABLE INITIALLY DEFERRED',
    connectionId: 'SELECT pg_backend_pid()',
    codeOfLocks: '55P03',
    codes: ['08006', '40001', '28000', '3D000'],
    finalCodes: ['42501', '53100'],
    failingTrigger: (table, code) => [
      `CREATE FUNCTION public.failing() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'not this time' USING ERRCODE = '${code}'; END $$`,
      `CREATE TRIGGER failing BEFORE DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION public.failing()`,
    ],
    ownSqlStates: ['APP01', '01004'],
    refusingTrigger: (key, sqlState) => [
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.session_key = '${key}' THEN RAISE EXCEPTION 'it stays' USING ERRCODE = '${sqlState}'; END IF;
          RETURN OLD;
        END $$`,
      'CREATE TRIGGER refuse BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION refuse()',
    ],
    lockTable: 'LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE',
    unlockTable: 'SELECT 1',
    waitShortly: '',
    waitAsBefore: '',
    brokenTrigger: (table) => [
      'CREATE TABLE public.archive (n int)',
      `CREATE FUNCTION public.broken() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO public.archive VALUES (1); RETURN OLD; END $$`,
      `CREATE TRIGGER broken BEFORE DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION public.broken()`,
    ],
  }),
);

POSTGRESQL.describe(() => describePutBack(POSTGRESQL));

POSTGRESQL.describe(() =>
  describeRandomObstacles(POSTGRESQL, {
    callsEach: 1,
    refuse: (keys) => [
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.session_key = ANY ('{${keys.join()}}') THEN RAISE EXCEPTION 'this one stays'; END IF;
          RETURN OLD;
        END $$`,
      'CREATE TRIGGER refuse BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION refuse()',
    ],
  }),
);

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  /** A trigger that keeps rows without a word. */
  async function keepWhere(condition: string): Promise<void> {
    await bed.query(`
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF ${condition} THEN RETURN NULL; END IF; RETURN OLD; END $$`);
    await bed.query(
      'CREATE TRIGGER keep BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION keep()',
    );
  }

  describe('a trigger that keeps rows without a word', () => {
    it('is told for thousands of one instant, and the rows behind them go', async () => {
      await bed.seed({ expired: 6000, live: 10 });
      await bed.query(
        `UPDATE django_session SET expire_date = '2020-01-01' WHERE expire_date < now() - interval '1 hour'`,
      );
      await bed.insert([{ sessionKey: 'behind', expireDate: '2021-01-01T00:00:00Z' }]);
      await keepWhere(`OLD.expire_date = '2020-01-01'`);

      const invoked = await bed.purge();

      const report = loggedReport(invoked);
      expect(report).toMatchObject({
        stopReason: 'failed',
        rowsDeleted: 1,
        tables: [
          {
            rowsSteppedOver: 6000,
            problem: expect.stringMatching(
              /^6000 rows of public.django_session could not be deleted \(the oldest row left behind expired at 2020-01-01T00:00:00.000Z\): .*trigger/,
            ),
          },
        ],
      });
      expect(report?.dataApiCalls).toBeLessThan(50);
    });

    it('is told for rows between others, which all go', async () => {
      await bed.seed({ expired: 6000, live: 10 });
      await keepWhere(`OLD.session_key ~ '^0'`);
      const [[kept = '']] = (await bed.query(
        `SELECT count(*) FROM django_session WHERE session_key ~ '^0' AND expire_date < now() - interval '1 hour'`,
      )) as [[string]];

      const invoked = await bed.purge();

      expect(await bed.left()).toEqual({ live: 10, expired: Number(kept) });
      expect(loggedReport(invoked)?.tables[0]?.rowsSteppedOver).toBe(Number(kept));
      expect(loggedReport(invoked)?.dataApiCalls).toBeLessThan(100);
    });
  });

  describe('a trigger that puts rows back', () => {
    /** Which rows it puts back, with what key and what time. */
    async function putBack(which: string, key: string, expireDate: string): Promise<void> {
      await bed.query(`
        CREATE FUNCTION put_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
          BEGIN INSERT INTO django_session VALUES (${key}, OLD.session_data, ${expireDate}); RETURN NULL; END $$`);
      await bed.query(
        `CREATE TRIGGER put_back AFTER DELETE ON django_session FOR EACH ROW WHEN (${which}) EXECUTE FUNCTION put_back()`,
      );
    }

    it.each([
      ['under its key', 'OLD.session_key'],
      ['under another key', 'md5(OLD.session_key)'],
    ])('at an instant of thousands is told, and the rows behind it go: %s', async (_how, key) => {
      await bed.seed({ expired: 6000, live: 10 });
      await bed.query(
        `UPDATE django_session SET expire_date = '2020-01-01' WHERE expire_date < now() - interval '1 hour'`,
      );
      await putBack("OLD.expire_date = '2020-01-01'", key, 'OLD.expire_date');
      await bed.insert([{ sessionKey: 'behind', expireDate: '2021-01-01T00:00:00Z' }]);

      const report = loggedReport(await bed.purge({ SESSION_PURGE_MAX_BATCH_SIZE: '500' }));

      expect(await bed.left()).toEqual({ live: 10, expired: 6000 });
      expect(await bed.keysLeft()).not.toContain('behind');
      expect(report).toMatchObject({
        tables: [
          { rowsSteppedOver: 6000, problem: expect.stringMatching(/^6000 rows .* came back as/) },
        ],
      });
      expect(report?.rowsDeleted).toBeLessThan(20_000);
    });

    it.each([
      ['at its instant', 'OLD.expire_date'],
      ['a day later', "least(OLD.expire_date + interval '1 day', now() - interval '2 hours')"],
      ['a day earlier', "OLD.expire_date - interval '1 day'"],
    ])('%s: the table is not called drained', async (_where, expireDate) => {
      await bed.seed({ expired: 3000, live: 10 });
      await putBack('true', 'OLD.session_key', expireDate);

      const report = loggedReport(await bed.purge(SHORT_WAITS));

      expect(report).toMatchObject({
        tables: [{ stopReason: 'failed', problem: expect.stringMatching(/trigger/) }],
      });
      expect(report?.rowsDeleted).toBeLessThan(120_000);
      expect(await bed.left()).toEqual({ live: 10, expired: 3000 });
    });
  });

  it.each([
    ['is rewritten', () => bed.query('VACUUM FULL django_session')],
    [
      'is replaced by a copy under its name',
      async () => {
        await bed.query(`
          BEGIN;
          CREATE TABLE copy (LIKE django_session INCLUDING ALL);
          INSERT INTO copy SELECT * FROM django_session ORDER BY expire_date DESC;
          ALTER TABLE django_session RENAME TO former;
          ALTER TABLE copy RENAME TO django_session;
          COMMIT`);
        await bed.grant({});
      },
    ],
  ])(
    'is drained although the table %s during the walk in the order of storage',
    async (_how, rewrite) => {
      await bed.seed({ expired: 30_000, live: 1000 });
      let stored = 0;
      const served = await bed.serve({
        async onCall({ input }) {
          if (!/^DELETE FROM ONLY .* ctid OPERATOR\(pg_catalog\.>\) /s.test(String(input.sql)))
            return undefined;
          stored += 1;
          if (stored === 4) await rewrite();
          return undefined;
        },
      });

      const { report, error } = await bed.purge(bed.environmentOf(served));

      expect(error).toBeUndefined();
      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 30_000 });
      expect(await bed.left()).toEqual({ live: 1000, expired: 0 });
    },
  );
});
