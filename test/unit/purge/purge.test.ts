import type { Failure } from '../../../lambda/data-api/failure';
import { DatabaseError, TableError, UnexpectedAnswer } from '../../../lambda/errors';
import type { PurgeRequest } from '../../../lambda/input/request';
import { openReport } from '../../../lambda/purge/report';
import { fakeClock } from '../../support/fake-clock';
import { inMemorySessions, micros } from '../../support/in-memory-sessions';
import { requestOf, runPurge } from '../../support/run-purge';
import { CUTOFF, expired, failure, limits, NOW, PLAN, secondsBefore, setup } from './setup';

describe('the cutoff', () => {
  it("is the database's clock less the grace period", async () => {
    const { run } = setup({ tables: { one: [] }, plan: { graceSeconds: 90 } });

    const { cutoff } = await run();

    expect(cutoff).toBe('2026-11-22T03:15:30.000Z');
  });

  it("is the database's clock itself without a grace period", async () => {
    const { run } = setup({ tables: { one: [] }, plan: { graceSeconds: 0 } });

    expect((await run()).cutoff).toBe(NOW.toISOString());
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

  it('is the one in the request, whatever the grace period', async () => {
    const cutoff = new Date('2026-11-22T03:16:59.999Z');
    const { run, database } = setup({ tables: { one: expired(1) }, request: { cutoff } });

    expect((await run()).cutoff).toBe(cutoff.toISOString());
    expect(database.deletes[0]?.batch.cutoff).toEqual(cutoff);
  });

  it("may be the database's clock to the millisecond", async () => {
    const { run } = setup({ tables: { one: [] }, request: { cutoff: NOW } });

    expect(await run()).toMatchObject({ cutoff: NOW.toISOString(), failure: null });
  });

  it('is refused when it is a millisecond later, and nothing is deleted', async () => {
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

describe("the database's clock and the function's", () => {
  const MINUTE_MS = 60_000;
  const off = (ms: number) => new Date(NOW.getTime() + ms);
  const apart = (ms: number, request: Partial<PurgeRequest> = {}) =>
    setup({ tables: { one: expired(1) }, now: off(ms), request, plan: { graceSeconds: 0 } });

  it.each([
    ['ten minutes behind', -10 * MINUTE_MS],
    ['ten minutes ahead', 10 * MINUTE_MS],
  ])('may differ, with the first %s', async (_how, ms) => {
    const { run, remaining } = apart(ms);

    expect(await run()).toMatchObject({ failure: null, cutoff: off(ms).toISOString() });
    expect(remaining()).toEqual([]);
  });

  it.each([
    ['behind', -10 * MINUTE_MS - 1, '2026-11-22T03:06:59.999Z'],
    ['ahead', 10 * MINUTE_MS + 1, '2026-11-22T03:27:00.001Z'],
  ])('refuse the run when the first is a millisecond further %s', async (_how, ms, now) => {
    const { run, remaining, database } = apart(ms);

    expect((await run()).failure).toEqual(
      failure(
        'DatabaseError',
        `the database's clock says ${now} and the function's 2026-11-22T03:17:00.000Z, more than 10 minutes apart; nothing was deleted; set the clock that is wrong; an event with a "cutoff" of its own is not refused for this`,
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

  it('make a dry run warn, which still counts', async () => {
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
  ])(
    'agree when the time that the answer took explains the difference: %s',
    async (_how, answerMs) => {
      const { run } = setup({ tables: { one: [] }, now: off(answerMs / 2), openMs: answerMs });

      expect((await run()).failure).toBeNull();
    },
  );

  it('disagree when that time does not explain it', async () => {
    const now = off(15 * MINUTE_MS + 1);
    const { run } = setup({ tables: { one: [] }, now, openMs: 5 * MINUTE_MS });

    const { failure: refusal } = await run();

    expect(refusal).toMatchObject({ message: expect.stringMatching(/function's .*03:22:00.000Z/) });
  });
});

describe('several tables', () => {
  it('are purged in the order of the request', async () => {
    const { run, database } = setup({
      tables: { one: expired(1), two: expired(1) },
      request: { tables: requestOf(['two', 'one']).tables },
    });

    const { tables } = await run();

    expect(tables.map(({ table }) => table)).toEqual(['two', 'one']);
    expect(database.deletes.map(({ table }) => table)).toEqual(['two', 'one']);
  });

  it('each start at their oldest row, with a first batch and without a pause', async () => {
    const setting = setup({
      tables: { one: expired(600), two: expired(600) },
      plan: { pauseRatio: 0.5 },
    });

    await setting.run();

    const starts = setting.database.deletes.map(({ table, batch }) => [table, batch.from]);
    expect(limits(setting)).toEqual([500, 1250, 500, 1250]);
    expect(starts[2]).toEqual(['two', { walk: 'index', at: micros(secondsBefore(600)) }]);
    expect(setting.clock.sleeps).toHaveLength(2);
  });
});

describe('a failure', () => {
  const broken = new Error('broken');

  it('ends the run, and the report has all that was done before it', async () => {
    const { run, database } = setup({
      tables: { one: expired(1), two: expired(3), three: expired(1) },
      plan: { maxBatchSize: 2 },
      turns: [{}, {}, { outcome: broken }],
    });

    const result = await run();

    expect(result.failure).toBe(broken);
    expect(result).toMatchObject({ rowsDeleted: 3, batches: 2, cutoff: CUTOFF.toISOString() });
    expect(result.tables).toMatchObject([
      { table: 'one', stopReason: 'drained', rowsDeleted: 1 },
      { table: 'two', stopReason: 'failed', rowsDeleted: 2, backlogAgeSeconds: 2 },
      {
        table: 'three',
        stopReason: 'failed',
        rowsDeleted: 0,
        backlogAgeSeconds: null,
        problem: 'not reached: the run ended with an error before its turn',
      },
    ]);
    expect(database.table('three').remaining()).toEqual(['k0']);
  });

  const failed = (failure: Partial<Failure>) =>
    new DatabaseError('statement failed: no; do this', {
      kind: 'final',
      at: 'server',
      code: 'DatabaseErrorException',
      sqlState: null,
      errorNumber: null,
      text: 'no',
      remedy: 'do this',
      ...failure,
    });

  it.each<[string, DatabaseError]>([
    ['its rights', failed({ at: 'table' })],
    ['what guards its rows', failed({ at: 'row' })],
    ['its locks', failed({ at: 'lock' })],
    ['its size', failed({ kind: 'too-large' })],
    ['an answer that cannot be read', new UnexpectedAnswer('odd')],
  ])('of one table is its problem, and the others are purged: %s', async (_what, error) => {
    const { run, remaining } = setup({
      tables: { one: expired(1), two: expired(3), three: expired(1) },
      turns: [{}, { outcome: error }],
    });

    const result = await run();

    expect(result.failure).toBe(error);
    expect(result.tables).toMatchObject([
      { stopReason: 'drained' },
      { stopReason: 'failed', problem: error.message },
      { stopReason: 'drained', rowsDeleted: 1 },
    ]);
    expect(remaining('two')).toHaveLength(3);
  });

  it.each<[string, DatabaseError]>([
    ['the network', failed({ at: 'network' })],
    ['the service', failed({ at: 'service' })],
    ['the role', failed({ at: 'role' })],
    ['the server', failed({ at: 'server' })],
    ['deletes without an answer', new DatabaseError('no answer')],
  ])('that would meet each table ends the run: %s', async (_what, error) => {
    const { run, remaining } = setup({
      tables: { one: expired(1), two: expired(1) },
      turns: [{ outcome: error }],
    });

    const result = await run();

    expect(result.failure).toBe(error);
    expect(result.tables).toMatchObject([
      { stopReason: 'failed', problem: error.message },
      { stopReason: 'failed', problem: expect.stringMatching(/^not reached/) },
    ]);
    expect(remaining('two')).toEqual(['k0']);
  });

  it.each<Failure['at']>(['login', 'database', 'grammar'])(
    'that is of all deletes ends the run, though a trigger may raise the like: %s',
    async (at) => {
      const { run, database } = setup({ tables: { one: expired(1), two: expired(1) } });
      const error = failed({ at });
      database.table('one').bar(error);

      expect(await run()).toMatchObject({
        failure: error,
        tables: [
          { stopReason: 'failed', problem: error.message },
          { problem: expect.stringMatching(/^not reached/) },
        ],
      });
      expect(database.calls.map(({ kind }) => kind)).toEqual(['open', 'delete', 'none']);
    },
  );

  it('that ends the run keeps its own parts, and tells of the tables before', async () => {
    const [row, network] = [failed({ at: 'row' }), failed({ at: 'network' })];
    const { run } = setup({
      tables: { one: expired(1), two: expired(1) },
      turns: [{ outcome: row }, { outcome: network }],
    });

    const { failure: end } = await run();

    expect(end).toMatchObject({
      failure: network.failure,
      message: `${network.message}; before that: ${row.message}`,
    });
  });

  it('of one table in a dry run is its problem, too', async () => {
    const { run } = setup({
      tables: { one: expired(1), two: expired(1) },
      request: { dryRun: true },
      failing: { count: failed({ at: 'row' }) },
    });

    expect((await run()).tables).toMatchObject([
      { stopReason: 'failed', problem: 'statement failed: no; do this' },
      { stopReason: 'failed', problem: 'statement failed: no; do this' },
    ]);
  });

  it('keeps the count when only the last look failed', async () => {
    const { run } = setup({ tables: { one: expired(3) }, failing: { oldest: broken } });

    const result = await run();

    expect(result).toMatchObject({ rowsDeleted: 3, failure: broken });
    expect(result.tables[0]).toMatchObject({ stopReason: 'failed', rowsDeleted: 3 });
  });

  it('to open the database leaves the report as it was opened, and deletes nothing', async () => {
    const { run, database } = setup({ tables: { one: expired(3) }, failing: { open: broken } });

    const result = await run();

    expect(result).toEqual({ ...openReport({ dryRun: false }), failure: broken });
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

  it('reports that there are more rows than it counts, with an estimate', async () => {
    const tables = { one: expired(100_003) };
    const { run } = setup({ tables, request: { dryRun: true }, countTimesOut: true });

    expect((await run()).tables[0]).toMatchObject({
      rowsExpired: 100_000,
      rowsExpiredCapped: true,
      rowsExpiredEstimate: 100_003,
    });
  });

  it('uses a cutoff from the request, and refuses one that lies ahead', async () => {
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

  it('reports a failure to count', async () => {
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
  it('is reported after each batch that deleted', async () => {
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

  it('needs no listener', async () => {
    const clock = fakeClock();
    const database = inMemorySessions({ tables: { one: expired(1) }, now: NOW, clock });

    const { report } = await runPurge(requestOf(['one']), PLAN, { database, clock });

    expect(report).toMatchObject({ rowsDeleted: 1, stopReason: 'drained' });
  });
});

describe('warnings', () => {
  it('are passed on', async () => {
    const { run } = setup({ tables: { one: [] }, warnings: ['mend this'] });

    expect((await run()).warnings).toEqual(['mend this']);
  });
});

describe('a table that may not be purged', () => {
  it('is a failure of its own, and the others are purged', async () => {
    const error = new TableError('table "two" is a view');
    const { run, remaining } = setup({
      tables: { one: expired(3), three: expired(2) },
      unfit: { two: error },
    });

    const result = await run();

    expect(remaining('one').concat(remaining('three'))).toEqual([]);
    expect(result).toMatchObject({ failure: error, stopReason: 'failed', rowsDeleted: 5 });
    expect(result.tables).toContainEqual(
      expect.objectContaining({ table: 'two', stopReason: 'failed', problem: error.message }),
    );
  });

  it('is listed with all others in the error', async () => {
    const { run } = setup({
      tables: { one: expired(1) },
      unfit: {
        'app.two': new TableError('table "two" is bad'),
        'app.three': new TableError('is worse'),
      },
    });

    expect((await run()).failure).toEqual(
      failure(
        'TableError',
        '2 tables were not purged, or not wholly: (1) table "two" is bad; (2) app.three: is worse',
      ),
    );
  });
});
