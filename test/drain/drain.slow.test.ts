import { STOP_REASONS, type StopReason } from '../../contract/report';
import { count, drain, report, STARTED_AT, thrown } from './support';

const COUNT_EVENT = { dryRun: true, report: 'always' };
const ROUND_EVENT = { report: 'always', maxSeconds: 300 };

const outOfTime = (rowsDeleted: number) => report({ stopReason: 'time-budget', rowsDeleted });
const drained = (rowsDeleted = 0) => report({ rowsDeleted });
const failed = (rowsDeleted = 0, durationMs = 60_000) =>
  report({ stopReason: 'failed', rowsDeleted, durationMs, error: 'DatabaseError: mend this' });

describe('a drain without trouble', () => {
  it('counts, purges round after round, and ends with its totals', async () => {
    const rounds = [outOfTime(400), outOfTime(400), drained(200)];
    const { output, events, waits } = await drain([count(1000)], rounds);

    expect(output).toEqual({
      rowsDeleted: 1000,
      expectedAtStart: 1000,
      rounds: 3,
      roundsWithoutReport: 0,
      unknownOutcomes: 0,
      startedAt: STARTED_AT,
      seconds: 240,
    });
    expect(events).toEqual([COUNT_EVENT, ROUND_EVENT, ROUND_EVENT, ROUND_EVENT]);
    expect(waits).toEqual([]);
  });

  it('shows after each round how far it has come, how fast, and when it will be done', async () => {
    const { progress } = await drain([count(1000)], [outOfTime(600), drained(400)]);

    expect(progress).toEqual([
      {
        round: 1,
        rowsDeletedSoFar: 600,
        ofAbout: 1000,
        percent: 60,
        rowsPerSecond: 10,
        doneAbout: '2026-11-22T02:19:40.000Z',
        ended: 'time-budget',
        rowsDeleted: 600,
        roundsWithoutReport: 0,
        problem: 'none',
      },
      expect.objectContaining({
        round: 2,
        rowsDeletedSoFar: 1000,
        percent: 100,
        doneAbout: null,
      }),
    ]);
  });

  it('does not say how far it is once it has passed a count that was too low', async () => {
    const low = count(100_000, { rowsExpiredCapped: true, rowsExpiredEstimate: 500 });
    const { progress } = await drain([low], [outOfTime(400), outOfTime(400), drained(400)]);

    expect(progress).toMatchObject([
      { ofAbout: 500, percent: 80 },
      { rowsDeletedSoFar: 800, ofAbout: null, percent: null, doneAbout: null },
      { rowsDeletedSoFar: 1200, ofAbout: 1200, percent: 100 },
    ]);
  });

  it('is done when nothing is left, whoever else has deleted a part of it', async () => {
    const { progress } = await drain([count(1000)], [drained(400)]);

    expect(progress).toMatchObject([{ ofAbout: 1000, percent: 100, doneAbout: null }]);
  });

  it('has nothing to do where nothing has expired', async () => {
    const { output, progress } = await drain([count(0)], [drained()]);

    expect(output).toMatchObject({ rowsDeleted: 0, expectedAtStart: 0, rounds: 1 });
    expect(progress).toMatchObject([{ percent: 100, rowsPerSecond: 0, doneAbout: null }]);
  });

  it('counts what expires meanwhile as well', async () => {
    const { output, progress } = await drain([count(10)], [outOfTime(9), drained(3)]);

    expect(output).toMatchObject({ rowsDeleted: 12, expectedAtStart: 10 });
    expect(progress[1]).toMatchObject({ ofAbout: 12, percent: 100 });
  });
});

describe('an input', () => {
  it.each([{}, { Comment: 'Insert your JSON here' }, null])(
    'may say nothing: %j',
    async (input) => {
      const { output } = await drain([count(1)], [drained(1)], { input });

      expect(output).toMatchObject({ rowsDeleted: 1 });
    },
  );

  it.each([
    [{ dryRun: true }, 'dryRun'],
    [{ Comment: 'gently', maxRows: 10, tables: ['a'] }, 'maxRows, tables'],
    [[{ dryRun: true }], 'dryRun'],
    [{ ['x'.repeat(50_000)]: 1 }, 'x'.repeat(200)],
  ])('that asks for something never purges', async (input, fields) => {
    const { execution, cause, events } = await drain([], [], { input });

    expect(execution).toMatchObject({ status: 'FAILED', error: 'Refused' });
    expect(cause).toMatchObject({
      why: `a drain takes no input, and this one has the fields ${fields}`,
      rounds: 0,
    });
    expect(events).toEqual([]);
  });
});

describe('the count at the start', () => {
  const both = (first: object, second: object) => {
    const { tables, ...others } = count(5, first);
    return { ...others, tables: [...tables, ...count(5, second).tables] };
  };
  const leavingOut = {
    tablesLeftOut: {
      count: 900,
      stopReasons: { 'dry-run': 900 },
      rowsDeleted: 0,
      rowsExpired: 50,
    },
  };

  it.each([
    ['of many tables', both({}, { rowsExpired: 7 }), 12],
    ['by estimate', count(100_000, { rowsExpiredCapped: true, rowsExpiredEstimate: 3e6 }), 3e6],
    [
      'of many tables, one by estimate',
      both({}, { rowsExpired: 1e5, rowsExpiredCapped: true, rowsExpiredEstimate: 2e5 }),
      200_005,
    ],
    ['of the tables that could be counted', both({}, { rowsExpired: null }), 5],
    ['with the tables that the report leaves out', { ...count(5), ...leavingOut }, 55],
    [
      'of the tables that the report leaves out, where each that it shows has a problem',
      { ...count(null), ...leavingOut },
      50,
    ],
  ])('is a sum %s', async (_how, counted, expected) => {
    const { output } = await drain([counted], [drained(1)]);

    expect(output.expectedAtStart).toBe(expected);
  });

  const leavingSomeUncounted = {
    tablesLeftOut: { ...leavingOut.tablesLeftOut, stopReasons: { 'dry-run': 1, failed: 899 } },
  };

  it.each([
    ['exactly', count(5)],
    ['exactly', { ...count(5), ...leavingOut }],
    ['by an estimate', count(100_000, { rowsExpiredCapped: true, rowsExpiredEstimate: 3e6 })],
    ['in part', both({}, { rowsExpired: null })],
    ['in part', { ...count(5), ...leavingSomeUncounted }],
  ])('is told as counted %s, beside a total that is not exact', async (how, counted) => {
    const answers = [counted, count(0)];
    const { output } = await drain(answers, [thrown('Runtime.ExitError'), drained()]);

    expect(output.note).toContain(` expired rows at the start (counted ${how}) and `);
  });

  it.each([
    ['had no time', count(null)],
    ['failed', { ...count(null), stopReason: 'failed' as const, tables: [] }],
    ['was killed', thrown('Runtime.ExitError')],
  ])('is not known where it %s, and the drain goes on', async (_how, counted) => {
    const { output, progress } = await drain([counted], [outOfTime(5), drained()]);

    expect(output).toMatchObject({ rowsDeleted: 5, expectedAtStart: null, roundsWithoutReport: 0 });
    expect(progress[0]).toMatchObject({ ofAbout: null, percent: null, doneAbout: null });
  });

  it.each(['RequestError', 'SettingsError'])('that is refused ends it: %s', async (error) => {
    const { execution, cause, events } = await drain([thrown(error)], []);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'Refused' });
    expect(cause).toMatchObject({ lastProblem: expect.stringContaining('mend this'), rounds: 0 });
    expect(events).toEqual([COUNT_EVENT]);
  });
});

describe('a round that ends', () => {
  const THEN = {
    drained: [],
    'time-budget': [],
    'row-limit': [],
    'switched-off': [600],
    'database-busy': [600],
    asleep: [600],
    failed: [60],
    'dry-run': 'NotAPurge',
  } as const satisfies Record<StopReason, readonly number[] | string>;

  it.each(Object.keys(STOP_REASONS) as StopReason[])('with %s has a branch', async (stopReason) => {
    const rounds = [report({ stopReason, rowsDeleted: 1 }), drained(1)];
    const { execution, waits } = await drain([count(2)], rounds);

    if (stopReason === 'dry-run')
      expect(execution).toMatchObject({ status: 'FAILED', error: THEN[stopReason] });
    else {
      expect(execution.status).toBe('SUCCEEDED');
      expect(waits).toEqual(THEN[stopReason]);
    }
  });

  it('because the purge is paused is told with the reason, and waited for', async () => {
    const paused = report({ stopReason: 'switched-off', reason: 'ask Ann', durationMs: 10 });
    const rounds = [outOfTime(1), ...Array(50).fill(paused), drained(1)];
    const { output, progress, waits } = await drain([count(2)], rounds);

    expect(progress[1]).toMatchObject({ ended: 'switched-off', problem: 'ask Ann' });
    expect(waits).toEqual(Array(50).fill(600));
    expect(output).toMatchObject({ rowsDeleted: 2, rounds: 52 });
  });
});

describe('a round without a report', () => {
  it.each(['Runtime.ExitError', 'Sandbox.Timedout', 'Lambda.Unknown', 'Lambda.ServiceException'])(
    'is counted as such, and the tables are counted again: %s',
    async (error) => {
      const rounds = [outOfTime(40), thrown(error), outOfTime(30), drained(10)];
      const { output, waits } = await drain([count(100), count(0)], rounds);

      expect(waits).toEqual([60]);
      expect(output).toMatchObject({
        rowsDeleted: 80,
        expectedAtStart: 100,
        expiredAtEnd: 0,
        rounds: 4,
        roundsWithoutReport: 1,
        note: expect.stringMatching(
          /1 rounds .* 100 expired rows at the start \(counted exactly\) and 0 at the end$/,
        ),
      });
    },
  );

  it('is told of even if the tables cannot be counted again', async () => {
    const answers = [count(100), thrown('Runtime.ExitError')];
    const { output } = await drain(answers, [thrown('Runtime.ExitError'), drained()]);

    expect(output).toMatchObject({ expiredAtEnd: null, roundsWithoutReport: 1 });
  });

  it('is told of even if nothing was ever counted', async () => {
    const killed = thrown('Runtime.ExitError');
    const { output } = await drain([killed, killed], [killed, drained()]);

    expect(output.note).toMatch(
      /The tables had an unknown number of expired rows at the start and an unknown number at the end$/,
    );
  });

  it('is no throttled call, which has not begun, and is waited for however often it comes', async () => {
    const throttled = thrown('Lambda.TooManyRequestsException');
    const { output, progress, waits } = await drain(
      [count(2)],
      [outOfTime(1), ...Array(9).fill(throttled), drained(1)],
    );

    expect(waits).toEqual(Array(9).fill(600));
    expect(progress[1]).toMatchObject({
      ended: 'throttled',
      problem: expect.stringMatching(/^Lambda\.TooManyRequestsException: /),
    });
    expect(output).toMatchObject({ rowsDeleted: 2, rounds: 11, roundsWithoutReport: 0 });
    expect(output).not.toHaveProperty('note');
  });

  it('is one with an answer that is no report', async () => {
    const { progress, output } = await drain(
      [count(1), count(0)],
      [{ durationMs: 10 } as never, drained(1)],
    );

    expect(progress[0]).toMatchObject({
      ended: 'no report',
      problem: expect.stringMatching(/^States\.QueryEvaluationError/),
    });
    expect(output).toMatchObject({ rowsDeleted: 1, roundsWithoutReport: 1 });
  });
});

it('tells of a delete whose answer was lost, since its rows are in no total', async () => {
  const { output } = await drain(
    [count(5), count(0)],
    [report({ rowsDeleted: 4, unknownOutcomes: 1 })],
  );

  expect(output).toMatchObject({ unknownOutcomes: 1, expiredAtEnd: 0, note: expect.any(String) });
});

describe('a drain gives up', () => {
  it.each([
    ['a failure', failed(), 0, 'DatabaseError: mend this'],
    ['a round without a report', thrown('Runtime.ExitError'), 5, /^Runtime.ExitError: .*mend this/],
    ['a refusal of the settings', thrown('SettingsError'), 0, /^SettingsError: .*mend this/],
  ])(
    'after %s five times in a row, with the totals in the cause',
    async (_what, answer, lost, why) => {
      const rounds = [
        outOfTime(7),
        ...Array(4).fill(answer),
        outOfTime(2),
        ...Array(5).fill(answer),
      ];
      const { execution, cause, waits } = await drain([count(10)], rounds);

      expect(execution).toMatchObject({ status: 'FAILED', error: 'FailedTooOften' });
      expect(cause).toMatchObject({
        why: '5 rounds in a row failed, each without a row or within half a minute',
        remedy: expect.stringContaining('start another drain'),
        lastProblem: expect.stringMatching(why),
        rowsDeleted: 9,
        expectedAtStart: 10,
        rounds: 11,
        roundsWithoutReport: lost === 0 ? 0 : 9,
        startedAt: STARTED_AT,
      });
      expect(waits).toEqual([60, 120, 240, 480, 60, 120, 240, 480]);
    },
  );

  it('not while rounds that fail delete rows: something is in the way of a row, and the rest goes', async () => {
    const rounds = [...Array(20).fill(failed(5)), ...Array(5).fill(failed())];
    const { execution, cause } = await drain([count(101)], rounds);

    expect(execution).toMatchObject({ error: 'FailedTooOften' });
    expect(cause).toMatchObject({ rowsDeleted: 100, rounds: 25 });
  });

  it('where one row stays, although each round deletes what has expired since the last', async () => {
    const { execution, cause } = await drain([count(101)], () => failed(5, 2000));

    expect(execution).toMatchObject({ error: 'FailedTooOften' });
    expect(cause).toMatchObject({ rowsDeleted: 25, rounds: 5 });
  });

  it('after three rounds that ran out of time without a row', async () => {
    const paused = report({ stopReason: 'switched-off' });
    const rounds = [
      outOfTime(0),
      outOfTime(0),
      outOfTime(1),
      outOfTime(0),
      paused,
      outOfTime(0),
      outOfTime(0),
    ];
    const { execution, cause } = await drain([count(9)], rounds);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'NoProgress' });
    expect(cause).toMatchObject({ rowsDeleted: 1, rounds: 7 });
  });

  it('at once where its event is refused', async () => {
    const { execution, cause } = await drain([count(9)], [outOfTime(1), thrown('RequestError')]);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'Refused' });
    expect(cause).toMatchObject({ rowsDeleted: 1 });
  });

  it('before its history is full', async () => {
    const paused = report({ stopReason: 'switched-off', durationMs: 10 });
    const { execution, cause } = await drain([count(9)], () => paused);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'TooManyRounds' });
    expect(cause).toMatchObject({ rounds: 2000 });
  });

  it('before its history is full, also where every other call is throttled', async () => {
    const answers = [thrown('Lambda.TooManyRequestsException'), failed(1)];
    const { execution } = await drain([count(9)], (round) => answers[round % 2] as never);

    expect(execution).toMatchObject({ status: 'FAILED', error: 'TooManyRounds' });
  });
});

it('ends when its time is up', async () => {
  const { execution } = await drain([count(9)], () => outOfTime(1), {
    plan: { timeoutSeconds: 3600 },
  });

  expect(execution).toEqual({ status: 'TIMED_OUT' });
});

it('stops when somebody stops it', async () => {
  const stop = new AbortController();
  const { execution, events } = await drain(
    [count(9)],
    (round) => {
      if (round === 1) stop.abort();
      return outOfTime(1);
    },
    { signal: stop.signal },
  );

  expect(execution).toEqual({ status: 'ABORTED' });
  expect(events).toHaveLength(3);
});
