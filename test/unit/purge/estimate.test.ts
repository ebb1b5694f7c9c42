import { addToEstimate, type Counted, openEstimate } from '../../../lambda/purge/estimate';
import { openReport } from '../../../lambda/purge/report';
import type { Run } from '../../../lambda/purge/run';
import { fakeClock } from '../../support/fake-clock';
import { inMemorySessions } from '../../support/in-memory-sessions';
import { CUTOFF, expired, PLAN } from './setup';

interface Given {
  readonly tables: readonly Counted[];
  readonly plan?: Partial<Run['plan']>;
  readonly withoutIndex?: boolean;
}

/** What a dry run expects of tables, with a round trip of 20 ms and one call that opened the database. */
async function estimateOf({ tables, plan, ...options }: Given) {
  const clock = fakeClock();
  let chosen = 0;
  const { table } = inMemorySessions({ tables: { one: expired(1) }, ...options });
  const opened = {
    roundTripMs: 20,
    deleteByCount: { least: 2, most: 40 },
    calls: () => 1 + chosen,
  };
  const report = openReport({ dryRun: true });
  report.estimate = openEstimate(opened);
  const asked = {
    ...table('one'),
    chooseWalk: async () => {
      chosen += 1;
      return { reason: 'only the index', start: null };
    },
  };
  const run = { ...opened, clock, report, cutoff: CUTOFF, plan: { ...PLAN, ...plan } };
  for (const counted of tables) await addToEstimate(asked, counted, run as Partial<Run> as Run);
  return { ...report.estimate, chosen };
}

const exactly = (count: number) => ({ least: count, most: count });
const quick = (all: number): Counted => ({ rows: all, all, tookMs: 20 });

describe('the estimate of a dry run', () => {
  it.each<[string, number[], number, number]>([
    ['no table', [], 0, 1],
    ['a row', [1], 1, 3],
    ['a batch that is not full', [499], 1, 3],
    ['a full batch, behind which there is another one', [500], 2, 4],
    ['batches that grow fourfold', [500 + 2000], 3, 6],
    ['batches of no more than the largest size', [500 + 2000 + 5000 + 5000 + 1], 5, 8],
    ['two tables, each from its first batch on', [500 + 1, 1], 3, 6],
  ])('has the batches and the calls of a purge: %s', async (_name, rows, batches, dataApiCalls) => {
    const estimate = await estimateOf({ tables: rows.map(quick) });

    expect(estimate).toMatchObject({
      batches: exactly(batches),
      dataApiCalls: exactly(dataApiCalls),
    });
  });

  it('is a range where slow deletes make small batches', async () => {
    const tables = [{ rows: 100_000, all: 1_000_000, tookMs: 10_000 }];
    const { batches, dataApiCalls } = await estimateOf({ tables });

    expect(batches.least).toBeLessThan(1_000_000 / 1000);
    expect(batches.most).toBeGreaterThan(batches.least);
    // The call that opened the database, the sample, a look for each 100 000 rows, the last of them at the end, and a count
    // of what is ahead after 100 000, 200 000, 400 000 and 800 000.
    expect(dataApiCalls.least).toBe(batches.least + 1 + 1 + 10 + 4);
  });

  it('asks once which walk there would be, and only where the purge would', async () => {
    expect(await estimateOf({ tables: [quick(499)] })).toMatchObject({ chosen: 0 });
    expect(await estimateOf({ tables: [quick(9999)] })).toMatchObject({ chosen: 1 });
    const unindexed = await estimateOf({ tables: [quick(1)], withoutIndex: true });
    expect(unindexed).toMatchObject({ chosen: 1, dataApiCalls: exactly(4) });
  });

  it('says of many batches what the first ones let expect', async () => {
    const plan = { maxBatchSize: 1 };
    const { batches, longestMs } = await estimateOf({ tables: [quick(65_000_000)], plan });

    expect(batches).toEqual(exactly(65_000_000));
    expect(longestMs).toBeGreaterThan(65_000_000 * 20);
  });

  it('says how long a purge may take by the speed of the count', async () => {
    const counted = { rows: 100_000, all: 1_000_000, tookMs: 60 };
    const { shortestMs, longestMs, dataApiCalls } = await estimateOf({ tables: [counted] });

    // The count took 40 ms and the round trip: 0.4 s for all rows. A delete takes 2 to 40 times as long, and pauses.
    expect(shortestMs).toBeGreaterThan(2 * 400 * 1.49);
    expect(shortestMs).toBeLessThan(2 * 400 * 1.5 + (dataApiCalls.least * 20) / 4);
    expect(longestMs).toBeGreaterThan(dataApiCalls.least * 20 + 40 * 400 * 1.49);
    expect(longestMs).toBeLessThan(dataApiCalls.most * 20 + 40 * 400 * 1.51);
  });

  it('does not take a fast count for no work', async () => {
    const { shortestMs, longestMs } = await estimateOf({
      tables: [{ rows: 2000, all: 2000, tookMs: 18 }],
    });

    expect(longestMs - 6 * 20).toBeGreaterThan(40 * 9);
    expect(shortestMs).toBeLessThan(6 * 20);
  });

  it('has a shortest time that is no longer than the longest', async () => {
    const { shortestMs, longestMs } = await estimateOf({
      tables: [{ rows: 3, all: 3, tookMs: 0.2 }],
    });

    expect(shortestMs).toBeGreaterThan(0);
    expect(shortestMs).toBeLessThanOrEqual(longestMs);
  });
});
