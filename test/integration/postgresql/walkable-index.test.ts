import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';

const EXPIRED = { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' };
const LIVE = { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' };

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  beforeEach(() => bed.insert([EXPIRED, LIVE]));

  const purge = () => bed.purge();

  describe('an index that cannot be walked', () => {
    const NAMED =
      /has no index that can be walked along expire_date \(it cannot\): each run reads the whole table; as the owner of the table \("postgres"\): CREATE INDEX CONCURRENTLY ON public.django_session \(expire_date\)$/;

    it.each([
      ['a hash', 'USING hash (expire_date)'],
      ['block ranges', 'USING brin (expire_date)'],
      ['NULLs at the wrong end', '(expire_date NULLS FIRST)'],
      ['NULLs at the wrong end of a descending one', '(expire_date DESC NULLS LAST)'],
      ['a part of the rows', `(expire_date) WHERE session_key <> ''`],
    ])('counts as none: %s', async (_what, definition) => {
      await bed.query('DROP INDEX django_session_expire_date_a5c62663');
      await bed.query(`CREATE INDEX it ON django_session ${definition}`);

      const { report } = await purge();

      expect(report).toMatchObject({
        rowsDeleted: 1,
        stopReason: 'drained',
        warnings: [expect.stringMatching(NAMED)],
      });
      expect(report?.tables).toMatchObject([{ walk: 'storage' }]);
    });

    it('is one whose making failed', async () => {
      await bed.query(`UPDATE pg_index SET indisvalid = false
        WHERE indexrelid = 'django_session_expire_date_a5c62663'::regclass`);

      expect((await purge()).report).toMatchObject({
        warnings: [expect.stringMatching(/_a5c62663 cannot\)/)],
      });
    });

    it.each([
      '(expire_date DESC)',
      '(expire_date, session_key)',
      '(expire_date) INCLUDE (session_key)',
    ])('is none of these: %s', async (definition) => {
      await bed.query('DROP INDEX django_session_expire_date_a5c62663');
      await bed.query(`CREATE INDEX it ON django_session ${definition}`);

      const { report } = await purge();

      expect(report).toMatchObject({ rowsDeleted: 1, stopReason: 'drained' });
      expect(report).not.toHaveProperty('warnings');
      expect(report?.tables).toMatchObject([{ walk: 'index' }]);
    });

    it('keeps no large table from being purged', async () => {
      await bed.query('DROP INDEX django_session_expire_date_a5c62663');
      await bed.seed({ expired: 20_000, live: 2_000 });
      await bed.query(`ALTER ROLE purger IN DATABASE ${bed.database} SET statement_timeout = '1s'`);

      const { report } = await purge();

      expect(report).toMatchObject({ rowsDeleted: 20_001, stopReason: 'drained' });
    });
  });
});
