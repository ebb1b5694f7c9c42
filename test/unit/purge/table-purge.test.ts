import { OutOfTime } from '../../../lambda/errors';
import { micros } from '../../support/in-memory-sessions';
import {
  CUTOFF,
  expired,
  failure,
  type Given,
  limits,
  PLAN,
  type Setup,
  secondsBefore,
  setup,
} from './setup';

const WITHOUT_SAMPLE =
  'the table was done, a limit was reached, or something was in the way, before a sample was due';

describe('the purge of a table', () => {
  it('deletes what expired before the cutoff and keeps the rest', async () => {
    const { run, remaining } = setup({
      tables: {
        one: [
          ...expired(7),
          { key: 'just', expireDate: '2026-11-22T02:16:59.999999Z' },
          { key: 'at', expireDate: '2026-11-22T02:17:00.000000Z' },
          { key: 'live', expireDate: '2026-12-06T03:17:00.000000Z' },
        ],
      },
    });

    const result = await run();

    expect(remaining()).toEqual(['at', 'live']);
    expect(result).toEqual({
      dryRun: false,
      engine: 'in memory',
      cutoff: CUTOFF.toISOString(),
      stopReason: 'drained',
      rowsDeleted: 8,
      unknownOutcomes: 0,
      batches: 1,
      dataApiCalls: 0,
      retries: 0,
      slowestBatchMs: 100,
      wakeMs: 0,
      durationMs: 0,
      tables: [
        {
          table: 'one',
          stopReason: 'drained',
          rowsDeleted: 8,
          rowsExpired: null,
          oldestExpired: null,
          backlogAgeSeconds: 0,
          walk: 'index',
          walkReason: WITHOUT_SAMPLE,
        },
      ],
      failure: null,
    });
  });

  it('starts the first batch at the oldest row, and each other where the last one ended', async () => {
    const { run, database } = setup({ tables: { one: expired(5) }, plan: { maxBatchSize: 2 } });

    await run();

    const from = (seconds: number) => ({ walk: 'index', at: micros(secondsBefore(seconds)) });
    expect(database.deletes.map(({ batch }) => batch.from)).toEqual([from(5), from(4), from(2)]);
  });

  it('adapts the size of its batches to the time they take', async () => {
    const setting = setup({
      tables: { one: expired(9000) },
      plan: { targetBatchMs: 1000 },
      turns: [{ durationMs: 125 }, { durationMs: 10_000 }, { durationMs: 25 }],
      batchMs: 25,
    });

    await setting.run();

    expect(limits(setting)).toEqual([500, 2000, 200, 800, 3200, 5000]);
  });

  it('pauses in proportion between batches, and neither before the first nor after the last', async () => {
    const { run, database, clock } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2, pauseRatio: 2 },
      turns: [{ durationMs: 200 }, { durationMs: 100 }, { durationMs: 40 }],
    });
    const startedMs = clock.now();

    await run();

    expect(database.deletes.map(({ atMs }) => atMs)).toEqual([0, 600, 900]);
    expect(clock.now() - startedMs).toBe(940);
  });

  it('does not pause when the ratio is 0', async () => {
    const { run, clock } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2, pauseRatio: 0 },
    });

    await run();

    expect(clock.sleeps).toEqual([]);
  });

  it('ends when the table is drained, although sessions go on to expire', async () => {
    const { run, database } = setup({ tables: { one: expired(4) }, plan: { maxBatchSize: 2 } });

    const { tables } = await run();

    expect(database.deletes).toHaveLength(3);
    expect(tables[0]?.stopReason).toBe('drained');
  });

  it('reports its slowest batch', async () => {
    const { run } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2 },
      turns: [{ durationMs: 30 }, { durationMs: 70.5 }, { durationMs: 20 }],
    });

    expect((await run()).slowestBatchMs).toBe(70.5);
  });
});

describe('the oldest session left', () => {
  it('is looked for after the last batch, since rows may have been locked', async () => {
    const { run, database } = setup({ tables: { one: expired(86_401) } });
    database.table('one').lock('k0');

    const { tables } = await run();

    expect(tables[0]).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: 86_400,
      oldestExpired: '2026-11-21T02:16:59.000Z',
      backlogAgeSeconds: 86_401,
    });
  });

  it('is not looked for in an empty table', async () => {
    const { run, database } = setup({ tables: { one: [] } });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).toEqual(['open']);
    expect(tables[0]).toMatchObject({ oldestExpired: null, backlogAgeSeconds: 0 });
  });

  it('stays as the walk left it when the look takes too long, and the table is not called drained', async () => {
    const { run } = setup({ tables: { one: expired(3) }, oldestTimesOut: true });

    const problem =
      'the walk through one came to its end, but the look for what is left took too long; look for a missing index on expire_date';
    expect(await run()).toMatchObject({
      failure: { name: 'DatabaseError', message: problem },
      tables: [{ stopReason: 'failed', problem, oldestExpired: secondsBefore(1).toISOString() }],
    });
  });

  it('is not known to be none when there is no time for the look', async () => {
    const { run, database } = setup({
      tables: { one: expired(3) },
      turns: [{ durationMs: 1000 }],
      timeLeftMs: 3000 + 1000 + PLAN.targetBatchMs - 1,
    });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).toEqual(['open', 'delete']);
    expect(tables).toMatchObject([{ stopReason: 'time-budget', rowsDeleted: 3 }]);
  });

  it('is none when all are deleted', async () => {
    const { run, database } = setup({ tables: { one: expired(3) } });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).toEqual(['open', 'delete', 'oldest']);
    expect(tables[0]).toMatchObject({ oldestExpired: null, backlogAgeSeconds: 0 });
  });

  it('is where the walk ended when the time ran out', async () => {
    const { run } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2 },
      timeLeftMs: 3000 + 500 + 100,
    });

    const { tables } = await run();

    expect(tables[0]).toMatchObject({
      stopReason: 'time-budget',
      rowsDeleted: 2,
      oldestExpired: secondsBefore(4).toISOString(),
      backlogAgeSeconds: 4,
    });
  });

  it('is one that others hold, also where the walk has passed it when the time runs out', async () => {
    const { run, database } = setup({
      tables: { one: expired(90) },
      plan: { maxBatchSize: 10 },
      timeLeftMs: 3000 + 1500,
    });
    database.table('one').lock('k0');

    const { tables } = await run();

    expect(tables).toMatchObject([
      { stopReason: 'time-budget', oldestExpired: secondsBefore(90).toISOString() },
    ]);
    expect(tables[0]?.rowsDeleted).toBeGreaterThan(20);
  });

  it('is known even when the time ran out before the first batch', async () => {
    const { run } = setup({ tables: { one: expired(5) }, timeLeftMs: 3000 });

    expect((await run()).tables[0]).toMatchObject({
      stopReason: 'time-budget',
      oldestExpired: secondsBefore(5).toISOString(),
      backlogAgeSeconds: 5,
    });
  });

  it('has its age in whole seconds before the cutoff', async () => {
    const { run, database } = setup({
      tables: { one: [{ key: 'held', expireDate: '2026-11-22T02:16:58.001999Z' }] },
    });
    database.table('one').lock('held');

    expect((await run()).tables[0]).toMatchObject({
      oldestExpired: '2026-11-22T02:16:58.001Z',
      backlogAgeSeconds: 1,
    });
  });
});

describe('the time budget', () => {
  it.each([
    ['starts a batch when two target durations fit before the report', 3000 + 2 * 250, 1],
    ['starts none when they do not', 3000 + 2 * 250 - 1, 0],
  ])('%s', async (_promise, timeLeftMs, batches) => {
    const { run, database } = setup({ tables: { one: expired(1) }, timeLeftMs });

    const { failure: none, tables } = await run();

    expect(database.deletes).toHaveLength(batches);
    expect(tables[0]?.stopReason).toBe(batches === 1 ? 'drained' : 'time-budget');
    expect(none).toBeNull();
  });

  const slow = { maxBatchSize: 2, targetBatchMs: 10 };

  it.each([
    ['goes on when the pause and the slowest batch fit', 4000 + 2000 + 4000 + 3000, 2],
    ['stops when they might not', 4000 + 2000 + 4000 + 3000 - 1, 1],
  ])('%s', async (_promise, timeLeftMs, batches) => {
    const { run, database } = setup({
      tables: { one: expired(3) },
      plan: slow,
      turns: [{ durationMs: 4000 }],
      timeLeftMs,
    });

    await run();

    expect(database.deletes).toHaveLength(batches);
  });

  it('remembers the slowest batch, not the last one, for all tables', async () => {
    const { run, database } = setup({
      tables: { one: expired(1), two: expired(1) },
      plan: { ...slow, pauseRatio: 0 },
      turns: [{ durationMs: 4000 }],
      timeLeftMs: 4000 + 4000 + 3000 - 1,
    });

    const { tables } = await run();

    expect(database.deletes.map(({ table }) => table)).toEqual(['one']);
    expect(tables.map(({ stopReason }) => stopReason)).toEqual(['drained', 'time-budget']);
  });

  it.each([
    [
      'expects half a batch to take half as long as one that was too large',
      20_000 + 10_000 + 10_000 + 3000,
      2,
    ],
    ['does not start it when that would not fit', 20_000 + 10_000 + 10_000 + 3000 - 1, 1],
  ])('%s', async (_promise, timeLeftMs, batches) => {
    const { run, database } = setup({
      tables: { one: expired(3) },
      turns: [{ outcome: 'too-large', durationMs: 20_000 }],
      timeLeftMs,
    });

    const { failure: none } = await run();

    expect(database.deletes).toHaveLength(batches);
    expect(none).toBeNull();
  });

  it('forgets this after a batch that deleted', async () => {
    const { run, database } = setup({
      tables: { one: expired(4) },
      plan: { maxBatchSize: 2, pauseRatio: 0 },
      turns: [{ outcome: 'too-large', durationMs: 20_000 }, { durationMs: 100 }],
      timeLeftMs: 20_000 + 10_000 + 3000,
    });

    await run();

    expect(database.deletes.length).toBeGreaterThan(2);
  });

  it('leaves the tables that it did not reach to the next run', async () => {
    const { run, remaining } = setup({
      tables: { one: expired(2), two: expired(2) },
      plan: { maxBatchSize: 1, pauseRatio: 0 },
      timeLeftMs: 3000 + 500 + 100,
    });

    const { tables, rowsDeleted, failure: none } = await run();

    expect(tables.map(({ table, stopReason }) => [table, stopReason])).toEqual([
      ['one', 'time-budget'],
      ['two', 'time-budget'],
    ]);
    expect(rowsDeleted).toBe(2);
    expect(remaining('two')).toEqual(['k0', 'k1']);
    expect(none).toBeNull();
  });
});

describe('a call that the end of the time cuts short', () => {
  const cutShort = new OutOfTime('no answer');

  it.each<[string, Given]>([
    ['the look at the end', { tables: { one: expired(9) }, failing: { oldest: cutShort } }],
    [
      'the count of a dry run',
      { tables: { one: expired(9) }, request: { dryRun: true }, failing: { count: cutShort } },
    ],
    [
      'a delete that had to read first',
      { tables: { one: expired(9) }, turns: [{ outcome: cutShort }] },
    ],
  ])('is no failure: %s', async (_what, given) => {
    const result = await setup(given).run();

    expect(result).toMatchObject({
      failure: null,
      stopReason: 'time-budget',
      tables: [{ stopReason: 'time-budget' }],
    });
  });

  it('does not hide what was found to stay', async () => {
    const { run, database } = setup({ tables: { one: expired(9) }, failing: { count: cutShort } });
    database.table('one').obstruct('k4', 'refused');

    expect(await run()).toMatchObject({
      stopReason: 'failed',
      rowsDeleted: 8,
      tables: [{ problem: expect.stringMatching(/^1 row of one could not .* \(time-budget\)/) }],
    });
  });
});

describe('a limit on the rows', () => {
  it('holds for all tables together, and cuts the last batch', async () => {
    const setting = setup({
      tables: { one: expired(3, 'a'), two: expired(5, 'b'), three: expired(1, 'c') },
      request: { maxRows: 6 },
      plan: { maxBatchSize: 2 },
    });

    const { rowsDeleted, tables } = await setting.run();

    expect(limits(setting)).toEqual([2, 2, 2, 1]);
    expect(rowsDeleted).toBe(6);
    expect(tables.map(({ stopReason, rowsDeleted: rows }) => [stopReason, rows])).toEqual([
      ['drained', 3],
      ['row-limit', 3],
      ['row-limit', 0],
    ]);
    expect(setting.remaining('two')).toEqual(['b3', 'b4']);
    expect(setting.remaining('three')).toEqual(['c0']);
  });

  it('is the stop reason even when no more rows were left', async () => {
    const { run } = setup({ tables: { one: expired(2) }, request: { maxRows: 2 } });

    expect((await run()).tables[0]).toMatchObject({ stopReason: 'row-limit', rowsDeleted: 2 });
  });

  it('is not the stop reason when there were fewer rows', async () => {
    const { run } = setup({ tables: { one: expired(2) }, request: { maxRows: 3 } });

    expect((await run()).tables[0]).toMatchObject({ stopReason: 'drained', rowsDeleted: 2 });
  });

  it('ends with a look for the oldest row left in the table that it stopped in', async () => {
    const { run, database } = setup({
      tables: { one: expired(3), two: expired(1) },
      request: { maxRows: 2 },
    });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).toEqual(['open', 'delete', 'oldest']);
    expect(tables[0]).toMatchObject({
      oldestExpired: secondsBefore(1).toISOString(),
      backlogAgeSeconds: 1,
    });
    expect(tables[1]).toMatchObject({ rowsDeleted: 0, backlogAgeSeconds: 1 });
  });

  it('ends with that look even after a single row', async () => {
    const { run } = setup({ tables: { one: expired(9) }, request: { maxRows: 1 } });

    expect((await run()).tables[0]).toMatchObject({ rowsDeleted: 1, backlogAgeSeconds: 8 });
  });

  it.each(['unknown-not-run', 'unknown-run'] as const)(
    'counts all rows of a delete whose outcome is %s, so that never more rows are deleted',
    async (outcome) => {
      const { run, remaining } = setup({
        tables: { one: expired(9) },
        request: { maxRows: 5 },
        plan: { maxBatchSize: 2 },
        turns: [{ outcome }],
      });

      const { rowsDeleted, unknownOutcomes } = await run();

      expect({ rowsDeleted, unknownOutcomes }).toEqual({ rowsDeleted: 3, unknownOutcomes: 1 });
      expect(remaining()).toHaveLength(outcome === 'unknown-run' ? 4 : 6);
    },
  );

  it('skips that look when there is no time for it', async () => {
    const { run, database } = setup({
      tables: { one: expired(3) },
      request: { maxRows: 2 },
      plan: { targetBatchMs: 250 },
      timeLeftMs: 4000,
      turns: [{ durationMs: 900 }],
    });

    const { failure, tables } = await run();

    expect(failure).toBeNull();
    expect(database.calls.map(({ kind }) => kind)).toEqual(['open', 'delete']);
    expect(tables[0]).toMatchObject({ stopReason: 'row-limit', rowsDeleted: 2 });
  });

  it('does not pause once it is reached', async () => {
    const { run, clock } = setup({ tables: { one: expired(3) }, request: { maxRows: 2 } });

    await run();

    expect(clock.sleeps).toEqual([]);
  });
});

describe('a delete whose outcome is unknown', () => {
  it.each([
    ['counts none of its rows, although they were deleted', 'unknown-run' as const, 3],
    ['counts its rows once the next batch deleted them', 'unknown-not-run' as const, 5],
  ])('%s', async (_promise, outcome, rowsDeleted) => {
    const { run, remaining } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2 },
      turns: [{ outcome }],
    });

    const result = await run();

    expect(result).toMatchObject({ rowsDeleted, unknownOutcomes: 1, failure: null });
    expect(result.tables[0]).toMatchObject({ rowsDeleted, stopReason: 'drained' });
    expect(remaining()).toEqual([]);
  });

  it('is followed by a pause of a second and a batch from the same place', async () => {
    const { run, database } = setup({
      tables: { one: expired(6) },
      plan: { maxBatchSize: 2, pauseRatio: 0 },
      turns: [{}, { outcome: 'unknown-not-run', durationMs: 10 }],
    });

    await run();

    const [, lost, next] = database.deletes;
    expect(next?.atMs).toBe((lost?.atMs ?? 0) + 10 + 1000);
    expect(next?.batch).toEqual({ ...lost?.batch, limit: 1 });
  });

  it('counts neither as a batch nor as the slowest', async () => {
    const { run } = setup({
      tables: { one: expired(1) },
      turns: [{ outcome: 'unknown-run', durationMs: 9000 }],
    });

    expect(await run()).toMatchObject({ batches: 1, slowestBatchMs: 100 });
  });

  const unknown = { outcome: 'unknown-not-run' as const };

  it('may happen four times in a row', async () => {
    const { run } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2 },
      turns: [unknown, unknown, unknown, unknown, {}, unknown, unknown, unknown, unknown],
    });

    expect(await run()).toMatchObject({ unknownOutcomes: 8, rowsDeleted: 5, failure: null });
  });

  it('ends the run the fifth time in a row', async () => {
    const { run, database } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2 },
      turns: [{}, unknown, unknown, unknown, unknown, unknown],
    });

    const result = await run();

    expect(result.failure).toEqual(
      failure(
        'DatabaseError',
        'no answer to 5 deletes in a row, the last of up to 1 rows; their rows are not in rowsDeleted, the next run settles the rest: statement failed: the connection was lost; a delete of no row of one passes: if this comes again, look for a trigger on it that fails in this way or lacks a right; its triggers: SHOW TRIGGERS ON one',
      ),
    );
    expect(result).toMatchObject({ unknownOutcomes: 5, rowsDeleted: 2 });
    expect(database.deletes).toHaveLength(6);
  });

  it('is counted anew after one that was too large, and in each table', async () => {
    const { run } = setup({
      tables: { one: expired(1), two: expired(1) },
      turns: [
        unknown,
        unknown,
        unknown,
        unknown,
        { outcome: 'too-large' },
        unknown,
        {},
        unknown,
        unknown,
        unknown,
        unknown,
      ],
    });

    expect(await run()).toMatchObject({ unknownOutcomes: 9, rowsDeleted: 2, failure: null });
  });
});

describe('a delete that is too large', () => {
  const tooLarge = { outcome: 'too-large' as const, durationMs: 1000 };

  it('is tried again from the same place at half the size, and then in eighths', async () => {
    const setting = setup({
      tables: { one: expired(600) },
      plan: { targetBatchMs: 100 },
      turns: [{}, tooLarge, tooLarge],
    });

    const { rowsDeleted, unknownOutcomes } = await setting.run();

    const [, first, second, third] = setting.database.deletes;
    expect(limits(setting)).toEqual([500, 500, 250, 32, 32, 32, 32, 125]);
    expect([second?.batch.from, third?.batch.from]).toEqual(Array(2).fill(first?.batch.from));
    expect({ rowsDeleted, unknownOutcomes }).toEqual({ rowsDeleted: 600, unknownOutcomes: 0 });
  });

  it('counts neither as a batch nor as the slowest', async () => {
    const { run } = setup({ tables: { one: expired(1) }, turns: [tooLarge] });

    expect(await run()).toMatchObject({ batches: 1, slowestBatchMs: 100 });
  });

  it('leads from the storage walk back to the index when even one row is too large', async () => {
    const { run, database } = setup({
      tables: { one: expired(5000) },
      turns: [{}, {}, ...Array(11).fill(tooLarge)],
      timeLeftMs: 900_000,
    });

    const { rowsDeleted, tables, failure: none } = await run();

    const walks = database.deletes.map(({ batch }) => batch.from.walk);
    expect(walks.slice(0, 3)).toEqual(['index', 'index', 'storage']);
    expect(walks.at(-1)).toBe('index');
    expect({ rowsDeleted, none }).toEqual({ rowsDeleted: 5000, none: null });
    expect(tables[0]?.walkReason).toMatch(/then along the index, since some rows could not/);
  });
});

describe('the walk', () => {
  it('goes along the index for a small backlog, without a sample', async () => {
    const { run, database } = setup({ tables: { one: expired(999) } });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).not.toContain('choose');
    expect(tables[0]).toMatchObject({ walk: 'index', walkReason: WITHOUT_SAMPLE });
  });

  it('goes along the index where the first batch fails, and does not call a large backlog small', async () => {
    const { run, database } = setup({ tables: { one: expired(5000) }, timeLeftMs: 900_000 });
    database.table('one').obstruct('k0', 'refused');

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).not.toContain('choose');
    expect(tables[0]).toMatchObject({ rowsDeleted: 4999, walkReason: WITHOUT_SAMPLE });
  });

  it('is chosen before the first batch where there is no index', async () => {
    const { run, database, remaining } = setup({ tables: { one: expired(9) }, withoutIndex: true });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind).slice(0, 3)).toEqual([
      'open',
      'choose',
      'delete',
    ]);
    expect(database.calls.filter(({ kind }) => kind === 'choose')).toHaveLength(1);
    expect(tables[0]).toMatchObject({ walk: 'storage', rowsDeleted: 9, stopReason: 'drained' });
    expect(remaining()).toEqual([]);
  });

  it('is chosen once when the backlog is not small, and reported with the reason', async () => {
    const { run, database, remaining } = setup({ tables: { one: expired(20_000) } });

    const { tables, rowsDeleted } = await run();

    expect(database.calls.filter(({ kind }) => kind === 'choose')).toHaveLength(1);
    expect(database.deletes.map(({ batch }) => batch.from.walk).slice(0, 4)).toEqual([
      'index',
      'index',
      'storage',
      'storage',
    ]);
    expect(tables[0]).toMatchObject({ walk: 'storage', walkReason: expect.stringMatching(/of/) });
    expect({ rowsDeleted, left: remaining() }).toEqual({ rowsDeleted: 20_000, left: [] });
  });

  it('stays along the index when few rows have expired', async () => {
    const live = Array.from({ length: 40_000 }, (_, at) => ({
      key: `live${at}`,
      expireDate: '2026-12-06T03:17:00.000000Z',
    }));
    const { run, database } = setup({ tables: { one: [...expired(3000), ...live] } });

    const { tables } = await run();

    expect(new Set(database.deletes.map(({ batch }) => batch.from.walk))).toEqual(
      new Set(['index']),
    );
    expect(tables[0]).toMatchObject({ walk: 'index', rowsDeleted: 3000 });
  });

  it('goes back to the index when its own batches show that few rows have expired', async () => {
    // The expired rows come first in the order of keys, so that the sample finds many and the walk then finds few.
    const live = Array.from({ length: 60_000 }, (_, at) => ({
      key: `live${at}`,
      expireDate: '2026-12-06T03:17:00.000000Z',
    }));
    const { run, database, remaining } = setup({
      tables: { one: [...expired(9000), ...live] },
      plan: { maxBatchSize: 500 },
      timeLeftMs: 900_000,
    });

    const { tables } = await run();

    expect(tables[0]).toMatchObject({
      walk: 'storage',
      walkReason: expect.stringMatching(/then along the index, since few of the rows seen/),
      rowsDeleted: 9000,
    });
    expect(remaining()).toHaveLength(60_000);
    expect(database.deletes.length).toBeLessThan(60);
  });

  it('ends in the order of storage with one look for what is left', async () => {
    const { run, database } = setup({ tables: { one: expired(3000) } });

    const { tables } = await run();

    expect(database.calls.filter(({ kind }) => kind === 'oldest')).toHaveLength(1);
    expect(tables[0]).toMatchObject({ oldestExpired: null, backlogAgeSeconds: 0 });
  });

  describe('looks on the way along the index, after every 100,000 rows', () => {
    const looks = ({ database }: Setup) =>
      database.calls.flatMap((call) => (call.kind === 'oldest' ? [call.since ?? null] : []));

    it('looks from the row on that the last look found', async () => {
      const setting = setup({
        tables: { one: expired(140_000) },
        plan: { maxBatchSize: 20_000 },
        withoutStorageWalk: true,
      });

      const { tables } = await setting.run();

      const [first, second] = looks(setting);
      expect(looks(setting)).toHaveLength(2);
      expect(first).toBeNull();
      expect(second?.getTime()).toBeGreaterThanOrEqual(secondsBefore(40_000).getTime());
      expect(tables[0]).toMatchObject({ stopReason: 'drained', rowsDeleted: 140_000 });
    });

    it('finds at the end a row that was left on the way', async () => {
      const setting = setup({ tables: { one: expired(120_000) }, withoutStorageWalk: true });
      setting.database.table('one').lock('k500');

      const { tables } = await setting.run();

      expect(tables[0]).toMatchObject({
        stopReason: 'drained',
        rowsDeleted: 119_999,
        oldestExpired: secondsBefore(120_000 - 500).toISOString(),
      });
    });

    it('goes on without them where one takes too long, and says so at the end', async () => {
      const setting = setup({
        tables: { one: expired(310_000) },
        plan: { maxBatchSize: 20_000 },
        oldestTimesOut: true,
        withoutStorageWalk: true,
      });

      const { tables } = await setting.run();

      expect(tables).toMatchObject([{ stopReason: 'failed', rowsDeleted: 310_000 }]);
      expect(looks(setting)).toHaveLength(2);
    });

    it.each([{}, { withoutIndex: true, withoutStorageWalk: true }])(
      'does not look on another way: %j',
      async (given) => {
        const setting = setup({ tables: { one: expired(110_000) }, ...given });

        await setting.run();

        expect(looks(setting)).toEqual([null]);
      },
    );
  });

  it('goes once more along the index after it, for what is left', async () => {
    const { run, database } = setup({ tables: { one: expired(3000) } });
    database.table('one').lock('k2500');

    const { tables } = await run();

    const walks = database.deletes.map(({ batch }) => batch.from.walk);
    expect(walks.slice(-2)).toEqual(['storage', 'index']);
    expect(tables[0]).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: 2999,
      backlogAgeSeconds: 500,
    });
  });

  it('finds along the index what came into the blocks behind it, as when a table is rewritten', async () => {
    const { run, database, remaining } = setup({
      tables: { one: expired(9000) },
      plan: { maxBatchSize: 1000 },
      onProgress: ({ rowsDeleted }) => {
        if (rowsDeleted < 5000 || rowsDeleted >= 6000) return;
        database.table('one').insert(expired(700, 'a'));
      },
    });

    const result = await run();

    expect(remaining()).toEqual([]);
    expect(result).toMatchObject({ rowsDeleted: 9700, tables: [{ stopReason: 'drained' }] });
  });

  it('takes what came behind it', async () => {
    let came = false;
    const { run, database, remaining } = setup({
      tables: { one: expired(900) },
      onProgress: () => {
        if (!came)
          database
            .table('one')
            .insert([{ key: 'late', expireDate: micros(secondsBefore(10_000)) }]);
        came = true;
      },
    });

    const { tables } = await run();

    expect(remaining()).toEqual([]);
    expect(tables).toMatchObject([{ stopReason: 'drained', rowsDeleted: 901 }]);
  });

  it('keeps to a row limit along storage, too', async () => {
    const { run, remaining } = setup({
      tables: { one: expired(5000) },
      request: { maxRows: 3210 },
    });

    expect(await run()).toMatchObject({ rowsDeleted: 3210, tables: [{ walk: 'storage' }] });
    expect(remaining()).toHaveLength(1790);
  });
});

describe('a busy database', () => {
  it('ends the run before the next batch, and says so', async () => {
    const { run, database } = setup({
      tables: { one: expired(900) },
      isBusy: async () => database.deletes.length === 1,
    });

    expect(await run()).toMatchObject({
      failure: null,
      rowsDeleted: 500,
      stopReason: 'database-busy',
      tables: [{ stopReason: 'database-busy' }],
    });
  });
});
