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

  it("deletes rows with a date of zeros, which MySQL's own mode refuses, and all rows after them", async () => {
    const old = ['a', 'b', 'c'].map((sessionKey) => ({ sessionKey, expireDate: LONG_AGO }));
    const expireDate = new Date(Date.now() + 86_400_000);
    await bed.insert([...old, { sessionKey: 'd', expireDate }]);
    await bed.query(`
      SET STATEMENT sql_mode = '' FOR
      UPDATE django_session SET expire_date = '0000-00-00' WHERE session_key IN ('a', 'b')`);
    const [[before] = []] = await bed.query('SELECT @@GLOBAL.sql_mode');
    await bed.query(`SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'`);

    const { report } = await bed
      .purge({ SESSION_PURGE_MAX_BATCH_SIZE: '1' })
      .finally(() => bed.query(`SET GLOBAL sql_mode = '${before}'`));

    expect(report).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: 3,
      tables: [{ oldestExpired: null }],
    });
    expect(await bed.keysLeft()).toEqual(['d']);
  });
});
