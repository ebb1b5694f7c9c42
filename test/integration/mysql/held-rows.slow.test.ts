import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';

MYSQL.describe(() => {
  // The service stops a statement before the server's 50 s are over, as it does on AWS after 45 s.
  const bed = purgeBed(MYSQL, { statementTimeoutMs: 3000 });

  const deletesThatWaited = () =>
    bed.dataApi.calls.filter(
      ({ input, error }) => /^DELETE/.test(String(input.sql)) && error !== undefined,
    );

  it.each([[[700]], [[100, 700, 1500, 2900]]])(
    'rows that others hold for long cost one wait in all: %j',
    async (places) => {
      await bed.seed({ expired: 3000, live: 10 });
      const expired = 'SELECT session_key FROM django_session ORDER BY expire_date LIMIT 3000';
      const keys = (await bed.query(expired)).flat();
      const held = places.map((place) => String(keys[place]));
      const application = await bed.begin(
        `SELECT * FROM django_session WHERE session_key IN (${held.map((key) => `'${key}'`)}) FOR UPDATE`,
      );

      const { report } = await bed.purge();
      await application.end('COMMIT');

      expect(deletesThatWaited()).toHaveLength(1);
      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 3000 - held.length });
      expect((await bed.query(expired)).flat()).toEqual(expect.arrayContaining(held));
    },
    120_000,
  );
});
