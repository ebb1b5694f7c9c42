import { checkUp } from '../../support/checkup';
import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';

const LONG_AGO = '2020-07-11T19:20:40Z';

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL);

  describe('the local time of Django without USE_TZ', () => {
    /** What Django writes as the expiry of a session, in its own local time. */
    async function stored(...expireDates: string[]): Promise<void> {
      const rows = expireDates.map((expireDate) => ({
        sessionKey: expireDate,
        expireDate: `${expireDate.replace(' ', 'T')}Z`,
      }));
      await bed.insert(rows);
    }

    it.each([
      ['America/Los_Angeles', '2026-07-12T07:00:00Z', '2026-07-11 23:59:59', '2026-07-12 00:00:00'],
      ['Asia/Kolkata', '2026-07-12T07:00:00Z', '2026-07-12 12:29:59', '2026-07-12 12:30:00'],
      ['UTC', '2026-07-12T07:00:00Z', '2026-07-12 06:59:59', '2026-07-12 07:00:00'],
      // The clocks go back from 02:00 to 01:00 at 01:00Z: half past one comes again.
      ['Europe/Lisbon', '2025-10-26T00:45:00Z', '2025-10-26 00:59:59', '2025-10-26 01:00:00'],
      ['Europe/Lisbon', '2025-10-26T01:45:00Z', '2025-10-26 01:44:59', '2025-10-26 01:45:00'],
      // They go forward from 01:00 to 02:00 at 01:00Z: half past one never comes.
      ['Europe/Lisbon', '2026-03-29T01:00:00Z', '2026-03-29 01:30:00', '2026-03-29 02:00:00'],
    ])('in %s at %s takes %s and keeps %s', async (zone, cutoff, gone, kept) => {
      await stored(gone, kept);

      const { report } = await bed.purge({ SESSION_PURGE_TIME_ZONE: zone }, { cutoff });

      expect(report).toMatchObject({ cutoff: new Date(cutoff).toISOString(), rowsDeleted: 1 });
      expect(await bed.keysLeft()).toEqual([kept]);
    });

    it('is told as the instant that it is', async () => {
      await stored('2026-07-11 17:00:00');

      const { report } = await bed.purge(
        { SESSION_PURGE_TIME_ZONE: 'America/Los_Angeles' },
        { cutoff: '2026-07-12T01:00:00Z', dryRun: true },
      );

      expect(report?.tables[0]).toMatchObject({
        oldestExpired: '2026-07-12T00:00:00.000Z',
        backlogAgeSeconds: 3600,
      });
    });
  });

  describe('without a time zone', () => {
    const NO_ZONE = { SESSION_PURGE_TIME_ZONE: '' };
    const PROBLEM =
      'SESSION_PURGE_TIME_ZONE is not set, and on MySQL an expire_date has no zone of its own';
    const REMEDY =
      'look at Django\'s settings (python manage.py diffsettings --all | grep -E "^(### )?(USE_TZ|TIME_ZONE) "): with USE_TZ = True set timeZone to UTC, unless the database\'s entry in DATABASES has a TIME_ZONE of its own: then to that; with USE_TZ = False to TIME_ZONE';

    it.each([
      ['a run', {}],
      ['a dry run', { dryRun: true }],
      ['a run with a cutoff of its own', { cutoff: '2021-01-01T00:00:00Z' }],
    ])('refuses %s, and deletes nothing', async (_what, event) => {
      await bed.insert([{ sessionKey: 'old', expireDate: LONG_AGO }]);

      const { error } = await bed.purge(NO_ZONE, event);

      expect(error).toMatchObject({
        errorType: 'SettingsError',
        errorMessage: `settings: ${PROBLEM}; nothing was deleted; ${REMEDY}`,
      });
      expect(bed.deletes()).toEqual([]);
      expect(await bed.keysLeft()).toEqual(['old']);
    });

    it('refuses a run on an empty table, too, and counts it as a failure', async () => {
      const { error, metrics } = await bed.purge(NO_ZONE);

      expect(error?.errorType).toBe('SettingsError');
      expect(metrics[0]?.metrics).toMatchObject({ Failures: '1 Count', Successes: '0 Count' });
    });

    it('fails a check-up in the same words, which looks at all else', async () => {
      await bed.insert([{ sessionKey: 'old', expireDate: LONG_AGO }]);

      const { report, finding, inState } = await checkUp(bed, NO_ZONE);

      expect(report.verdict).toBe('failing');
      expect(finding('time zone')).toMatchObject({
        state: 'failing',
        detail: PROBLEM,
        fix: REMEDY,
      });
      expect(inState('failing')).toEqual(['time zone']);
      expect(inState('ok')).toEqual(expect.arrayContaining(['table', 'columns', 'rights']));
      expect(finding('backlog')).toMatchObject({ state: 'unknown', detail: PROBLEM });
    });
  });

  describe('a time zone that looks wrong', () => {
    const DAY_MS = 86_400_000;
    const TOKYO = { SESSION_PURGE_TIME_ZONE: 'Asia/Tokyo' };
    const TOLD =
      'the newest session expires in 13 d 15 h; if it was saved just now and cookies last 14 days, timeZone (Asia/Tokyo) is 9 h off and sessions are deleted too early';

    /** As on a site with USE_TZ = True, on which somebody logged in a second ago. */
    const oneSaved = () =>
      bed.insert([
        { sessionKey: 'old', expireDate: LONG_AGO },
        { sessionKey: 'new', expireDate: new Date(Date.now() + 14 * DAY_MS - 1000) },
      ]);

    it.each([
      ['a run', {}],
      ['a dry run', { dryRun: true }],
    ])('is told by %s', async (_what, event) => {
      await oneSaved();

      const { report, log } = await bed.purge(TOKYO, event);

      const [warning = ''] = report?.warnings ?? [];
      expect(warning.startsWith(`${TOLD}; look at Django's settings`)).toBe(true);
      expect(log).toContainEqual(expect.objectContaining({ level: 'WARN', message: warning }));
    });

    it('is told by a check-up', async () => {
      await oneSaved();

      const { report, finding } = await checkUp(bed, TOKYO);

      expect(report.verdict).toBe('warning');
      expect(finding('time zone')).toMatchObject({
        state: 'warning',
        detail: TOLD,
        fix: expect.stringContaining('diffsettings'),
      });
    });

    it('is not told of the right one, but how far ahead the newest session is', async () => {
      await oneSaved();

      const { finding } = await checkUp(bed);
      const { report } = await bed.purge();

      expect(report).not.toHaveProperty('warnings');
      expect(report?.newestExpiresInSeconds).toBeGreaterThan(13.99 * 86_400);
      expect(finding('time zone')).toMatchObject({
        state: 'ok',
        detail: 'expire_date is read in UTC; the newest session expires in 14 d',
      });
    });

    it('cannot be told without a session', async () => {
      const { finding } = await checkUp(bed, TOKYO);

      expect(finding('time zone')).toMatchObject({
        state: 'ok',
        detail: 'expire_date is read in Asia/Tokyo; there is no session to compare with',
      });
    });

    it.each([
      'DROP INDEX django_session_expire_date_a5c62663 ON django_session',
      "REVOKE DELETE ON django_session FROM 'purger'@'%'",
    ])('is unknown where no session was asked for: %s', async (statement) => {
      await oneSaved();
      await bed.query(statement);

      const { finding } = await checkUp(bed, TOKYO);

      expect(finding('time zone')).toMatchObject({
        state: 'unknown',
        detail:
          'expire_date is read in Asia/Tokyo; no session was asked for, since a run leaves the table alone',
      });
    });
  });

  // MariaDB makes zeros of a date with a month of zero in a derived table where its mode has NO_ZERO_IN_DATE.
  it.each([
    ['0000-00-00', 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'],
    ['1999-00-15', 'STRICT_TRANS_TABLES,NO_ZERO_DATE'],
    ['1999-05-00', 'STRICT_TRANS_TABLES,NO_ZERO_DATE'],
  ])(
    "deletes rows with a date of zeros, which MySQL's own mode refuses, and all rows after them: %s",
    async (zeros, mode) => {
      const old = ['a', 'b', 'c'].map((sessionKey) => ({ sessionKey, expireDate: LONG_AGO }));
      const expireDate = new Date(Date.now() + 86_400_000);
      await bed.insert([...old, { sessionKey: 'd', expireDate }]);
      await bed.query(`
      SET STATEMENT sql_mode = '' FOR
      UPDATE django_session SET expire_date = '${zeros}' WHERE session_key IN ('a', 'b')`);
      const [[before] = []] = await bed.query('SELECT @@GLOBAL.sql_mode');
      await bed.query(`SET GLOBAL sql_mode = '${mode}'`);

      const { report, error } = await bed
        .purge({ SESSION_PURGE_MAX_BATCH_SIZE: '1' })
        .finally(() => bed.query(`SET GLOBAL sql_mode = '${before}'`));

      expect(error).toBeUndefined();
      expect(report).toMatchObject({
        stopReason: 'drained',
        rowsDeleted: 3,
        tables: [{ oldestExpired: null }],
      });
      expect(await bed.keysLeft()).toEqual(['d']);
    },
  );

  it('tells of rows that a trigger refuses among dates with a month of zero', async () => {
    await bed.seed({ expired: 300, live: 10 });
    const rows = await bed.query('SELECT session_key FROM django_session ORDER BY expire_date');
    const keys = rows.flat().map((key) => `'${key}'`);
    const change = (zeros: string, of: readonly string[]) =>
      `UPDATE django_session SET expire_date = '${zeros}' WHERE session_key IN (${of})`;
    const site = await bed.begin(
      "SET SESSION sql_mode = ''",
      change('2020-00-00', keys.slice(0, 100)),
      change('2020-00-15 01:00:00', keys.slice(100, 200)),
    );
    await site.end('COMMIT');
    await bed.query(`
      CREATE TRIGGER refuse BEFORE DELETE ON django_session FOR EACH ROW
      IF OLD.session_key = ${keys[50]} THEN SIGNAL SQLSTATE '45000'; END IF`);

    const { log } = await bed.purge({ SESSION_PURGE_MAX_BATCH_SIZE: '30' });

    // All dates with a month of zero count as of one instant, so that a row beside may be taken for one that stays.
    expect(log.at(-1)?.report).toMatchObject({
      tables: [{ stopReason: 'failed', problem: expect.stringContaining('could not be deleted') }],
    });
    expect((await bed.keysLeft()).length).toBeLessThanOrEqual(10 + 2);
  });
});
