import { checkUp } from '../../support/checkup';
import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';

const EXPIRED = { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' };
const LIVE = { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' };

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  beforeEach(() => bed.insert([EXPIRED, LIVE]));

  const purge = (event?: unknown) => bed.purge({}, event);

  describe('times', () => {
    it.each([
      'Asia/Kolkata',
      'Europe/Paris',
      'America/Sao_Paulo',
      'Europe/Amsterdam',
      'America/Mexico_City',
    ])(
      'are read where the database has the zone %s, whose offset once had seconds',
      async (zone) => {
        await bed.query(`ALTER DATABASE ${bed.database} SET timezone = '${zone}'`);
        await bed.insert([{ sessionKey: 'ancient', expireDate: '1900-01-01T00:00:00Z' }]);

        const { report, error } = await purge();

        expect(error).toBeUndefined();
        expect(report).toMatchObject({ rowsDeleted: 2, stopReason: 'drained' });
      },
    );

    it.each(['-infinity', '0044-03-15 12:00:00 BC', '12026-01-01 00:00:00', 'infinity'])(
      'are read at the ends of the calendar: %s',
      async (expireDate) => {
        await bed.query(`ALTER DATABASE ${bed.database} SET timezone = 'Asia/Kolkata'`);
        await bed.insert([{ sessionKey: 'odd', expireDate }]);

        const { report, error } = await purge();
        const counted = (await purge({ dryRun: true })).report;

        expect(error).toBeUndefined();
        expect(report?.rowsDeleted).toBe(/BC|-inf/.test(expireDate) ? 2 : 1);
        expect(counted?.tables).toMatchObject([{ rowsExpired: 0 }]);
      },
    );

    it('are read where a backslash in a text is no letter', async () => {
      await bed.query(`ALTER DATABASE ${bed.database} SET standard_conforming_strings = off;
        ALTER TABLE django_session REPLICA IDENTITY FULL;
        CREATE PUBLICATION pub FOR TABLE django_session WHERE (session_data <> 'x')`);

      const { finding } = await checkUp(bed);
      const { report, error } = await purge();

      expect(finding('publications (public.django_session)')).toMatchObject({ state: 'ok' });
      expect(finding('clocks')).toMatchObject({ state: 'ok' });
      expect(error).toBeUndefined();
      expect(report).toMatchObject({ rowsDeleted: 1, stopReason: 'drained' });
    });
  });
});
