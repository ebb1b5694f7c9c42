import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { plainSql } from '../../support/sent-sql';
import { loggedReport } from '../walks.suite';

MYSQL.describe(() => {
  // The service stops a statement before the server's 50 s are over, as it does on AWS after 45 s.
  const bed = purgeBed(MYSQL, { statementTimeoutMs: 3000 });

  const deletesThatWaited = () =>
    bed.dataApi.calls.filter(
      ({ input, error }) => /^DELETE/.test(plainSql(input.sql)) && error !== undefined,
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

  it('all rows go that lie between rows that others hold, in a number of calls that is bounded', async () => {
    await bed.seed({ expired: 3000, live: 10 });
    const expired = 'SELECT session_key FROM django_session ORDER BY expire_date LIMIT 3000';
    const keys = (await bed.query(expired)).flat().map(String);
    const held = keys.filter((_, at) => (at >= 700 && at < 800 && at % 3 > 0) || at % 900 === 5);
    const application = await bed.begin(
      `SELECT * FROM django_session WHERE session_key IN (${held.map((key) => `'${key}'`)}) FOR UPDATE`,
    );

    const { report } = await bed.purge({ SESSION_PURGE_PAUSE_RATIO: '0' });
    const left = await bed.left();
    await application.end('COMMIT');

    expect(deletesThatWaited()).toHaveLength(1);
    expect(left).toEqual({ live: 10, expired: held.length });
    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 3000 - held.length });
    expect(report?.tables[0]).not.toHaveProperty('rowsNotTried');
    expect(report?.dataApiCalls).toBeLessThan(2 * 6 * held.length);
  }, 120_000);

  it('one of thousands of one instant leaves those behind it, of which none can be reached, in few calls, and all later ones go', async () => {
    await bed.seed({ expired: 20_000, live: 10, expiredOverDays: 0 });
    const later = Array.from({ length: 50 }, (_, at) => ({
      sessionKey: `later${at}`,
      expireDate: new Date(Date.now() - 5_400_000 + at),
    }));
    await bed.insert(later);
    const [[held = ''] = []] = await bed.query(
      "SELECT session_key FROM django_session WHERE session_key < 'l' ORDER BY session_key LIMIT 1 OFFSET 6000",
    );
    const application = await bed.begin(
      `SELECT * FROM django_session WHERE session_key = '${held}' FOR UPDATE`,
    );

    const report = loggedReport(await bed.purge());
    const { expired } = await bed.left();
    const keys = await bed.keysLeft();
    await application.end('COMMIT');

    expect(keys).not.toContain('later0');
    expect(report).toMatchObject({
      rowsDeleted: 20_050 - expired,
      tables: [
        {
          rowsNotTried: expired - 1,
          problem: expect.stringMatching(/were not tried .* because .* locked/),
        },
      ],
    });
    expect(report?.dataApiCalls).toBeLessThan(100);
  }, 120_000);
});

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL, { statementTimeoutMs: 1500 });

  it.each(['CASCADE', 'SET NULL'])(
    'rows of another table that go along cost few waits while others hold them: ON DELETE %s',
    async (action) => {
      await bed.seed({ expired: 3000, live: 10 });
      const expired = 'SELECT session_key FROM django_session ORDER BY expire_date LIMIT 3000';
      const keys = (await bed.query(expired)).flat().map(String);
      const held = [100, 700, 1500, 2900].map((place) => keys[place] as string);
      await bed.query(
        `CREATE TABLE profile (id int AUTO_INCREMENT PRIMARY KEY, session_key varchar(40), FOREIGN KEY (session_key) REFERENCES django_session (session_key) ON DELETE ${action})`,
      );
      await bed.query(
        `INSERT INTO profile (session_key) VALUES ${held.map((key) => `('${key}')`).join()}`,
      );
      const application = await bed.begin(
        `SELECT * FROM profile WHERE session_key IN (${held.map((key) => `'${key}'`)}) FOR UPDATE`,
      );

      const invoked = await bed.purge();
      const left = (await bed.query(expired)).flat().map(String);
      await application.end('COMMIT');

      const waits = bed.dataApi.calls.filter(
        ({ input, error }) => /^DELETE/.test(plainSql(input.sql)) && error !== undefined,
      );
      expect(left).toEqual(expect.arrayContaining(held));
      expect(waits.length).toBeLessThanOrEqual(8 + 3);
      expect(left.length).toBeLessThan(1500);
      expect(invoked.report ?? invoked.error).toBeDefined();
    },
    120_000,
  );
});
