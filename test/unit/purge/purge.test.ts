import type { TableName } from '../../../contract/table-name';
import type { PurgeRequest } from '../../../lambda/input/request';
import { type Progress, type PurgePlan, purge } from '../../../lambda/purge/purge';
import { fakeClock } from '../../support/fake-clock';
import {
  type InMemoryOptions,
  inMemorySessions,
  micros,
  type StoredSession,
} from '../../support/in-memory-sessions';

/** The database's clock, an hour ahead of the cutoff. */
const NOW = new Date('2026-11-22T03:17:00.000Z');
const CUTOFF = new Date('2026-11-22T02:17:00.000Z');

const PLAN: PurgePlan = {
  graceSeconds: 3600,
  targetBatchMs: 250,
  pauseRatio: 0.5,
  maxBatchSize: 5000,
};

const secondsBefore = (seconds: number) => new Date(CUTOFF.getTime() - seconds * 1000);

/** The oldest expired so many seconds before the cutoff, each further one a second later. */
function expired(count: number, prefix = 'k'): StoredSession[] {
  return Array.from({ length: count }, (_, at) => ({
    key: `${prefix}${at}`,
    expireDate: micros(secondsBefore(count - at)),
  }));
}

const named = (text: string): TableName => ({ text, schema: null, table: text });

interface Given extends Omit<InMemoryOptions, 'clock'> {
  readonly request?: Partial<PurgeRequest>;
  readonly plan?: Partial<PurgePlan>;
  readonly timeLeftMs?: number;
  readonly onProgress?: (progress: Progress) => void;
}

function setup({ request, plan, timeLeftMs, onProgress: told, ...options }: Given) {
  const clock = fakeClock(timeLeftMs);
  const database = inMemorySessions({ now: NOW, ...options, clock });
  const progress: Progress[] = [];
  const tables = Object.keys(options.tables).map(named);
  const asked = {
    isRoutine: false,
    dryRun: false,
    cutoff: null,
    maxRows: null,
    tables,
    ...request,
  };
  const onProgress = (line: Progress) => {
    progress.push(line);
    told?.(line);
  };
  return {
    clock,
    database,
    progress,
    remaining: (name = 'one') => database.table(name).remaining(),
    run: () => purge(asked, { ...PLAN, ...plan }, { database, clock, onProgress }),
  };
}

const limits = ({ database }: Pick<ReturnType<typeof setup>, 'database'>) =>
  database.deletes.map(({ batch }) => batch.limit);

const failure = (name: string, message: string) => expect.objectContaining({ name, message });

describe('the cutoff', () => {
  it("is the database's clock less the grace period", async () => {
    const { run } = setup({ tables: { one: [] }, plan: { graceSeconds: 90 } });

    const { cutoff } = await run();

    expect(cutoff).toEqual(new Date('2026-11-22T03:15:30.000Z'));
  });

  it("is the database's clock itself without a grace period", async () => {
    const { run } = setup({ tables: { one: [] }, plan: { graceSeconds: 0 } });

    expect((await run()).cutoff).toEqual(NOW);
  });

  it('is fixed once for all batches of all tables', async () => {
    const { run, database } = setup({
      tables: { one: expired(3), two: expired(3) },
      plan: { maxBatchSize: 2 },
      batchMs: 60_000,
    });

    await run();

    const cutoffs = database.deletes.map(({ batch }) => batch.cutoff.toISOString());
    expect(cutoffs.length).toBeGreaterThan(3);
    expect(new Set(cutoffs)).toEqual(new Set([CUTOFF.toISOString()]));
  });

  it('is the one asked for, whatever the grace period', async () => {
    const cutoff = new Date('2026-11-22T03:16:59.999Z');
    const { run, database } = setup({ tables: { one: expired(1) }, request: { cutoff } });

    expect((await run()).cutoff).toEqual(cutoff);
    expect(database.deletes[0]?.batch.cutoff).toEqual(cutoff);
  });

  it("may be the database's clock to the millisecond", async () => {
    const { run } = setup({ tables: { one: [] }, request: { cutoff: NOW } });

    expect(await run()).toMatchObject({ cutoff: NOW, failure: null });
  });

  it('is refused a millisecond ahead of it, and nothing is deleted', async () => {
    const cutoff = new Date('2026-11-22T03:17:00.001Z');
    const { run, database, remaining } = setup({
      tables: { one: expired(1) },
      request: { cutoff },
    });

    const { failure: refusal, tables } = await run();

    expect(refusal).toEqual(
      failure(
        'RequestError',
        "cutoff must not lie ahead of the database's clock (2026-11-22T03:17:00.000Z), got 2026-11-22T03:17:00.001Z; nothing was deleted",
      ),
    );
    expect(tables).toEqual([]);
    expect(database.deletes).toEqual([]);
    expect(remaining()).toEqual(['k0']);
  });
});

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
      cutoff: CUTOFF,
      rowsDeleted: 8,
      unknownOutcomes: 0,
      rowsInDoubt: 0,
      batches: 1,
      slowestBatchMs: 100,
      warnings: [],
      tables: [
        {
          table: 'one',
          stopReason: 'drained',
          rowsDeleted: 8,
          rowsExpired: null,
          oldestExpired: null,
          backlogAgeSeconds: 0,
          walk: 'index',
          walkReason: 'fewer than 1000 rows',
        },
      ],
      failure: null,
    });
  });

  it('starts each batch where the last one ended, the first at the oldest', async () => {
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

    expect(limits(setting)).toEqual([500, 1000, 100, 200, 400, 800, 1600, 3200, 5000]);
  });

  it('pauses between batches in proportion, not before the first nor after the last', async () => {
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

  it('never sleeps where no pause is wanted', async () => {
    const { run, clock } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2, pauseRatio: 0 },
    });

    await run();

    expect(clock.sleeps).toEqual([]);
  });

  it('ends with the table, though sessions go on to expire', async () => {
    const { run, database } = setup({ tables: { one: expired(4) }, plan: { maxBatchSize: 2 } });

    const { tables } = await run();

    expect(database.deletes).toHaveLength(3);
    expect(tables[0]?.stopReason).toBe('drained');
  });

  it('tells the slowest of its batches', async () => {
    const { run } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2 },
      turns: [{ durationMs: 30 }, { durationMs: 70.5 }, { durationMs: 20 }],
    });

    expect((await run()).slowestBatchMs).toBe(70.5);
  });
});

describe('the oldest session left', () => {
  it('is looked for once the table is drained, since rows may have been locked', async () => {
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

  it('is not looked for in a table that was empty', async () => {
    const { run, database } = setup({ tables: { one: [] } });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).toEqual(['open']);
    expect(tables[0]).toMatchObject({ oldestExpired: null, backlogAgeSeconds: 0 });
  });

  it('stays as the walk left it where looking takes too long', async () => {
    const { run } = setup({ tables: { one: expired(3) }, oldestTimesOut: true });

    expect(await run()).toMatchObject({
      failure: null,
      tables: [{ stopReason: 'drained', oldestExpired: secondsBefore(1).toISOString() }],
    });
  });

  it('is none once all are gone', async () => {
    const { run, database } = setup({ tables: { one: expired(3) } });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).toEqual(['open', 'delete', 'oldest']);
    expect(tables[0]).toMatchObject({ oldestExpired: null, backlogAgeSeconds: 0 });
  });

  it('is where the walk had come when the time ran out', async () => {
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

  it('is known even where the time ran out before the first batch', async () => {
    const { run } = setup({ tables: { one: expired(5) }, timeLeftMs: 3000 });

    expect((await run()).tables[0]).toMatchObject({
      stopReason: 'time-budget',
      oldestExpired: secondsBefore(5).toISOString(),
      backlogAgeSeconds: 5,
    });
  });

  it('is as old in whole seconds as it is short of the cutoff', async () => {
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
    ['starts a batch where two targets fit beside the report', 3000 + 2 * 250, 1],
    ['starts none where they do not', 3000 + 2 * 250 - 1, 0],
  ])('%s', async (_promise, timeLeftMs, batches) => {
    const { run, database } = setup({ tables: { one: expired(1) }, timeLeftMs });

    const { failure: none, tables } = await run();

    expect(database.deletes).toHaveLength(batches);
    expect(tables[0]?.stopReason).toBe(batches === 1 ? 'drained' : 'time-budget');
    expect(none).toBeNull();
  });

  const slow = { maxBatchSize: 2, targetBatchMs: 10 };

  it.each([
    ['goes on where the pause and the slowest batch fit', 4000 + 2000 + 4000 + 3000, 2],
    ['stops where they might not', 4000 + 2000 + 4000 + 3000 - 1, 1],
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
    ['expects half a timeout of half a batch', 20_000 + 10_000 + 10_000 + 3000, 2],
    ['does not try it where that would not fit', 20_000 + 10_000 + 10_000 + 3000 - 1, 1],
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

  it('forgets the timeout once a batch was answered', async () => {
    const { run, database } = setup({
      tables: { one: expired(4) },
      plan: { maxBatchSize: 2, pauseRatio: 0 },
      turns: [{ outcome: 'too-large', durationMs: 20_000 }, { durationMs: 100 }],
      timeLeftMs: 20_000 + 10_000 + 3000,
    });

    await run();

    expect(database.deletes.length).toBeGreaterThan(2);
  });

  it('leaves every table that it did not come to for the next run', async () => {
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

describe('a limit on the rows', () => {
  it('holds over all tables, and cuts the last batch to what is left of it', async () => {
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

  it('is said to have been the reason even where no more was left', async () => {
    const { run } = setup({ tables: { one: expired(2) }, request: { maxRows: 2 } });

    expect((await run()).tables[0]).toMatchObject({ stopReason: 'row-limit', rowsDeleted: 2 });
  });

  it('is no reason where fewer were there', async () => {
    const { run } = setup({ tables: { one: expired(2) }, request: { maxRows: 3 } });

    expect((await run()).tables[0]).toMatchObject({ stopReason: 'drained', rowsDeleted: 2 });
  });

  it('ends with a look at the oldest left in the table, though at no other', async () => {
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

  it('ends with that look after a single row, too', async () => {
    const { run } = setup({ tables: { one: expired(9) }, request: { maxRows: 1 } });

    expect((await run()).tables[0]).toMatchObject({ rowsDeleted: 1, backlogAgeSeconds: 8 });
  });

  it.each(['unknown-not-run', 'unknown-run'] as const)(
    'counts a delete %s its answer in full: never do more rows go',
    async (outcome) => {
      const { run, remaining } = setup({
        tables: { one: expired(9) },
        request: { maxRows: 5 },
        plan: { maxBatchSize: 2 },
        turns: [{ outcome }],
      });

      const { rowsDeleted, rowsInDoubt } = await run();

      expect({ rowsDeleted, rowsInDoubt }).toEqual({ rowsDeleted: 3, rowsInDoubt: 2 });
      expect(remaining()).toHaveLength(outcome === 'unknown-run' ? 4 : 6);
    },
  );

  it('leaves out the look at the oldest where there is no time for it', async () => {
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

  it('pauses for nothing once it is reached', async () => {
    const { run, clock } = setup({ tables: { one: expired(3) }, request: { maxRows: 2 } });

    await run();

    expect(clock.sleeps).toEqual([]);
  });
});

describe('a delete whose answer was lost', () => {
  it.each([
    ['claims none of its rows, though they went', 'unknown-run' as const, 3],
    ['claims its rows once the next batch deleted them', 'unknown-not-run' as const, 5],
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

  it('is followed by a rest of a second, and a batch from the same place', async () => {
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

  it('is no batch and sets no record for slowness', async () => {
    const { run } = setup({
      tables: { one: expired(1) },
      turns: [{ outcome: 'unknown-run', durationMs: 9000 }],
    });

    expect(await run()).toMatchObject({ batches: 1, slowestBatchMs: 100 });
  });

  const lost = { outcome: 'unknown-not-run' as const };

  it('is borne four times in a row', async () => {
    const { run } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2 },
      turns: [lost, lost, lost, lost, {}, lost, lost, lost, lost],
    });

    expect(await run()).toMatchObject({ unknownOutcomes: 8, rowsDeleted: 5, failure: null });
  });

  it('ends the run the fifth time in a row', async () => {
    const { run, database } = setup({
      tables: { one: expired(5) },
      plan: { maxBatchSize: 2 },
      turns: [{}, lost, lost, lost, lost, lost],
    });

    const result = await run();

    expect(result.failure).toEqual(
      failure(
        'DatabaseError',
        'no answer to 5 deletes in a row, the last of up to 1 rows; their rows are not in rowsDeleted, the next run settles the rest',
      ),
    );
    expect(result).toMatchObject({ unknownOutcomes: 5, rowsDeleted: 2 });
    expect(database.deletes).toHaveLength(6);
  });

  it('is counted anew after a timeout, and in each table', async () => {
    const { run } = setup({
      tables: { one: expired(1), two: expired(1) },
      turns: [lost, lost, lost, lost, { outcome: 'too-large' }, lost, {}, lost, lost, lost, lost],
    });

    expect(await run()).toMatchObject({ unknownOutcomes: 9, rowsDeleted: 2, failure: null });
  });
});

describe('a delete that the database stopped', () => {
  const timedOut = { outcome: 'too-large' as const, durationMs: 1000 };

  it('is tried again from the same place at half the size', async () => {
    const setting = setup({
      tables: { one: expired(600) },
      plan: { targetBatchMs: 100 },
      turns: [{}, timedOut, timedOut],
    });

    const { rowsDeleted, unknownOutcomes } = await setting.run();

    const [, first, second, third] = setting.database.deletes;
    expect(limits(setting)).toEqual([500, 500, 250, 125]);
    expect([second?.batch.from, third?.batch.from]).toEqual(Array(2).fill(first?.batch.from));
    expect({ rowsDeleted, unknownOutcomes }).toEqual({ rowsDeleted: 600, unknownOutcomes: 0 });
  });

  it('is no batch and sets no record for slowness', async () => {
    const { run } = setup({ tables: { one: expired(1) }, turns: [timedOut] });

    expect(await run()).toMatchObject({ batches: 1, slowestBatchMs: 100 });
  });

  it('forgets the walk that it was on where that was the one in the order of storage', async () => {
    const { run, database } = setup({
      tables: { one: expired(5000) },
      turns: [{}, {}, ...Array(11).fill(timedOut)],
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

describe('a row that cannot be deleted', () => {
  it.each([
    ['refused' as const, 'statement failed: another table refers to it'],
    [
      'too-large' as const,
      'its delete was stopped after 100 ms; look for a lock on the table or a trigger on it',
    ],
  ])('is stepped over when it is %s, told, and all else is done', async (how, why) => {
    const { run, remaining, database } = setup({
      tables: { one: expired(900), two: expired(3) },
      timeLeftMs: 900_000,
    });
    database.table('one').obstruct('k700', how);

    const result = await run();

    expect(remaining('one')).toEqual(['k700']);
    expect(remaining('two')).toEqual([]);
    expect(result).toMatchObject({
      rowsDeleted: 902,
      failure: {
        name: 'DatabaseError',
        message: `a row of one that expired at ${secondsBefore(200).toISOString()} could not be deleted and was stepped over: ${why}`,
      },
      tables: [
        { table: 'one', stopReason: 'failed', rowsDeleted: 899, rowsSteppedOver: 1 },
        { table: 'two', stopReason: 'drained', rowsDeleted: 3 },
      ],
    });
  });

  it('is stepped over on the storage walk, too, by way of the index', async () => {
    const { run, remaining, database } = setup({ tables: { one: expired(4000) } });
    database.table('one').obstruct('k3333', 'refused');

    const result = await run();

    expect(remaining()).toEqual(['k3333']);
    expect(result).toMatchObject({
      rowsDeleted: 3999,
      failure: { message: expect.stringContaining('was stepped over') },
    });
  });

  it('is one of several', async () => {
    const { run, remaining, database } = setup({ tables: { one: expired(900) } });
    const stuck = ['k0', 'k1', 'k450', 'k899'];
    for (const key of stuck) database.table('one').obstruct(key, 'refused');

    const result = await run();

    expect(remaining()).toEqual(stuck);
    expect(result).toMatchObject({ rowsDeleted: 896, tables: [{ rowsSteppedOver: 4 }] });
  });

  it('is no longer stepped over after ten of them: then the table is left, and the next one purged', async () => {
    const { run, remaining, database } = setup({
      tables: { one: expired(600), two: expired(3) },
    });
    for (let at = 0; at < 600; at += 1) database.table('one').obstruct(`k${at}`, 'refused');

    const result = await run();

    expect(remaining('one')).toHaveLength(600);
    expect(remaining('two')).toEqual([]);
    expect(result.tables).toMatchObject([
      { stopReason: 'failed', rowsSteppedOver: 10, backlogAgeSeconds: 600 },
      { stopReason: 'drained' },
    ]);
  });
});

describe('rows that are locked while a delete is taken back, and free right after', () => {
  const timedOut = { outcome: 'too-large' as const };

  /** Two at the old end are free again once a first batch was answered. */
  function heldAtFirst(given: Partial<Given> = {}) {
    const releases: (() => void)[] = [];
    const setting = setup({
      tables: { one: expired(6) },
      plan: { maxBatchSize: 2 },
      onProgress: () => {
        for (const release of releases) release();
      },
      ...given,
    });
    for (const key of ['k0', 'k1']) releases.push(setting.database.table('one').lock(key));
    return setting;
  }

  const waits = ({ clock }: ReturnType<typeof setup>) =>
    clock.sleeps.filter(({ durationMs }) => durationMs === 250);

  it.each([
    ['too-large' as const, 6],
    ['unknown-not-run' as const, 6],
    ['unknown-run' as const, 4],
  ])('are gone back for, once they can be free: %s', async (outcome, rowsDeleted) => {
    const setting = heldAtFirst({ turns: [{ outcome }] });

    const result = await setting.run();

    expect(setting.remaining()).toEqual([]);
    expect(result).toMatchObject({
      rowsDeleted,
      failure: null,
      tables: [{ stopReason: 'drained', oldestExpired: null, backlogAgeSeconds: 0 }],
    });
    expect(waits(setting)).toHaveLength(1);
  });

  it('are gone back for from the storage walk, too, along the index', async () => {
    const setting = setup({
      tables: { one: expired(1300) },
      plan: { maxBatchSize: 500 },
      turns: [{}, {}, timedOut],
      onProgress: ({ rowsDeleted }) => rowsDeleted > 1000 && release(),
    });
    const release = setting.database.table('one').lock('k1100');

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual([]);
    expect(tables).toMatchObject([{ stopReason: 'drained', rowsDeleted: 1300 }]);
    const walks = setting.database.deletes.map(({ batch }) => batch.from.walk);
    expect(walks.slice(2, 4)).toEqual(['storage', 'storage']);
    expect(walks.at(-1)).toBe('index');
  });

  it('are left to the next run where no delete was taken back: the application held them', async () => {
    const setting = heldAtFirst();

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(['k0', 'k1']);
    expect(tables).toMatchObject([
      { stopReason: 'drained', rowsDeleted: 4, oldestExpired: secondsBefore(6).toISOString() },
    ]);
    expect(waits(setting)).toEqual([]);
  });

  it('are not gone back for where none is left', async () => {
    const setting = setup({ tables: { one: expired(6) }, turns: [timedOut] });

    await setting.run();

    expect(setting.remaining()).toEqual([]);
    expect(waits(setting)).toEqual([]);
  });

  it('are gone back for past a row that was stepped over, where that can be told', async () => {
    const setting = heldAtFirst();
    setting.database.table('one').obstruct('k3', 'refused');

    const result = await setting.run();

    expect(setting.remaining()).toEqual(['k3']);
    expect(result).toMatchObject({
      rowsDeleted: 5,
      failure: { message: expect.stringContaining('was stepped over') },
      tables: [{ stopReason: 'failed', rowsSteppedOver: 1 }],
    });
    expect(setting.database.calls.filter(({ kind }) => kind === 'step')).toHaveLength(1);
  });

  it('are left to the next run where that row would be met again', async () => {
    const setting = heldAtFirst({ withoutHandles: true });
    setting.database.table('one').obstruct('k3', 'refused');

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(['k0', 'k1', 'k3']);
    expect(tables).toMatchObject([{ stopReason: 'failed', rowsSteppedOver: 1 }]);
    expect(waits(setting)).toEqual([]);
  });

  it.each([
    [0, []],
    [1, ['k0', 'k1']],
  ])('are gone back for where a batch still fits, %s ms too late', async (lateMs, left) => {
    const turns = [timedOut, { durationMs: 10 }, { durationMs: 10 }, { durationMs: 10 }];
    const lastEndsMs = 100 + 50 + 10 + 5 + 10 + 5 + 10;
    const timeLeftMs = 3000 + lastEndsMs + 250 + 2 * PLAN.targetBatchMs - lateMs;
    const setting = heldAtFirst({ turns, timeLeftMs });

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(left);
    expect(tables).toMatchObject([{ stopReason: 'time-budget' }]);
  });

  it('are left where no more rows may go', async () => {
    const setting = heldAtFirst({ turns: [timedOut], request: { maxRows: 4 } });

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(['k0', 'k1']);
    expect(tables).toMatchObject([
      { stopReason: 'row-limit', oldestExpired: secondsBefore(6).toISOString() },
    ]);
    expect(waits(setting)).toEqual([]);
  });

  it('are left after they were gone back for once, should they be locked still', async () => {
    const setting = setup({
      tables: { one: expired(6) },
      plan: { maxBatchSize: 2 },
      turns: [timedOut],
    });
    setting.database.table('one').lock('k0');

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(['k0']);
    expect(tables).toMatchObject([
      { stopReason: 'drained', rowsDeleted: 5, oldestExpired: secondsBefore(6).toISOString() },
    ]);
    expect(waits(setting)).toHaveLength(1);
  });
});

describe('the walk', () => {
  it('is along the index for a small backlog, without a look at the table', async () => {
    const { run, database } = setup({ tables: { one: expired(999) } });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).not.toContain('choose');
    expect(tables[0]).toMatchObject({ walk: 'index', walkReason: 'fewer than 1000 rows' });
  });

  it('is chosen once when the backlog is not small, and told with its reason', async () => {
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

  it('stays along the index where few rows have expired', async () => {
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

  it('goes back to the index where its own yield tells that few have expired', async () => {
    // Keys in order: what expired comes first, so that the sample says much and the rest of the walk little.
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

  it('needs no look at the oldest left where the storage walk left nothing behind', async () => {
    const { run, database } = setup({ tables: { one: expired(3000) } });

    const { tables } = await run();

    expect(database.calls.map(({ kind }) => kind)).not.toContain('oldest');
    expect(tables[0]).toMatchObject({ oldestExpired: null, backlogAgeSeconds: 0 });
  });

  it('looks for it where that walk met locked rows', async () => {
    const { run, database } = setup({ tables: { one: expired(3000) } });
    database.table('one').lock('k2500');

    const { tables } = await run();

    expect(tables[0]).toMatchObject({ rowsDeleted: 2999, backlogAgeSeconds: 500 });
  });

  it('keeps to a limit on the rows in the order of storage, too', async () => {
    const { run, remaining } = setup({
      tables: { one: expired(5000) },
      request: { maxRows: 3210 },
    });

    expect(await run()).toMatchObject({ rowsDeleted: 3210, tables: [{ walk: 'storage' }] });
    expect(remaining()).toHaveLength(1790);
  });
});

describe("the database's clock and the function's", () => {
  const MINUTE_MS = 60_000;
  const off = (ms: number) => new Date(NOW.getTime() + ms);
  const apart = (ms: number, request: Partial<PurgeRequest> = {}) =>
    setup({ tables: { one: expired(1) }, now: off(ms), request, plan: { graceSeconds: 0 } });

  it.each([
    ['ten minutes behind', -10 * MINUTE_MS],
    ['ten minutes ahead', 10 * MINUTE_MS],
  ])('may be apart, the first %s', async (_how, ms) => {
    const { run, remaining } = apart(ms);

    expect(await run()).toMatchObject({ failure: null, cutoff: off(ms) });
    expect(remaining()).toEqual([]);
  });

  it.each([
    ['behind', -10 * MINUTE_MS - 1, '2026-11-22T03:06:59.999Z'],
    ['ahead', 10 * MINUTE_MS + 1, '2026-11-22T03:27:00.001Z'],
  ])('refuse the run where the first is a millisecond more %s', async (_how, ms, now) => {
    const { run, remaining, database } = apart(ms);

    expect((await run()).failure).toEqual(
      failure(
        'DatabaseError',
        `the database's clock says ${now} and the function's 2026-11-22T03:17:00.000Z, more than 10 minutes apart; nothing was deleted; set the one that is wrong; until then, an event with a "cutoff" of its own is not refused for it`,
      ),
    );
    expect(remaining()).toEqual(['k0']);
    expect(database.deletes).toEqual([]);
  });

  it.each([
    ['behind', -24 * 60 * MINUTE_MS],
    ['ahead', 24 * 60 * MINUTE_MS],
  ])('do not matter to a run with a cutoff of its own, a day %s', async (_how, ms) => {
    const { run, remaining } = apart(ms, { cutoff: off(Math.min(0, ms)) });
    const before = remaining();

    expect((await run()).failure).toBeNull();
    expect({ before, after: remaining() }).toEqual({ before: ['k0'], after: ms < 0 ? ['k0'] : [] });
  });

  it('make a dry run warn, which counts all the same', async () => {
    const { run } = apart(24 * 60 * MINUTE_MS, { dryRun: true });

    expect(await run()).toMatchObject({
      failure: null,
      warnings: [
        expect.stringMatching(/^the database's clock says .*; a purge would be refused; /),
      ],
      tables: [{ rowsExpired: 1 }],
    });
  });

  it.each([
    ['while a cluster wakes', 5 * MINUTE_MS],
    ['at once', 0],
  ])('are compared over the time that the answer took: %s', async (_how, answerMs) => {
    const clock = fakeClock();
    const database = inMemorySessions({ tables: { one: [] }, now: off(answerMs / 2), clock });
    const open = async (tables: readonly TableName[]) => {
      clock.pass(answerMs);
      return database.open(tables);
    };
    const request = {
      isRoutine: false,
      dryRun: false,
      cutoff: null,
      maxRows: null,
      tables: [named('one')],
    };

    expect(await purge(request, PLAN, { database: { open }, clock })).toMatchObject({
      failure: null,
    });
  });

  it('are too far apart where that time does not explain it', async () => {
    const clock = fakeClock();
    const database = inMemorySessions({ tables: { one: [] }, now: off(15 * MINUTE_MS + 1), clock });
    const open = async (tables: readonly TableName[]) => {
      clock.pass(5 * MINUTE_MS);
      return database.open(tables);
    };
    const request = {
      isRoutine: false,
      dryRun: false,
      cutoff: null,
      maxRows: null,
      tables: [named('one')],
    };

    const { failure: refusal } = await purge(request, PLAN, { database: { open }, clock });

    expect(refusal).toMatchObject({ message: expect.stringMatching(/function's .*03:22:00.000Z/) });
  });
});

describe('a busy database', () => {
  it('ends the run before the next batch, and says so', async () => {
    const clock = fakeClock();
    const database = inMemorySessions({ tables: { one: expired(900) }, now: NOW, clock });
    const request = {
      isRoutine: false,
      dryRun: false,
      cutoff: null,
      maxRows: null,
      tables: [named('one')],
    };
    const isBusy = async () => database.deletes.length === 1;

    const result = await purge(request, PLAN, { database, clock, isBusy });

    expect(result).toMatchObject({
      failure: null,
      rowsDeleted: 500,
      tables: [{ stopReason: 'database-busy' }],
    });
  });
});

describe('several tables', () => {
  it('are purged in the order asked for', async () => {
    const { run, database } = setup({
      tables: { one: expired(1), two: expired(1) },
      request: { tables: [named('two'), named('one')] },
    });

    const { tables } = await run();

    expect(tables.map(({ table }) => table)).toEqual(['two', 'one']);
    expect(database.deletes.map(({ table }) => table)).toEqual(['two', 'one']);
  });

  it('each start at their own oldest row, at the first pace, without a pause', async () => {
    const setting = setup({
      tables: { one: expired(600), two: expired(600) },
      plan: { pauseRatio: 0.5 },
    });

    await setting.run();

    const starts = setting.database.deletes.map(({ table, batch }) => [table, batch.from]);
    expect(limits(setting)).toEqual([500, 1000, 500, 1000]);
    expect(starts[2]).toEqual(['two', { walk: 'index', at: micros(secondsBefore(600)) }]);
    expect(setting.clock.sleeps).toHaveLength(2);
  });
});

describe('a failure', () => {
  const broken = new Error('broken');

  it('is told beside all that was done by then, and ends the run', async () => {
    const { run, database } = setup({
      tables: { one: expired(1), two: expired(3), three: expired(1) },
      plan: { maxBatchSize: 2 },
      turns: [{}, {}, { outcome: broken }],
    });

    const result = await run();

    expect(result.failure).toBe(broken);
    expect(result).toMatchObject({ rowsDeleted: 3, batches: 2, cutoff: CUTOFF });
    expect(result.tables).toMatchObject([
      { table: 'one', stopReason: 'drained', rowsDeleted: 1 },
      { table: 'two', stopReason: 'failed', rowsDeleted: 2, backlogAgeSeconds: 2 },
    ]);
    expect(database.table('three').remaining()).toEqual(['k0']);
  });

  it('keeps the count where only the last look failed', async () => {
    const { run } = setup({ tables: { one: expired(3) }, failing: { oldest: broken } });

    const result = await run();

    expect(result).toMatchObject({ rowsDeleted: 3, failure: broken });
    expect(result.tables[0]).toMatchObject({ stopReason: 'failed', rowsDeleted: 3 });
  });

  it('to open the database leaves all unknown and untouched', async () => {
    const { run, database } = setup({ tables: { one: expired(3) }, failing: { open: broken } });

    const result = await run();

    expect(result).toEqual({
      dryRun: false,
      engine: null,
      cutoff: null,
      rowsDeleted: 0,
      unknownOutcomes: 0,
      rowsInDoubt: 0,
      batches: 0,
      slowestBatchMs: 0,
      warnings: [],
      tables: [],
      failure: broken,
    });
    expect(database.deletes).toEqual([]);
  });
});

describe('a dry run', () => {
  it('counts every table and deletes nothing', async () => {
    const { run, database, remaining, clock } = setup({
      tables: { one: expired(7), two: [] },
      request: { dryRun: true },
    });

    const result = await run();

    expect(result).toMatchObject({ dryRun: true, rowsDeleted: 0, batches: 0, failure: null });
    expect(result.tables).toEqual([
      {
        table: 'one',
        stopReason: 'dry-run',
        rowsDeleted: 0,
        rowsExpired: 7,
        oldestExpired: secondsBefore(7).toISOString(),
        backlogAgeSeconds: 7,
      },
      {
        table: 'two',
        stopReason: 'dry-run',
        rowsDeleted: 0,
        rowsExpired: 0,
        oldestExpired: null,
        backlogAgeSeconds: 0,
      },
    ]);
    expect(database.calls.map(({ kind }) => kind)).toEqual(['open', 'count', 'count']);
    expect(remaining()).toHaveLength(7);
    expect(clock.sleeps).toEqual([]);
  });

  it('says that there are more than it counts, and how many there may be', async () => {
    const { run } = setup({ tables: { one: expired(100_003) }, request: { dryRun: true } });

    expect((await run()).tables[0]).toMatchObject({
      rowsExpired: 100_000,
      rowsExpiredCapped: true,
      rowsExpiredEstimate: 100_003,
    });
  });

  it('keeps to a cutoff asked for, and refuses one ahead', async () => {
    const earlier = setup({
      tables: { one: expired(7) },
      request: { dryRun: true, cutoff: secondsBefore(4) },
    });
    const ahead = setup({
      tables: { one: expired(7) },
      request: { dryRun: true, cutoff: new Date(NOW.getTime() + 1) },
    });

    expect((await earlier.run()).tables[0]).toMatchObject({ rowsExpired: 3 });
    expect((await ahead.run()).failure).toMatchObject({ name: 'RequestError' });
  });

  it.each([
    ['counts while a target fits beside the report', 3000 + 250, 'dry-run'],
    ['counts no more when it does not', 3000 + 249, 'time-budget'],
  ])('%s', async (_promise, timeLeftMs, stopReason) => {
    const { run } = setup({ tables: { one: expired(1) }, request: { dryRun: true }, timeLeftMs });

    expect((await run()).tables[0]).toMatchObject({ stopReason });
  });

  it('tells a failure to count', async () => {
    const broken = new Error('broken');
    const { run } = setup({
      tables: { one: expired(1) },
      request: { dryRun: true },
      failing: { count: broken },
    });

    const result = await run();

    expect(result.failure).toBe(broken);
    expect(result.tables[0]).toMatchObject({ stopReason: 'failed', rowsExpired: null });
  });
});

describe('the progress', () => {
  it('is told after each batch that was answered', async () => {
    const { run, progress } = setup({
      tables: { one: expired(3), two: expired(1) },
      plan: { maxBatchSize: 2 },
      turns: [{}, { outcome: 'unknown-not-run' }],
    });

    await run();

    expect(progress).toEqual([
      { table: 'one', rowsDeleted: 2, oldestExpired: secondsBefore(2).toISOString() },
      { table: 'one', rowsDeleted: 3, oldestExpired: secondsBefore(1).toISOString() },
      { table: 'one', rowsDeleted: 3, oldestExpired: secondsBefore(1).toISOString() },
      { table: 'two', rowsDeleted: 4, oldestExpired: secondsBefore(1).toISOString() },
    ]);
  });

  it('need not be told to anyone', async () => {
    const clock = fakeClock();
    const database = inMemorySessions({ tables: { one: expired(1) }, now: NOW, clock });
    const request = {
      isRoutine: false,
      dryRun: false,
      cutoff: null,
      maxRows: null,
      tables: [named('one')],
    };

    expect(await purge(request, PLAN, { database, clock })).toMatchObject({ rowsDeleted: 1 });
  });
});

describe('warnings', () => {
  it('are passed on', async () => {
    const { run } = setup({ tables: { one: [] }, warnings: ['mend this'] });

    expect((await run()).warnings).toEqual(['mend this']);
  });
});
