import { countExpired } from '../../../lambda/purge/dry-run';
import { openEstimate } from '../../../lambda/purge/estimate';
import type { Backlog, SessionTable } from '../../../lambda/purge/port';
import { openReport, openTableReport } from '../../../lambda/purge/report';
import type { Run } from '../../../lambda/purge/run';
import { fakeClock } from '../../support/fake-clock';
import { inMemorySessions } from '../../support/in-memory-sessions';
import { CUTOFF, expired, PLAN } from './setup';

const CAPPED: Backlog = { rows: 100_000, capped: true, estimate: 10_000_000, oldest: null };

interface Given {
  readonly backlog?: Backlog;
  /** How long the first count takes. */
  readonly firstMs?: number;
  /** How long the count of all takes; it is stopped after 45 s. */
  readonly allMs?: number;
  readonly timeLeftMs?: number;
  readonly tables?: number;
}

/** Makes a dry run over tables that are alike, of 12 million rows each. */
async function dryRun({ backlog = CAPPED, firstMs = 30, allMs = 3000, ...given }: Given) {
  const clock = fakeClock(given.timeLeftMs);
  let counted = 0;
  const table: SessionTable = {
    ...inMemorySessions({ tables: { one: expired(1) } }).table('one'),
    chooseWalk: async () => ({ reason: 'only the index', start: null }),
    async countExpired() {
      clock.pass(firstMs);
      return backlog;
    },
    async countAllExpired() {
      counted += 1;
      clock.pass(Math.min(allMs, 45_000));
      return allMs > 45_000 ? null : 12_000_000;
    },
  };
  const opened = { roundTripMs: 10, deleteByCount: { least: 2, most: 40 }, calls: () => 1 };
  const all = openReport({ dryRun: true });
  const estimate = openEstimate(opened);
  all.estimate = estimate;
  const run = { ...opened, clock, plan: PLAN, cutoff: CUTOFF, countedMs: 0, report: all };
  const reports = [];
  for (let at = 0; at < (given.tables ?? 1); at += 1) {
    const report = openTableReport('one');
    report.stopReason = await countExpired(table, report, run as Partial<Run> as Run);
    reports.push(report);
  }
  return { reports, counted, estimate };
}

const EXACT = { stopReason: 'dry-run', rowsExpired: 12_000_000 };
const ESTIMATED = {
  stopReason: 'dry-run',
  rowsExpired: 100_000,
  rowsExpiredCapped: true,
  rowsExpiredEstimate: 10_000_000,
};

describe('a dry run', () => {
  it('counts all rows where the first ones say that this is quick', async () => {
    const { reports } = await dryRun({});

    expect(reports).toEqual([expect.objectContaining(EXACT)]);
    expect(reports[0]).not.toHaveProperty('rowsExpiredCapped');
    expect(reports[0]).not.toHaveProperty('rowsExpiredEstimate');
  });

  it.each<[string, Given]>([
    ['would take longer than 20 s', { firstMs: 201 }],
    ['could not be stopped in time for the report', { timeLeftMs: 53_000 }],
  ])('does not begin to count all where it %s', async (_why, given) => {
    const { reports, counted } = await dryRun(given);

    expect({ reports, counted }).toMatchObject({ reports: [ESTIMATED], counted: 0 });
  });

  it('has the estimate where the count of all was stopped', async () => {
    const { reports, counted } = await dryRun({ allMs: 60_000 });

    expect({ reports, counted }).toMatchObject({ reports: [ESTIMATED], counted: 1 });
  });

  it('notes the speed of the first count for all rows that it knows of', async () => {
    const all = await dryRun({});
    const estimated = await dryRun({ allMs: 60_000 });

    // Of 12 and 10 million rows, of which 100 000 took 20 ms and the round trip.
    expect(all.estimate.shortestMs / estimated.estimate.shortestMs).toBeCloseTo(1.2, 1);
    expect(estimated.estimate.shortestMs).toBeGreaterThan(2 * (30 - 10) * 100);
  });

  it('counts all of no more tables than 20 s are enough for', async () => {
    const { reports, counted } = await dryRun({ tables: 9, allMs: 6000 });

    expect(counted).toBe(3);
    expect(reports.map(({ rowsExpired }) => rowsExpired)).toEqual([
      ...Array(3).fill(12_000_000),
      ...Array(6).fill(100_000),
    ]);
  });

  it('sends nothing more where the first count has them all', async () => {
    const backlog = { rows: 5, capped: false, estimate: null, oldest: null };
    const { reports, counted } = await dryRun({ backlog });

    expect(reports[0]).toMatchObject({ rowsExpired: 5, backlogAgeSeconds: 0 });
    expect(counted).toBe(0);
  });
});
