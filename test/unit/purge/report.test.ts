import type { PurgeReport, StopReason, TableReport } from '../../../contract/report';
import {
  backlogAgeSeconds,
  closeReport,
  openReport,
  openTableReport,
  recordSkip,
  setOldest,
  stopReasonOf,
  warn,
} from '../../../lambda/purge/report';

const table = (given: Partial<TableReport> = {}): TableReport => ({
  ...openTableReport('public.django_session'),
  stopReason: 'drained',
  backlogAgeSeconds: 0,
  ...given,
});

const report = (given: Partial<PurgeReport> = {}): PurgeReport => ({
  ...openReport({ dryRun: false }),
  ...given,
});

describe('an opened report', () => {
  it.each([true, false])('has zeros and says that the run failed: dry run %s', (dryRun) => {
    expect(openReport({ dryRun })).toEqual({
      dryRun,
      cutoff: null,
      engine: null,
      stopReason: 'failed',
      rowsDeleted: 0,
      unknownOutcomes: 0,
      batches: 0,
      dataApiCalls: 0,
      retries: 0,
      slowestBatchMs: 0,
      wakeMs: 0,
      durationMs: 0,
      tables: [],
    });
  });

  it('of a table has its name and no backlog', () => {
    expect(openTableReport('a.b')).toEqual({
      table: 'a.b',
      stopReason: 'failed',
      rowsDeleted: 0,
      rowsExpired: null,
      oldestExpired: null,
      backlogAgeSeconds: null,
    });
  });

  it('of a run that does not start says why, and has no backlog', () => {
    const skipped = report();

    recordSkip(skipped, { stopReason: 'asleep', reason: 'the cluster is asleep' });

    expect(skipped).toEqual({
      ...openReport({ dryRun: false }),
      stopReason: 'asleep',
      reason: 'the cluster is asleep',
    });
    expect(backlogAgeSeconds(skipped)).toBeNull();
  });

  it('has warnings only if there are any, in their order', () => {
    const warned = report();

    warn(warned, []);
    warn(warned, [null]);
    expect(warned).not.toHaveProperty('warnings');
    warn(warned, ['mend this']);
    warn(warned, ['and that', 'and more']);
    expect(warned.warnings).toEqual(['mend this', 'and that', 'and more']);
  });

  it.each<[string, Date | null, object]>([
    [
      'in whole seconds',
      new Date('2026-11-22T02:16:58.001Z'),
      { oldestExpired: '2026-11-22T02:16:58.001Z', backlogAgeSeconds: 1 },
    ],
    ['which is 0 if none is left', null, { oldestExpired: null, backlogAgeSeconds: 0 }],
  ])('of a table says how long ago its oldest session expired, %s', (_how, oldest, expected) => {
    const open = openTableReport('a.b');

    setOldest(open, oldest, new Date('2026-11-22T02:17:00.000Z'));

    expect(open).toMatchObject(expected);
  });
});

describe('a closed report', () => {
  const USAGE = { dataApiCalls: 26, retries: 2, wakeMs: 1499.5, fastestMs: 12 };

  it('has the calls and whole milliseconds, and is otherwise unchanged', () => {
    const tables = [table({ rowsDeleted: 48_213 })];
    const open = report({ rowsDeleted: 48_213, batches: 23, slowestBatchMs: 411.6, tables });
    const closed = { ...open };

    closeReport(closed, USAGE, 11_873.4);

    expect(closed).toEqual({
      ...open,
      dataApiCalls: 26,
      retries: 2,
      slowestBatchMs: 412,
      wakeMs: 1500,
      durationMs: 11_873,
    });
  });

  it.each([
    [7.4, 7],
    [7.5, 8],
  ])('rounds its milliseconds: %s to %s', (ms, rounded) => {
    const closed = report({ slowestBatchMs: ms });

    closeReport(closed, { ...USAGE, wakeMs: ms }, ms);

    expect(closed).toMatchObject({
      slowestBatchMs: rounded,
      wakeMs: rounded,
      durationMs: rounded,
    });
  });
});

describe('the stop reason of a run', () => {
  it('is that of the first table that a dry run did not count', () => {
    const tables = (['dry-run', 'time-budget'] as const).map((stopReason) => table({ stopReason }));

    expect(stopReasonOf(report({ dryRun: true, tables }))).toBe('time-budget');
  });

  it.each<[StopReason, StopReason[]]>([
    ['drained', []],
    ['drained', ['drained', 'drained']],
    ['time-budget', ['drained', 'time-budget', 'time-budget']],
    ['row-limit', ['row-limit', 'drained']],
    ['database-busy', ['drained', 'database-busy', 'database-busy']],
  ])('is %s when the tables stopped for %j', (expected, stopReasons) => {
    const tables = stopReasons.map((stopReason) => table({ stopReason }));

    expect(stopReasonOf(report({ tables }))).toBe(expected);
  });

  it('is a dry run when all tables were counted', () => {
    const tables = [table({ stopReason: 'dry-run' }), table({ stopReason: 'dry-run' })];

    expect(stopReasonOf(report({ dryRun: true, tables }))).toBe('dry-run');
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
