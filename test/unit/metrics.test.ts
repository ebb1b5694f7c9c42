import { METRICS } from '../../contract/metrics';
import type { PurgeReport } from '../../contract/report';
import { emitMetrics, emitRefusal } from '../../lambda/metrics';
import { captureOutput, type Emf, readEmf } from '../support/emf';

const REPORT: PurgeReport = {
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
  tables: [
    {
      table: 'public.django_session',
      stopReason: 'drained',
      rowsDeleted: 48_213,
      rowsExpired: null,
      oldestExpired: '2026-11-22T02:16:18.000Z',
      backlogAgeSeconds: 42,
    },
  ],
};

async function emitted(emit: () => void): Promise<Emf> {
  const { stdout } = await captureOutput(emit);
  const [emf, ...others] = readEmf(stdout);
  if (emf === undefined || others.length > 0) throw new Error('must write one line of metrics');
  return emf;
}

async function metricsOf(given: Partial<PurgeReport>, isRoutine = true) {
  const report = { ...REPORT, ...given };
  const { metrics } = await emitted(() => emitMetrics('nightly', report, isRoutine));
  return metrics;
}

describe('emitMetrics', () => {
  it('writes each metric once, with its unit', async () => {
    const metrics = await metricsOf({});

    expect(metrics).toEqual({
      Failures: '0 Count',
      Successes: '1 Count',
      Skips: '0 Count',
      RowsDeleted: '48213 Count',
      Batches: '23 Count',
      Duration: '11873 Milliseconds',
      SlowestBatch: '412 Milliseconds',
      Retries: '2 Count',
      UnknownOutcomes: '1 Count',
      WakeTime: '1500 Milliseconds',
      TimeBudgetExhausted: '0 Count',
      BacklogAge: '42 Seconds',
    });
    expect(Object.keys(metrics).sort()).toEqual(Object.values(METRICS).sort());
  });

  it("writes them under the purge's name and no other dimension", async () => {
    const emf = await emitted(() => emitMetrics('nightly', REPORT, true));

    expect(emf.namespace).toBe('DjangoSessionPurge');
    expect(emf.dimensionSets).toEqual([['service']]);
    expect(emf.dimensions).toEqual({ service: 'nightly' });
  });

  it.each<[string, Partial<PurgeReport>, Record<string, string>]>([
    [
      'counts a run that ran out of time as a success, and as that',
      { stopReason: 'time-budget' },
      { Failures: '0 Count', Successes: '1 Count', TimeBudgetExhausted: '1 Count' },
    ],
    [
      'counts a run that reached its row limit as a success',
      { stopReason: 'row-limit' },
      { Failures: '0 Count', Successes: '1 Count', TimeBudgetExhausted: '0 Count' },
    ],
    [
      'counts a failed run, and what it had deleted',
      { stopReason: 'failed' },
      { Failures: '1 Count', Successes: '0 Count', RowsDeleted: '48213 Count' },
    ],
    [
      'counts a cluster left asleep as a success and a skip',
      { stopReason: 'asleep', batches: 0, tables: [] },
      { Failures: '0 Count', Successes: '1 Count', Skips: '1 Count' },
    ],
    [
      'counts a purge that is switched off as a skip and no success',
      { stopReason: 'switched-off', batches: 0, tables: [] },
      { Failures: '0 Count', Successes: '0 Count', Skips: '1 Count' },
    ],
    [
      'counts a database that was busy from the start as a skip and no success',
      { stopReason: 'database-busy', batches: 0 },
      { Failures: '0 Count', Successes: '0 Count', Skips: '1 Count' },
    ],
    [
      'counts a database that got busy as a success',
      { stopReason: 'database-busy', batches: 1 },
      { Failures: '0 Count', Successes: '1 Count', Skips: '0 Count' },
    ],
  ])('%s', async (_promise, given, expected) => {
    expect(await metricsOf(given)).toMatchObject(expected);
  });

  it.each<[string, Partial<PurgeReport>]>([
    ['drained all', {}],
    ['failed', { stopReason: 'failed' }],
    ['reached its row limit', { stopReason: 'row-limit' }],
    ['ran out of time', { stopReason: 'time-budget' }],
    ['was a dry run', { stopReason: 'dry-run', dryRun: true }],
    ['was switched off', { stopReason: 'switched-off', batches: 0, tables: [] }],
    ['found the database busy', { stopReason: 'database-busy', batches: 0 }],
  ])('tells of a run by hand that %s what it did, and not how the purge does', async (...given) => {
    const [, report] = given;

    const metrics = await metricsOf(report, false);

    expect(Object.keys(metrics)).toEqual([
      ...['RowsDeleted', 'Batches', 'Duration', 'SlowestBatch', 'Retries', 'UnknownOutcomes'],
      'WakeTime',
    ]);
  });

  it('leaves out a backlog that is not known', async () => {
    const metrics = await metricsOf({ stopReason: 'failed', tables: [] });

    expect(metrics).not.toHaveProperty('BacklogAge');
    expect(metrics).toHaveProperty('Failures', '1 Count');
  });

  it('carries nothing from one run into the next', async () => {
    await emitted(() => emitMetrics('first', { ...REPORT, rowsDeleted: 7 }, true));

    const second = await emitted(() => emitMetrics('second', { ...REPORT, rowsDeleted: 8 }, true));

    expect(second.dimensions).toEqual({ service: 'second' });
    expect(second.metrics.RowsDeleted).toBe('8 Count');
  });
});

describe('emitRefusal', () => {
  it('counts a failure and nothing else', async () => {
    const emf = await emitted(() => emitRefusal('nightly'));

    expect(emf).toEqual({
      namespace: 'DjangoSessionPurge',
      dimensionSets: [['service']],
      dimensions: { service: 'nightly' },
      metrics: { Failures: '1 Count' },
    });
  });
});
