import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';

const LONG_AGO = '2020-07-11T19:20:40Z';
const CUTOFF = '2020-07-12T23:00:36.123Z';

const RENEW = `
  UPDATE django_session SET expire_date = CURRENT_TIMESTAMP + INTERVAL '14' DAY
  WHERE session_key = 'renewed'`;

/** What becomes of sessions that are alive, or that the application keeps alive. */
export function describeLiveSessions(engine: Engine): void {
  const bed = purgeBed(engine);

  describe('a session that the application renews while its batch runs', () => {
    beforeEach(() =>
      bed.insert([
        { sessionKey: 'renewed', expireDate: LONG_AGO },
        { sessionKey: 'expired', expireDate: LONG_AGO },
      ]),
    );

    it('survives, and the other rows go', async () => {
      const application = await bed.begin(RENEW);

      const run = bed.purge();
      await bed.untilOneWaits(run);
      await application.end('COMMIT');
      const { report } = await run;

      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
      expect(await bed.keysLeft()).toEqual(['renewed']);
    });

    it('is lost by the usual recipe: this test can tell', async () => {
      const application = await bed.begin(RENEW);

      const recipe = engine.usualRecipe(bed);
      await bed.untilOneWaits(recipe);
      await application.end('COMMIT');
      await recipe;

      expect(await bed.keysLeft()).toEqual([]);
    });

    it('goes with the rest when the renewal is taken back', async () => {
      const application = await bed.begin(RENEW);

      const during = bed.purge();
      await bed.untilOneWaits(during);
      await application.end('ROLLBACK');
      const first = await during;
      const second = await bed.purge();

      const deleted = [first, second].map(({ report }) => report?.rowsDeleted ?? Number.NaN);
      expect(deleted.reduce((sum, rows) => sum + rows)).toBe(2);
      expect(await bed.keysLeft()).toEqual([]);
    });
  });

  /** MySQL may take back the renewal of an expired row, or its delete, where both reach it by different indexes. */
  function unlessDeadlock(error: unknown): null {
    if (/^Deadlock found/.test(String((error as Error).message))) return null;
    throw error;
  }

  it('loses no session of an application that renews at random all through a purge', async () => {
    await bed.seed({ expired: 60_000 });
    const keys = await bed.keysLeft();
    const small = bed.deploy({ SESSION_PURGE_MAX_BATCH_SIZE: '500' });
    let isPurging = true;
    const renewed: string[] = [];
    const renewAtRandom = async () => {
      while (isPurging) {
        const key = keys[Math.floor(Math.random() * keys.length)];
        const renewal = bed.begin(`
          UPDATE django_session SET expire_date = CURRENT_TIMESTAMP + INTERVAL '14' DAY
          WHERE session_key = '${key}' AND expire_date < CURRENT_TIMESTAMP`);
        const application = await renewal.catch(unlessDeadlock);
        if (application === null) continue;
        const rows = await application.query(
          `SELECT session_key FROM django_session WHERE session_key = '${key}'`,
        );
        await application.end('COMMIT');
        renewed.push(...rows.flat());
      }
    };

    const renewals = Array.from({ length: 4 }, renewAtRandom);
    const { report, error } = await small.invoke().finally(() => {
      isPurging = false;
    });
    await Promise.all(renewals);

    expect(error).toBeUndefined();
    expect(renewed.length).toBeGreaterThan(100);
    const left = new Set(await bed.keysLeft());
    expect(renewed.filter((key) => !left.has(key))).toEqual([]);
    expect(report?.rowsDeleted).toBeGreaterThan(10_000);
  });

  describe('the cutoff', () => {
    it('parts the sessions to the microsecond', async () => {
      await bed.insert([
        { sessionKey: 'a microsecond before', expireDate: '2020-07-12T23:00:36.122999Z' },
        { sessionKey: 'at the cutoff', expireDate: '2020-07-12T23:00:36.123000Z' },
        { sessionKey: 'a microsecond after', expireDate: '2020-07-12T23:00:36.123001Z' },
      ]);

      const { report } = await bed.purge({}, { cutoff: CUTOFF });

      expect(report).toMatchObject({ cutoff: CUTOFF, rowsDeleted: 1 });
      expect(await bed.keysLeft()).toEqual(['a microsecond after', 'at the cutoff']);
    });

    it('is an hour before the time of the database unless it is given', async () => {
      await bed.insert([
        { sessionKey: 'gone', expireDate: LONG_AGO },
        { sessionKey: 'kept', expireDate: LONG_AGO },
      ]);
      for (const [key, minutes] of [
        ['gone', 61],
        ['kept', 59],
      ])
        await bed.query(`
          UPDATE django_session SET expire_date = CURRENT_TIMESTAMP - INTERVAL '${minutes}' MINUTE
          WHERE session_key = '${key}'`);

      await bed.purge();

      expect(await bed.keysLeft()).toEqual(['kept']);
    });

    it('may not lie in the future of the database', async () => {
      await bed.insert([{ sessionKey: 'live', expireDate: '2096-01-01T00:00:00Z' }]);

      const { error } = await bed.purge({}, { cutoff: '2097-01-01T00:00:00Z' });

      expect(error).toMatchObject({
        errorType: 'RequestError',
        errorMessage: expect.stringMatching(
          /^cutoff must not lie ahead of the database's clock \(.*\), got 2097-01-01T00:00:00.000Z; nothing was deleted$/,
        ),
      });
      expect(await bed.keysLeft()).toEqual(['live']);
    });
  });
}
