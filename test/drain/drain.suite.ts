import { type MeasuredMetric, startCloudWatch } from '../../local/cloudwatch';
import type { Call, Fault } from '../../local/data-api-server/index';
import type { JsonService } from '../../local/json-service';
import { startParameterStore } from '../../local/parameter-store';
import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';
import { plainSql } from '../support/sent-sql';
import { type RealDrain, realDrain } from './real-drain';

const LIVE = 500;

/** Three seconds are kept for the report, so that a round works for less than one. */
const SHORT_MS = 3900;

const SMALL_BATCHES = {
  SESSION_PURGE_MAX_BATCH_SIZE: '400',
  SESSION_PURGE_TARGET_BATCH_MS: '100',
};

/** Slow enough that a round deletes no more than a few thousand rows on any machine. */
const SLOW: Fault = { delayBeforeMs: 50 };

const isDelete = ({ input }: Call) => /\bDELETE FROM/.test(plainSql(input.sql));

/** A drain of the bundle on a real server, whose totals are compared with the table. */
export function describeDrain(engine: Engine): void {
  const slowly = (call: Call) => (isDelete(call) ? SLOW : undefined);
  let onCall: (call: Call) => Fault | undefined = slowly;
  const bed = purgeBed(engine, { onCall: (call) => onCall(call) });
  const services: JsonService[] = [];

  afterEach(async () => {
    onCall = slowly;
    await Promise.all(services.splice(0).map((service) => service.close()));
  });

  const fill = (expired: number) => bed.seed({ expired, live: LIVE, expiredOverDays: 900 });

  const cause = ({ execution }: RealDrain) =>
    execution.status === 'FAILED' ? JSON.parse(execution.cause) : execution;

  it('goes on after a killed round, tells of it, and leaves nothing but live sessions', async () => {
    await fill(14_000);
    const { expired: before } = await bed.left();
    const fn = bed.deploy(SMALL_BATCHES, SHORT_MS);
    const counting = bed.deploy();
    let deletesToGo = Number.POSITIVE_INFINITY;
    onCall = (call) => {
      if (!isDelete(call)) return undefined;
      deletesToGo -= 1;
      if (deletesToGo !== 0) return SLOW;
      fn.kill();
      return { answer: 'lost', executes: true };
    };

    const drain = await realDrain((round) => (round === 0 ? counting : fn), {
      beforeRound(round) {
        deletesToGo = round === 2 ? 3 : Number.POSITIVE_INFINITY;
      },
    });

    const { output } = drain.execution as { output: Record<string, number> };
    const shown = drain.progress.map((each) => Number(each.rowsDeletedSoFar));
    const lost = before - Number(output.rowsDeleted);
    expect(drain.execution.status).toBe('SUCCEEDED');
    expect(await bed.left()).toEqual({ live: LIVE, expired: 0 });
    expect(output).toMatchObject({
      expectedAtStart: before,
      expiredAtEnd: 0,
      roundsWithoutReport: 1,
      unknownOutcomes: 0,
      note: expect.stringContaining(`${before} expired rows at the start (counted exactly)`),
    });
    expect(output.rounds).toBeGreaterThanOrEqual(4);
    // Three batches of at most 400 rows, of which the killed round has told nothing.
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(1200);
    expect(shown).toEqual(shown.toSorted((one, other) => one - other));
    expect(shown.at(-1)).toBe(output.rowsDeleted);
    expect(drain.progress[1]).toMatchObject({ ended: 'no report', roundsWithoutReport: 1 });
  });

  it('waits while the purge is paused and while the database is busy, and its totals are exact', async () => {
    await fill(8000);
    const { expired } = await bed.left();
    const parameters = { '/purge': '{}' };
    const cpu: { at: Date; value: number }[] = [];
    const metric: MeasuredMetric = {
      namespace: 'AWS/RDS',
      name: 'CPUUtilization',
      dimensions: { DBClusterIdentifier: 'sessions', Role: 'WRITER' },
      values: cpu,
    };
    services.push(
      await startParameterStore({ parameters }),
      await startCloudWatch({ metrics: [metric] }),
    );
    const env = {
      ...SMALL_BATCHES,
      AWS_ENDPOINT_URL_SSM: services[0]?.endpoint ?? '',
      AWS_ENDPOINT_URL_CLOUDWATCH: services[1]?.endpoint ?? '',
      SESSION_PURGE_CONTROL_PARAMETER: '/purge',
      SESSION_PURGE_MAX_CPU_PERCENT: '80',
    };
    const [short, long] = [bed.deploy(env, SHORT_MS), bed.deploy(env)];
    const waits: number[] = [];

    // A run that has less than ten seconds does not ask CloudWatch.
    const drain = await realDrain((round) => (round === 0 || round === 4 ? long : short), {
      beforeRound(round) {
        if (round === 2) parameters['/purge'] = '{"paused": true, "note": "ask Ann"}';
        if (round === 4) cpu.push({ at: new Date(Date.now() - 60_000), value: 95 });
      },
      onWait(seconds) {
        waits.push(seconds);
        if (waits.length === 2) parameters['/purge'] = '{}';
        if (waits.length === 3) cpu.splice(0);
      },
    });

    expect(drain.execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { rowsDeleted: expired, expectedAtStart: expired, roundsWithoutReport: 0 },
    });
    expect(drain.execution).not.toHaveProperty('output.note');
    expect(await bed.left()).toEqual({ live: LIVE, expired: 0 });
    expect(waits).toEqual([600, 600, 600]);
    expect(drain.progress.slice(1, 4).map(({ ended }) => ended)).toEqual([
      'switched-off',
      'switched-off',
      'database-busy',
    ]);
    expect(drain.progress[1]?.problem).toMatch(/ask Ann$/);
  });

  it('gives up after five failures in a row, with what the table has lost until then', async () => {
    await fill(12_000);
    const { expired } = await bed.left();
    const fn = bed.deploy(SMALL_BATCHES, SHORT_MS);
    const counting = bed.deploy();

    const drain = await realDrain((round) => (round === 0 ? counting : fn), {
      async beforeRound(round) {
        if (round === 2) await bed.query('ALTER TABLE django_session RENAME TO away');
      },
    });

    await bed.query('ALTER TABLE away RENAME TO django_session');
    const left = await bed.left();
    expect(drain.execution).toMatchObject({ status: 'FAILED', error: 'FailedTooOften' });
    expect(cause(drain)).toMatchObject({
      rowsDeleted: expired - left.expired,
      expectedAtStart: expired,
      rounds: 6,
      roundsWithoutReport: 0,
      lastProblem: expect.stringMatching(/^TableError: .*django_session/),
    });
    expect(left.live).toBe(LIVE);
    expect(left.expired).toBeGreaterThan(0);
  });

  it('gives up where each round is killed, and does not say that all is known', async () => {
    await fill(4000);
    const fn = bed.deploy(SMALL_BATCHES);
    onCall = (call) => {
      if (!isDelete(call)) return undefined;
      fn.kill();
      return { answer: 'lost', executes: true };
    };

    const drain = await realDrain(() => fn);

    const { expired, live } = await bed.left();
    expect(drain.execution).toMatchObject({ status: 'FAILED', error: 'FailedTooOften' });
    expect(cause(drain)).toMatchObject({ rowsDeleted: 0, rounds: 5, roundsWithoutReport: 5 });
    expect(live).toBe(LIVE);
    expect(expired).toBeLessThan(4000);
  });

  it('counts more than the first 100 000 exactly, and gives up where rounds have no time for a batch', async () => {
    await fill(101_000);
    const { expired } = await bed.left();
    // Two batches of this length are the least to allow for.
    const short = bed.deploy({ SESSION_PURGE_TARGET_BATCH_MS: '20000' }, 30_000);
    const counting = bed.deploy();

    const drain = await realDrain((round) => (round === 0 ? counting : short));

    expect(drain.execution).toMatchObject({ status: 'FAILED', error: 'NoProgress' });
    expect(cause(drain)).toMatchObject({ rowsDeleted: 0, expectedAtStart: expired, rounds: 3 });
    expect(await bed.left()).toEqual({ live: LIVE, expired });
  });

  it('ends at once where its event or the settings are refused', async () => {
    await fill(400);
    const { expired } = await bed.left();
    const [rounds, unset] = [bed.deploy(), bed.deploy({ SESSION_PURGE_DATABASE: '' })];

    const ofEvent = await realDrain(() => rounds, {
      changed: (definition) => definition.replace('"maxSeconds":300', '"maxSeconds":30'),
    });
    const ofSettings = await realDrain(() => unset);

    for (const drain of [ofEvent, ofSettings])
      expect(drain.execution).toMatchObject({ status: 'FAILED', error: 'Refused' });
    expect(cause(ofEvent).lastProblem).toMatch(/^RequestError: .*maxSeconds must be/);
    expect(cause(ofSettings).lastProblem).toMatch(/^SettingsError: .*SESSION_PURGE_DATABASE/);
    expect(await bed.left()).toEqual({ live: LIVE, expired });
  });

  it('stops where somebody stops it, and what it has shown is what is gone', async () => {
    await fill(14_000);
    const { expired } = await bed.left();
    const stop = new AbortController();
    const fn = bed.deploy(SMALL_BATCHES, SHORT_MS);

    const { execution, progress } = await realDrain(() => fn, {
      signal: stop.signal,
      beforeRound(round) {
        if (round === 3) stop.abort();
      },
    });

    const left = await bed.left();
    const [, second] = progress;
    expect(execution).toEqual({ status: 'ABORTED' });
    // The round that ran when it was stopped went on to its end.
    expect(expired - left.expired).toBeGreaterThan(Number(second?.rowsDeletedSoFar));
    expect(left.live).toBe(LIVE);
  });

  it('gets the report of a round that failed, while log and metrics are those of any failure', async () => {
    await fill(400);
    const fn = bed.deploy({ SESSION_PURGE_TABLES: 'django_session,missing' });

    const told = await fn.invoke({ report: 'always' });
    const thrown = await fn.invoke({});

    const message = thrown.error?.errorMessage;
    expect(told.error).toBeUndefined();
    expect(told.report).toMatchObject({
      stopReason: 'failed',
      rowsDeleted: 400,
      error: `TableError: ${message}`,
    });
    expect(thrown.error?.errorType).toBe('TableError');
    expect(told.metrics[0]?.metrics).toMatchObject({ Failures: '1 Count', Successes: '0 Count' });
    expect(Object.keys(told.metrics[0]?.metrics ?? {})).toEqual(
      Object.keys(thrown.metrics[0]?.metrics ?? {}),
    );
    for (const { log } of [told, thrown])
      expect(log.at(-1)).toMatchObject({ level: 'ERROR', error: { name: 'TableError', message } });
  });
}
