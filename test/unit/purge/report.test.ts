import type { StopReason, TableReport } from '../../../contract/report';
import type { PurgeRun } from '../../../lambda/purge/purge';
import { backlogAgeSeconds, reportOf, skipReport } from '../../../lambda/purge/report';

const PLAN = {
  graceSeconds: 3600,
  targetBatchMs: 250,
  pauseRatio: 0.5,
  maxBatchSize: 1000,
};

const table = (given: Partial<TableReport> = {}): TableReport => ({
  table: 'public.django_session',
  stopReason: 'drained',
  rowsDeleted: 0,
  rowsExpired: null,
  oldestExpired: null,
  backlogAgeSeconds: 0,
  ...given,
});

const run = (given: Partial<PurgeRun> = {}): PurgeRun => ({
  dryRun: false,
  engine: 'postgresql',
  cutoff: new Date('2026-11-22T02:17:00.000Z'),
  rowsDeleted: 48_213,
  unknownOutcomes: 1,
  rowsInDoubt: 0,
  batches: 23,
  slowestBatchMs: 411.6,
  warnings: [],
  tables: [table()],
  failure: null,
  ...given,
});

const USAGE = { dataApiCalls: 26, retries: 2, wakeMs: 1499.5, fastestMs: 12 };

const report = (given: Partial<PurgeRun> = {}) => reportOf(run(given), PLAN, USAGE, 11_873.4);

describe('reportOf', () => {
  it('tells all of a run, in whole milliseconds', () => {
    const tables = [table({ rowsDeleted: 48_213 })];

    expect(report({ tables })).toEqual({
      dryRun: false,
      cutoff: '2026-11-22T02:17:00.000Z',
      engine: 'postgresql',
      stopReason: 'drained',
      rowsDeleted: 48_213,
      unknownOutcomes: 1,
      batches: 23,
      dataApiCalls: 26,
      retries: 2,
      slowestBatchMs: 412,
      wakeMs: 1500,
      durationMs: 11_873,
      tables,
    });
  });

  it.each([
    [7.4, 7],
    [7.5, 8],
  ])('rounds its milliseconds: %s to %s', (ms, rounded) => {
    const usage = { ...USAGE, wakeMs: ms };

    expect(reportOf(run({ slowestBatchMs: ms }), PLAN, usage, ms)).toMatchObject({
      slowestBatchMs: rounded,
      wakeMs: rounded,
      durationMs: rounded,
    });
  });

  it('knows neither cutoff nor engine of a run that failed before it knew them', () => {
    const failed = report({ cutoff: null, engine: null, tables: [], failure: new Error('why') });

    expect(failed).toMatchObject({ cutoff: null, engine: null, stopReason: 'failed' });
  });

  it('names warnings where there are any', () => {
    expect(report({ warnings: ['mend this'] }).warnings).toEqual(['mend this']);
    expect(report()).not.toHaveProperty('warnings');
  });

  it('says of a dry run that did not come to all tables that its time was up', () => {
    const tables = (['dry-run', 'time-budget'] as const).map((stopReason) => table({ stopReason }));

    expect(report({ dryRun: true, tables }).stopReason).toBe('time-budget');
  });

  it.each<[StopReason, StopReason[]]>([
    ['drained', []],
    ['drained', ['drained', 'drained']],
    ['time-budget', ['drained', 'time-budget', 'time-budget']],
    ['row-limit', ['row-limit', 'drained']],
    ['database-busy', ['drained', 'database-busy', 'database-busy']],
    ['dry-run', ['dry-run', 'dry-run']],
  ])('stops for %s where the tables stopped for %j', (expected, stopReasons) => {
    const tables = stopReasons.map((stopReason) => table({ stopReason }));

    expect(report({ tables }).stopReason).toBe(expected);
  });

  it('is failed whatever the tables say, where anything was thrown', () => {
    expect(report({ failure: undefined }).stopReason).toBe('failed');
  });

  it('estimates nothing where it deleted', () => {
    expect(report()).not.toHaveProperty('estimate');
  });

  it.each<[string, Partial<TableReport>[], object]>([
    ['no table', [], { batches: 0, dataApiCalls: 1, durationMs: 0 }],
    ['an empty table', [{ rowsExpired: 0 }], { batches: 0, dataApiCalls: 2, durationMs: 0 }],
    ['a row', [{ rowsExpired: 1 }], { batches: 1, dataApiCalls: 3, durationMs: 375 }],
    ['a full batch', [{ rowsExpired: 1000 }], { batches: 1, dataApiCalls: 3, durationMs: 375 }],
    ['a row more', [{ rowsExpired: 1001 }], { batches: 2, dataApiCalls: 4, durationMs: 750 }],
    [
      'two tables, each of which takes batches of its own',
      [{ rowsExpired: 1500 }, { rowsExpired: 1 }],
      { batches: 3, dataApiCalls: 6, durationMs: 1125 },
    ],
    [
      'a table too large to count',
      [{ rowsExpired: 100_000, rowsExpiredCapped: true, rowsExpiredEstimate: 65_000_000 }],
      { batches: 65_000, dataApiCalls: 65_002, durationMs: 24_375_000 },
    ],
    [
      'a table that was not counted',
      [{ rowsExpired: null }],
      { batches: 0, dataApiCalls: 2, durationMs: 0 },
    ],
  ])('estimates after a dry run what a purge would take: %s', (_name, given, estimate) => {
    const tables = given.map((part) => table({ stopReason: 'dry-run', ...part }));

    expect(report({ dryRun: true, tables }).estimate).toEqual(estimate);
  });
});

describe('skipReport', () => {
  const skip = { stopReason: 'asleep', reason: 'the cluster is asleep' } as const;

  it('tells why nothing was asked of the database, and that nothing was done', () => {
    expect(skipReport(skip, ['mend this'], 41.6)).toEqual({
      dryRun: false,
      cutoff: null,
      engine: null,
      stopReason: 'asleep',
      reason: 'the cluster is asleep',
      rowsDeleted: 0,
      unknownOutcomes: 0,
      batches: 0,
      dataApiCalls: 0,
      retries: 0,
      slowestBatchMs: 0,
      wakeMs: 0,
      durationMs: 42,
      tables: [],
      warnings: ['mend this'],
    });
  });

  it('names no warnings where there are none', () => {
    expect(skipReport(skip, [], 0)).not.toHaveProperty('warnings');
  });

  it('knows nothing of a backlog', () => {
    expect(backlogAgeSeconds(skipReport(skip, [], 0))).toBeNull();
  });
});

describe('backlogAgeSeconds', () => {
  it.each<[string, (number | null)[], number | null]>([
    ['is that of the oldest table', [60, 86_400, 0], 86_400],
    ['is nothing where all are drained', [0, 0], 0],
    ['is not known where no table was looked at', [], null],
    ['is not known where none told it', [null, null], null],
    ['is not known where one was not reached and the others are drained', [0, null], null],
    ['is at least that of the oldest table known', [60, null], 60],
  ])('%s', (_promise, ages, expected) => {
    const tables = ages.map((age) => table({ backlogAgeSeconds: age }));

    expect(backlogAgeSeconds(report({ tables }))).toBe(expected);
  });
});
