import type { Invoked } from '../support/deployed-function';
import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';
import { plainSql } from '../support/sent-sql';

/** The report that a run logs, also where it fails. */
export const loggedReport = ({ log }: Invoked) => log.find((line) => line.report)?.report;

/** An application that keeps one row by SQL of its own; `reason` is what the database says. */
export interface Obstacle {
  readonly why: string;
  /** Puts something in the way of the session with this key. */
  readonly keep: (key: string) => readonly string[];
  readonly reason: RegExp;
}

export const FOREIGN_KEY: Obstacle = {
  why: 'since another table refers to it',
  keep: (key) => [
    `CREATE TABLE profile (session_key varchar(40), CONSTRAINT profile_session FOREIGN KEY (session_key) REFERENCES django_session (session_key))`,
    `INSERT INTO profile VALUES ('${key}')`,
  ],
  reason: /profile_session/,
};

/** How a table is walked, and what becomes of what is in the way. */
export function describeWalks(engine: Engine, trigger: Obstacle): void {
  const bed = purgeBed(engine);

  it('has no batch of more rows than allowed, nor more than asked for in all', async () => {
    await bed.seed({ expired: 20_000, live: 100 });

    const { report } = await bed.purge({ SESSION_PURGE_MAX_BATCH_SIZE: '700' }, { maxRows: 9001 });

    expect(report).toMatchObject({ rowsDeleted: 9001, stopReason: 'row-limit' });
    expect(await bed.left()).toEqual({ live: 100, expired: 20_000 - 9001 });
    const limits = bed.deletes().map((sql) => Number(/LIMIT (\d+)/.exec(sql)?.[1]));
    expect(Math.max(...limits)).toBeLessThanOrEqual(700);
    expect(Math.max(...limits)).toBeGreaterThan(500);
  });

  it('deletes what an old snapshot still sees', async () => {
    await bed.seed({ expired: 20_000, live: 1000 });
    const count = 'SELECT COUNT(*) FROM django_session';
    const reader = await bed.begin(...engine.snapshot, count);

    const { report } = await bed.purge();
    const [[seen] = []] = await reader.query(count);
    await reader.end('ROLLBACK');

    expect(report).toMatchObject({
      rowsDeleted: 20_000,
      stopReason: 'drained',
      tables: [{ walk: engine.backlogWalk }],
    });
    expect(Number(seen)).toBe(21_000);
  });

  it('goes on where the time ran out, in the next run', async () => {
    await bed.seed({ expired: 20_000, live: 100 });
    const env = { SESSION_PURGE_MAX_BATCH_SIZE: '500', SESSION_PURGE_PAUSE_RATIO: '20' };

    const cut = await bed.deploy(env, 5000).invoke();
    const rest = await bed.purge();

    expect(cut.report?.stopReason).toBe('time-budget');
    expect(cut.report?.tables[0]?.oldestExpired).not.toBeNull();
    expect((cut.report?.rowsDeleted ?? 0) + (rest.report?.rowsDeleted ?? 0)).toBe(20_000);
    expect(await bed.left()).toEqual({ live: 100, expired: 0 });
  });

  describe('a row that may not go', () => {
    it.each([FOREIGN_KEY, trigger])(
      '$why, stays and is told; all else goes',
      async ({ keep, reason }) => {
        await bed.seed({ expired: 1500, live: 10 });
        const [[key = ''] = []] = await bed.query(
          'SELECT session_key FROM django_session ORDER BY expire_date LIMIT 1 OFFSET 700',
        );
        for (const statement of keep(key)) await bed.query(statement);

        const invoked = await bed.purge();

        expect(invoked.error?.errorMessage).toContain(
          `1 row of ${bed.reported()} could not be deleted (it expired at `,
        );
        expect(invoked.error?.errorMessage).toMatch(
          /^1 row of \S+ could not be deleted \(it expired at .*Z\): /,
        );
        expect(invoked.error?.errorMessage).toMatch(reason);
        expect(loggedReport(invoked)).toMatchObject({
          stopReason: 'failed',
          rowsDeleted: 1499,
          tables: [{ stopReason: 'failed', rowsSteppedOver: 1 }],
        });
        expect(await bed.left()).toEqual({ live: 10, expired: 1 });
      },
    );
  });

  it('ends the table after a few calls when every delete is refused', async () => {
    await bed.seed({ expired: 9, live: 1 });
    const message =
      'Database returned SQL exception: refused; SQLState: 45000; Error code: 1644; no delete today';
    const faulty = await bed.serve({
      onCall: ({ input }) =>
        /\bDELETE FROM/.test(plainSql(input.sql))
          ? { answer: { error: 'DatabaseErrorException', message } }
          : undefined,
    });

    const invoked = await bed.purge(bed.environmentOf(faulty));

    expect(invoked.error?.errorMessage).toContain('no delete today');
    expect(loggedReport(invoked)).toMatchObject({ stopReason: 'failed', rowsDeleted: 0 });
    expect(loggedReport(invoked)?.dataApiCalls).toBeLessThan(60);
    expect(await bed.left()).toEqual({ live: 1, expired: 9 });
  });
}
