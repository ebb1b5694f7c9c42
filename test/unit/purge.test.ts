import { type Progress, type PurgePlan, purge } from '../../lambda/purge';
import type { PurgeRequest } from '../../lambda/request';
import type { TableName } from '../../lambda/table-name';
import { fakeClock } from '../support/fake-clock';
import {
  type InMemoryOptions,
  inMemorySessions,
  micros,
  type StoredSession,
} from '../support/in-memory-sessions';

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
}

function setup({ request, plan, timeLeftMs, ...options }: Given) {
  const clock = fakeClock(timeLeftMs);
  const database = inMemorySessions({ now: NOW, ...options, clock });
  const progress: Progress[] = [];
  const tables = Object.keys(options.tables).map(named);
  const asked = { dryRun: false, cutoff: null, maxRows: null, tables, ...request };
  const onProgress = (line: Progress) => progress.push(line);
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
    const { run, database } = setup({ tables: { one: [] }, request: { cutoff } });

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
        },
      ],
      failure: null,
    });
  });

  it('starts each batch where the last one ended, the first at the oldest', async () => {
    const { run, database } = setup({ tables: { one: expired(5) }, plan: { maxBatchSize: 2 } });

    await run();

    expect(database.deletes.map(({ batch }) => batch.from)).toEqual([
      null,
      micros(secondsBefore(4)),
      micros(secondsBefore(2)),
    ]);
  });

  it('adapts the size of its batches to the time they take', async () => {
    const setting = setup({
      tables: { one: expired(9000) },
      turns: [{ durationMs: 125 }, { durationMs: 2500 }, { durationMs: 25 }],
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

    expect(database.calls.map(({ kind }) => kind)).toEqual(['open', 'delete']);
    expect(tables[0]).toMatchObject({ oldestExpired: null, backlogAgeSeconds: 0 });
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

  it('is not known where the time ran out before the first batch', async () => {
    const { run } = setup({ tables: { one: expired(5) }, timeLeftMs: 3000 });

    expect((await run()).tables[0]).toMatchObject({
      stopReason: 'time-budget',
      oldestExpired: null,
      backlogAgeSeconds: null,
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
      turns: [{ outcome: 'timed-out', durationMs: 20_000 }],
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
      turns: [{ outcome: 'timed-out', durationMs: 20_000 }, { durationMs: 100 }],
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
    expect(tables[1]).toMatchObject({ oldestExpired: null, backlogAgeSeconds: null });
  });

  it('ends with that look after a single row, too', async () => {
    const { run } = setup({ tables: { one: expired(9) }, request: { maxRows: 1 } });

    expect((await run()).tables[0]).toMatchObject({ rowsDeleted: 1, backlogAgeSeconds: 8 });
  });

  it.each(['lost-before', 'lost-after'] as const)(
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
      expect(remaining()).toHaveLength(outcome === 'lost-after' ? 4 : 6);
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
    ['claims none of its rows, though they went', 'lost-after' as const, 3],
    ['claims its rows once the next batch deleted them', 'lost-before' as const, 5],
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
      turns: [{}, { outcome: 'lost-before', durationMs: 10 }],
    });

    await run();

    const [, lost, next] = database.deletes;
    expect(next?.atMs).toBe((lost?.atMs ?? 0) + 10 + 1000);
    expect(next?.batch).toEqual(lost?.batch);
  });

  it('is no batch and sets no record for slowness', async () => {
    const { run } = setup({
      tables: { one: expired(1) },
      turns: [{ outcome: 'lost-after', durationMs: 9000 }],
    });

    expect(await run()).toMatchObject({ batches: 1, slowestBatchMs: 100 });
  });

  const lost = { outcome: 'lost-before' as const };

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
        'no answer to 5 deletes in a row, of up to 2 rows each; their rows are not in rowsDeleted, the next run settles the rest',
      ),
    );
    expect(result).toMatchObject({ unknownOutcomes: 5, rowsDeleted: 2 });
    expect(database.deletes).toHaveLength(6);
  });

  it('is counted anew after a timeout, and in each table', async () => {
    const { run } = setup({
      tables: { one: expired(1), two: expired(1) },
      turns: [lost, lost, lost, lost, { outcome: 'timed-out' }, lost, {}, lost, lost, lost, lost],
    });

    expect(await run()).toMatchObject({ unknownOutcomes: 9, rowsDeleted: 2, failure: null });
  });
});

describe('a delete that the database stopped', () => {
  const timedOut = { outcome: 'timed-out' as const, durationMs: 1000 };

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

  it('ends the run where it was of a single row', async () => {
    const { run } = setup({
      tables: { one: expired(4) },
      plan: { maxBatchSize: 2 },
      turns: [{}, timedOut, { ...timedOut, durationMs: 45_000.4 }],
    });

    const result = await run();

    expect(result.failure).toEqual(
      failure(
        'DatabaseError',
        'the delete of one row was stopped after 45000 ms; look for a lock on the table or a trigger on it',
      ),
    );
    expect(result).toMatchObject({ rowsDeleted: 2, batches: 1 });
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
    expect(starts[2]).toEqual(['two', null]);
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
      turns: [{}, { outcome: 'lost-before' }],
    });

    await run();

    expect(progress).toEqual([
      { table: 'one', rowsDeleted: 2, oldestExpired: secondsBefore(2).toISOString() },
      { table: 'one', rowsDeleted: 3, oldestExpired: secondsBefore(1).toISOString() },
      { table: 'two', rowsDeleted: 4, oldestExpired: secondsBefore(1).toISOString() },
    ]);
  });

  it('need not be told to anyone', async () => {
    const clock = fakeClock();
    const database = inMemorySessions({ tables: { one: expired(1) }, now: NOW, clock });
    const request = { dryRun: false, cutoff: null, maxRows: null, tables: [named('one')] };

    expect(await purge(request, PLAN, { database, clock })).toMatchObject({ rowsDeleted: 1 });
  });
});

describe('warnings', () => {
  it('are passed on', async () => {
    const { run } = setup({ tables: { one: [] }, warnings: ['mend this'] });

    expect((await run()).warnings).toEqual(['mend this']);
  });
});
