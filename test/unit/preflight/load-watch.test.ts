import { readSettings } from '../../../lambda/input/settings';
import { loadWatch } from '../../../lambda/preflight/load-watch';
import type { MetricReader } from '../../../lambda/preflight/metric-reader';
import { environment } from '../../support/environment';
import { type FakeClock, fakeClock } from '../../support/fake-clock';
import { accessDenied, fakeMetrics, type Measured } from '../../support/fake-metrics';
import { inMemorySessions, micros } from '../../support/in-memory-sessions';
import { requestOf, runPurge } from '../../support/run-purge';

const CPU = { SESSION_PURGE_MAX_CPU_PERCENT: '80' };
const ACU = { SESSION_PURGE_MAX_ACU_PERCENT: '90' };

function setup(given: Record<string, string>, answers: readonly Measured[], clock = fakeClock()) {
  const metrics = fakeMetrics(...answers);
  const watch = loadWatch(readSettings(environment(given)), metrics, clock);
  return { watch, clock, asked: metrics.asked };
}

/** What the watch says in turn, with so much time between. */
async function ask(isBusy: () => Promise<boolean>, clock: FakeClock, pausesMs: readonly number[]) {
  const said: boolean[] = [];
  for (const pauseMs of pausesMs) {
    clock.pass(pauseMs);
    said.push(await isBusy());
  }
  return said;
}

describe('loadWatch', () => {
  it('looks at nothing where no threshold is set', async () => {
    const { watch, asked } = setup({}, [{ CPUUtilization: [100], ACUUtilization: [100] }]);

    expect(await watch.isBusy()).toBe(false);
    expect(asked).toEqual([]);
    expect([watch.tooHigh(), watch.notKnown()]).toEqual([null, null]);
  });

  it("asks for the writer's load in the last minutes, in one call", async () => {
    const { watch, asked } = setup({ ...CPU, ...ACU }, [{}]);

    await watch.isBusy();

    const query = { namespace: 'AWS/RDS', statistic: 'Average', periodSeconds: 60 };
    const writer = { DBClusterIdentifier: 'shop', Role: 'WRITER' };
    const cluster = { DBClusterIdentifier: 'shop' };
    expect(asked).toEqual([
      {
        queries: [
          { ...query, name: 'CPUUtilization', dimensions: writer },
          { ...query, name: 'CPUUtilization', dimensions: cluster },
          { ...query, name: 'ACUUtilization', dimensions: writer },
          { ...query, name: 'ACUUtilization', dimensions: cluster },
        ],
        lookBackMs: 300_000,
      },
    ]);
  });

  it('asks for what has a threshold and no more', async () => {
    const { watch, asked } = setup(ACU, [{}]);

    await watch.isBusy();

    expect(new Set(asked[0]?.queries.map(({ name }) => name))).toEqual(new Set(['ACUUtilization']));
  });

  it.each<[string, (isWriter: boolean) => number[], boolean]>([
    ["the writer's where it has one", (isWriter) => [isWriter ? 10 : 95], false],
    ["the cluster's where the writer has none", (isWriter) => (isWriter ? [] : [95]), true],
  ])('counts %s', async (_promise, valuesOf, busy) => {
    const metrics: MetricReader = {
      read: async (queries) =>
        queries.map(({ dimensions }) =>
          valuesOf('Role' in dimensions).map((value) => ({ atMs: 0, value })),
        ),
    };

    const watch = loadWatch(readSettings(environment(ACU)), metrics, fakeClock());

    expect(await watch.isBusy()).toBe(busy);
  });

  it.each<[string, Record<string, string>, Measured, string | null]>([
    ['below', CPU, { CPUUtilization: [79.9, 99] }, null],
    ['at it', CPU, { CPUUtilization: [80] }, null],
    [
      'above',
      CPU,
      { CPUUtilization: [87.46, 10] },
      "the writer's CPUUtilization was 87.5 %, above SESSION_PURGE_MAX_CPU_PERCENT (80); the next run goes on",
    ],
    [
      'above with its capacity',
      { ...CPU, ...ACU },
      { CPUUtilization: [5], ACUUtilization: [100] },
      "the writer's ACUUtilization was 100 %, above SESSION_PURGE_MAX_ACU_PERCENT (90); the next run goes on",
    ],
    [
      'above with what nobody set a threshold for',
      CPU,
      { CPUUtilization: [1], ACUUtilization: [100] },
      null,
    ],
  ])('finds a database %s the threshold', async (_where, given, measured, tooHigh) => {
    const { watch } = setup(given, [measured]);

    expect(await watch.isBusy()).toBe(tooHigh !== null);
    expect(watch.tooHigh()).toBe(tooHigh);
    expect(watch.notKnown()).toBeNull();
  });

  it('looks once a minute, and says in between what it saw', async () => {
    const low = { CPUUtilization: [10] };
    const high = { CPUUtilization: [90] };
    const { watch, clock, asked } = setup(CPU, [low, high]);

    const said = await ask(watch.isBusy, clock, [0, 1000, 58_999, 1, 30_000]);

    expect(said).toEqual([false, false, false, true, true]);
    expect(asked).toHaveLength(2);
  });

  it('lets a run go on after the load has gone', async () => {
    const { watch, clock } = setup(CPU, [{ CPUUtilization: [90] }, { CPUUtilization: [10] }]);

    expect(await ask(watch.isBusy, clock, [0, 60_000])).toEqual([true, false]);
    expect(watch.tooHigh()).toBeNull();
  });

  it.each<[string, Measured, string]>([
    [
      'CloudWatch refuses',
      accessDenied(),
      "the database's load is not known: AccessDeniedException: not authorized to perform: cloudwatch:GetMetricData; the function's role needs cloudwatch:GetMetricData; only a load that is known stops a run",
    ],
    [
      'it does not answer',
      new Error('no answer within 4000 ms'),
      "the database's load is not known: Error: no answer within 4000 ms; only a load that is known stops a run",
    ],
    [
      'it has no value',
      {},
      "the database's load is not known: CloudWatch has no CPUUtilization of the writer of shop; only a load that is known stops a run",
    ],
  ])('goes on and warns once when %s', async (_why, measured, warning) => {
    const { watch, clock, asked } = setup(CPU, [measured]);

    expect(await ask(watch.isBusy, clock, [0, 60_000, 60_000])).toEqual([false, false, false]);
    expect(asked).toHaveLength(3);
    expect([watch.tooHigh(), watch.notKnown()]).toEqual([null, warning]);
  });

  it('still says that it could not look, once it can again', async () => {
    const { watch, clock } = setup(CPU, [{}, { CPUUtilization: [10] }]);

    expect(await ask(watch.isBusy, clock, [0, 60_000])).toEqual([false, false]);
    expect(watch.notKnown()).toContain('CloudWatch has no CPUUtilization');
  });

  it('stops for the one load that it sees while it misses the other', async () => {
    const { watch } = setup({ ...CPU, ...ACU }, [{ CPUUtilization: [99] }]);

    expect(await watch.isBusy()).toBe(true);
    expect(watch.tooHigh()).toContain('CPUUtilization was 99 %');
    expect(watch.notKnown()).toContain('CloudWatch has no ACUUtilization');
  });

  it('leaves the last seconds of an invocation to the purge', async () => {
    const { watch, clock, asked } = setup(CPU, [{ CPUUtilization: [99] }], fakeClock(13_001));

    expect(await ask(watch.isBusy, clock, [2])).toEqual([false]);
    expect(asked).toEqual([]);
  });
});

describe('a purge under watch', () => {
  const NOW = new Date('2026-11-22T03:17:00.000Z');
  const ROWS = 3000;
  const sessions = Array.from({ length: ROWS }, (_, at) => ({
    key: `k${at}`,
    expireDate: micros(new Date(NOW.getTime() - (7200 + ROWS - at) * 1000)),
  }));

  async function purgeUnder(measured: readonly Measured[]) {
    const { watch, clock, asked } = setup(CPU, measured);
    const database = inMemorySessions({
      now: NOW,
      tables: { one: sessions, two: sessions },
      clock,
      batchMs: 5000,
    });
    const plan = { ...readSettings(environment()), targetBatchMs: 5000 };
    const world = { database, clock, isBusy: watch.isBusy };
    const { report } = await runPurge(requestOf(['one', 'two']), plan, world);
    return { report, tooHigh: watch.tooHigh(), asked };
  }

  it('stops soon after the load has passed the threshold, on all its tables', async () => {
    const { report, tooHigh, asked } = await purgeUnder([
      { CPUUtilization: [10] },
      { CPUUtilization: [81] },
    ]);

    expect(report.stopReason).toBe('database-busy');
    expect(report.tables.map(({ stopReason }) => stopReason)).toContain('database-busy');
    expect(report.rowsDeleted).toBeGreaterThan(0);
    expect(report.rowsDeleted).toBeLessThan(2 * ROWS);
    expect(tooHigh).toContain('was 81 %');
    expect(asked).toHaveLength(2);
  });

  it('goes to its end while it does not', async () => {
    const { report, tooHigh } = await purgeUnder([{ CPUUtilization: [80] }]);

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 2 * ROWS });
    expect(tooHigh).toBeNull();
  });
});
