import type { Bounds, PurgeEstimate, PurgeReport } from '../../contract/report';
import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';

const ONE_INSTANT = 100_000;

/** A machine that is busy with something else for a moment misleads a dry run, but not three in a row. */
const ROUNDS = 3;

/** What a purge took, where that is not within what was foreseen of it. */
function notForeseen(foreseen: PurgeEstimate, report: PurgeReport): [Bounds, number][] {
  const { batches, dataApiCalls, shortestMs, longestMs } = foreseen;
  const all: [Bounds, number][] = [
    [batches, report.batches],
    [dataApiCalls, report.dataApiCalls],
    [{ least: shortestMs, most: longestMs }, report.durationMs],
  ];
  return all.filter(([{ least, most }, taken]) => taken < least || taken > most);
}

/** What becomes of backlogs of any size. */
export function describeBacklog(engine: Engine): void {
  const bed = purgeBed(engine);

  async function countLeft(): Promise<number> {
    const { live, expired } = await bed.left();
    return live + expired;
  }

  it.each([
    ['one row more than the limit in two batches', 101, 2],
    ['as many rows as the limit in one', 100, 1],
  ])('takes %s', async (_promise, expired, batches) => {
    await bed.seed({ expired, expiredOverDays: 1000 });

    const { report } = await bed.purge({ SESSION_PURGE_MAX_BATCH_SIZE: '100' });

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: expired, batches });
  });

  it('takes many sessions of one instant in batches, and no other', async () => {
    await bed.seed({ expired: ONE_INSTANT, live: 1000, expiredOverDays: 0 });
    await bed.insert([{ sessionKey: 'in the grace period', expireDate: new Date() }]);

    const { report } = await bed.purge({ SESSION_PURGE_MAX_BATCH_SIZE: '5000' });

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: ONE_INSTANT });
    const limits = bed.deletes().flatMap((sql) => /(?<=LIMIT )\d+/.exec(sql) ?? []);
    expect(Math.max(...limits.map(Number))).toBeLessThanOrEqual(5000);
    expect(await bed.left()).toEqual({ live: 1000, expired: 0 });
    expect(await bed.keysLeft()).toContain('in the grace period');
  });

  it('looks without deleting, then purges on schedule, and says which engine it found', async () => {
    await bed.seed({ expired: 3000, live: 300, expiredOverDays: 900 });

    const dry = await bed.purge({}, { dryRun: true });
    const afterDryRun = await countLeft();
    const real = await bed.purge();

    expect(dry.report).toMatchObject({ tables: [{ rowsExpired: 3000, rowsDeleted: 0 }] });
    expect(afterDryRun).toBe(3300);
    expect(real.report).toMatchObject({
      engine: engine.name.toLowerCase(),
      stopReason: 'drained',
      rowsDeleted: 3000,
      tables: [{ table: bed.reported(), oldestExpired: null, backlogAgeSeconds: 0 }],
    });
    expect(await bed.left()).toEqual({ live: 300, expired: 0 });
  });

  it('counts all of a backlog without touching it', async () => {
    await bed.seed({ expired: 150_000, live: 10_000 });

    const { report } = await bed.purge({}, { dryRun: true });

    const [table] = report?.tables ?? [];
    expect(report).toMatchObject({ dryRun: true, stopReason: 'dry-run', rowsDeleted: 0 });
    expect(table).toMatchObject({ rowsExpired: 150_000 });
    expect(table).not.toHaveProperty('rowsExpiredCapped');
    expect(await countLeft()).toBe(160_000);
  });

  it.each([
    [0, 100, '50000'],
    [1, 100, '50000'],
    [100, 0, '50000'],
    [5000, 2000, '50000'],
    [60_000, 0, '50000'],
    [300_000, 30_000, '50000'],
    [20_000, 300_000, '50000'],
    [10_000, 100, '100'],
  ])(
    'foresees a purge of %i rows among %i live ones, at most %s at once',
    async (rows, live, most) => {
      const settings = { SESSION_PURGE_MAX_BATCH_SIZE: most };
      const rounds = [];
      for (let seeded = live; rounds.length < ROUNDS; seeded = 0) {
        await bed.seed({ expired: rows, live: seeded });

        const dry = await bed.purge(settings, { dryRun: true });
        const report = (await bed.purge(settings)).report as PurgeReport;

        expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: rows });
        const missed = notForeseen(dry.report?.estimate as PurgeEstimate, report);
        if (missed.length === 0) return;
        rounds.push(missed);
      }
      expect(rounds).toEqual([]);
    },
  );

  it('deletes no more rows than the event allows', async () => {
    await bed.seed({ expired: 5000 });

    const { report } = await bed.purge({}, { maxRows: 1234 });

    expect(report).toMatchObject({ stopReason: 'row-limit', rowsDeleted: 1234 });
    expect(await countLeft()).toBe(5000 - 1234);
  });

  it('stops in time, says so, and the next run goes on', async () => {
    await bed.seed({ expired: 20_000, expiredOverDays: 30 });
    const slow = { SESSION_PURGE_MAX_BATCH_SIZE: '100', SESSION_PURGE_TARGET_BATCH_MS: '50' };
    // The run keeps three seconds of these for the report.
    const hurried = bed.deploy({ ...slow, SESSION_PURGE_PAUSE_RATIO: '20' }, 5000);
    await hurried.invoke({ dryRun: true });

    const first = await hurried.invoke();
    const second = await bed.purge();

    expect(first.report).toMatchObject({ stopReason: 'time-budget' });
    expect(first.report?.rowsDeleted).toBeGreaterThan(0);
    expect(first.report?.tables[0]?.backlogAgeSeconds).toBeGreaterThan(0);
    expect(first.metrics[0]?.metrics).toMatchObject({
      TimeBudgetExhausted: '1 Count',
      Failures: '0 Count',
    });
    expect(second.report).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: 20_000 - (first.report?.rowsDeleted ?? 0),
    });
    expect(await countLeft()).toBe(0);
  });

  it('makes no call but those that open the database when there is nothing to do', async () => {
    await bed.seed({ expired: 0, live: 100 });

    const { report } = await bed.purge();

    expect(report).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: 0,
      dataApiCalls: engine.callsToOpen,
    });
    expect(bed.dataApi.calls).toHaveLength(engine.callsToOpen);
  });

  it('purges to the end while other runs purge the same table', async () => {
    await bed.seed({ expired: 30_000, live: 100 });
    const runs = [bed.deploy(), bed.deploy(), bed.deploy()];

    const results = await Promise.all(runs.map((run) => run.invoke()));

    const deleted = results.map(({ report }) => report?.rowsDeleted ?? Number.NaN);
    expect(deleted.reduce((sum, rows) => sum + rows)).toBe(30_000);
    expect(await countLeft()).toBe(100);
  });
}
