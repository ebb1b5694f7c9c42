import type { TableReport } from '../../../contract/report';
import { estimateOf, noteSpeed } from '../../../lambda/purge/estimate';
import { openReport, openTableReport } from '../../../lambda/purge/report';
import type { Run } from '../../../lambda/purge/run';
import { PLAN } from './setup';

/** A dry run that has come to its end, with a round trip of 20 ms. */
function dryRun(...tables: Partial<TableReport>[]): Run {
  const report = openReport({ dryRun: true });
  report.tables.push(...tables.map((given) => ({ ...openTableReport('one'), ...given })));
  const counting = { leastMs: 0, mostMs: 0 };
  return { report, plan: PLAN, roundTripMs: 20, counting } as Partial<Run> as Run;
}

describe('the estimate of a dry run', () => {
  it.each<[string, Partial<TableReport>[], number, number]>([
    ['no table', [], 0, 1],
    ['an empty table', [{ rowsExpired: 0 }], 0, 2],
    ['a row', [{ rowsExpired: 1 }], 1, 3],
    ['a full batch', [{ rowsExpired: 5000 }], 1, 3],
    ['a row more', [{ rowsExpired: 5001 }], 2, 4],
    ['two tables, each with its own batches', [{ rowsExpired: 7500 }, { rowsExpired: 1 }], 3, 6],
    [
      'a table too large to count',
      [{ rowsExpired: 100_000, rowsExpiredCapped: true, rowsExpiredEstimate: 65_000_000 }],
      13_000,
      13_002,
    ],
    ['a table that was not counted', [{ rowsExpired: null }], 0, 2],
  ])('has the batches and the calls of a purge: %s', (_name, tables, batches, dataApiCalls) => {
    expect(estimateOf(dryRun(...tables))).toMatchObject({ batches, dataApiCalls });
  });

  it('says how long a purge may take by the speed of the count', () => {
    const run = dryRun({ rowsExpired: 1_000_000 });
    noteSpeed(100_000, 1_000_000, 60, run);

    // The count took 40 ms and the round trip: 0.4 s for all rows. A delete takes 2 to 40 times as long, and pauses.
    const tripsMs = 202 * 20;
    expect(estimateOf(run)).toMatchObject({
      shortestMs: 2 * 400 * 1.5,
      longestMs: tripsMs + 40 * 400 * 1.5,
    });
  });

  it('adds the tables up', () => {
    const [one, both] = [dryRun({ rowsExpired: 5000 }), dryRun({ rowsExpired: 5000 })];
    noteSpeed(5000, 5000, 100, one);
    for (const tookMs of [100, 60]) noteSpeed(5000, 5000, tookMs, both);

    expect(both.counting.leastMs).toBe(one.counting.leastMs + 40);
    expect(estimateOf(both).longestMs).toBeGreaterThan(estimateOf(one).longestMs);
  });

  it('does not take a fast count for no work, nor a count of nothing for work', () => {
    const run = dryRun({ rowsExpired: 0 });
    noteSpeed(0, 0, 90, run);
    expect(run.counting).toEqual({ leastMs: 0, mostMs: 0 });

    noteSpeed(2000, 2000, 18, run);
    expect(run.counting).toEqual({ leastMs: 0, mostMs: 9 });
  });

  it('has a shortest time that is no longer than the longest', () => {
    const run = dryRun({ rowsExpired: 3 });
    noteSpeed(3, 3, 0.2, run);
    const { shortestMs, longestMs } = estimateOf(run);

    expect(shortestMs).toBeGreaterThan(0);
    expect(shortestMs).toBeLessThanOrEqual(longestMs);
  });
});
