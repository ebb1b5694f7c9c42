import type { Engine } from '../support/engines';
import { SHORT_WAITS } from '../support/fast-clock';
import { purgeBed } from '../support/purge-bed';
import { loggedReport } from './walks.suite';

const EXPIRED = "expire_date < CURRENT_TIMESTAMP - INTERVAL '1' HOUR";

/** Rows that another session puts back while they are deleted. */
export function describePutBack(engine: Engine): void {
  const bed = purgeBed(engine);

  /** A service before each call of which somebody puts back what is missing of the rows that were there. */
  async function serveWithPutBack(before = '') {
    await bed.query(`CREATE TABLE copied AS SELECT * FROM django_session WHERE ${EXPIRED}`);
    await bed.query('CREATE INDEX copied_key ON copied (session_key)');
    const served = await bed.serve({
      async onCall() {
        await bed.query(
          `INSERT INTO django_session SELECT session_key, session_data, expire_date${before} FROM copied
            WHERE NOT EXISTS (SELECT 1 FROM django_session s WHERE s.session_key = copied.session_key)`,
        );
        return undefined;
      },
    });
    return bed.environmentOf(served);
  }

  it('at an instant of more rows than a batch: it is left behind, and all others go', async () => {
    await bed.seed({ expired: 4000, live: 10, expiredOverDays: 0 });
    const env = await serveWithPutBack();
    const others = Array.from({ length: 50 }, (_, at) => ({
      sessionKey: `later${at}`,
      expireDate: new Date(Date.now() - 7_200_000 + at).toISOString(),
    }));
    await bed.query(`UPDATE django_session SET expire_date = '2020-01-01' WHERE ${EXPIRED}`);
    await bed.query("UPDATE copied SET expire_date = '2020-01-01'");
    await bed.insert(others);

    const invoked = await bed.purge({ ...env, SESSION_PURGE_MAX_BATCH_SIZE: '500' });

    const report = loggedReport(invoked);
    expect(await bed.left()).toEqual({ live: 10, expired: 4000 });
    expect(report).toMatchObject({
      tables: [
        {
          stopReason: 'failed',
          rowsSteppedOver: 4000,
          problem: expect.stringMatching(/^4000 rows of .* came back as .* look for a trigger/),
        },
      ],
    });
    expect(report?.rowsDeleted).toBeLessThan(3 * 4000);
  });

  it.each([
    ['at their instants', ''],
    ['an hour earlier', " - INTERVAL '1' HOUR"],
  ])('%s: the table is not called drained, and is walked a few times', async (_where, before) => {
    await bed.seed({ expired: 3000, live: 10 });
    const env = await serveWithPutBack(before);

    const report = loggedReport(await bed.purge({ ...env, ...SHORT_WAITS }));

    expect(report).toMatchObject({
      tables: [{ stopReason: 'failed', problem: expect.stringMatching(/come back or are added/) }],
    });
    expect(report?.rowsDeleted).toBeLessThan(5 * 3000);
    expect(report?.dataApiCalls).toBeLessThan(60);
  });
}
