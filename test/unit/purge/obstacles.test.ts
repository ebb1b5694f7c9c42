import { expired, type Given, limits, PLAN, type Setup, secondsBefore, setup } from './setup';

describe('a row that cannot be deleted', () => {
  it.each([
    ['refused' as const, 'statement failed: another table refers to it'],
    [
      'too-large' as const,
      'its delete was stopped after 100 ms; look for a lock on the table or a trigger on it',
    ],
  ])('is stepped over and reported when it is %s, and all others are deleted', async (how, why) => {
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

  it('is also stepped over after the storage walk, along the index', async () => {
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

  it('ends the table after ten such rows, and the next table is purged', async () => {
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

describe('an obstacle that is not a row', () => {
  const HALVINGS = 9;

  /** A table whose only row is locked, so that no look finds it, and as many deletes that are rolled back. */
  function withoutRow(outcome: 'too-large' | 'refused', deletes: number) {
    const setting = setup({
      tables: { one: expired(1), two: expired(3) },
      turns: Array.from({ length: deletes }, () => ({ outcome })),
    });
    setting.database.table('one').lock('k0');
    return setting;
  }

  const stepsOf = ({ database }: Setup) =>
    database.calls.filter(({ kind }) => kind === 'step').length;

  it.each([
    ['refused' as const, 'statement failed: another table refers to it'],
    [
      'too-large' as const,
      'a delete on one that found no row was stopped after 100 ms; look for a lock on the table or a trigger on it',
    ],
  ])('ends the table after one repetition, with its own error: %s', async (outcome, message) => {
    const setting = withoutRow(outcome, HALVINGS + 1);

    const result = await setting.run();

    expect(result).toMatchObject({
      failure: { name: 'DatabaseError', message },
      stopReason: 'failed',
      tables: [
        { stopReason: 'failed', rowsDeleted: 0, backlogAgeSeconds: 1 },
        { stopReason: 'drained', rowsDeleted: 3 },
      ],
    });
    expect(setting.database.deletes).toHaveLength(HALVINGS + 2);
    expect(stepsOf(setting)).toBe(2);
  });

  it('does not end the table when the repetition deletes', async () => {
    const setting = withoutRow('refused', HALVINGS);

    expect(await setting.run()).toMatchObject({ failure: null, stopReason: 'drained' });
    expect(stepsOf(setting)).toBe(1);
  });
});

describe('rows that are locked while a delete is rolled back, and free right after', () => {
  const tooLarge = { outcome: 'too-large' as const };

  /** The two oldest rows are locked until a first batch has succeeded. */
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

  const waits = ({ clock }: Setup) => clock.sleeps.filter(({ durationMs }) => durationMs === 250);

  it.each([
    ['too-large' as const, 6],
    ['unknown-not-run' as const, 6],
    ['unknown-run' as const, 4],
  ])('are deleted in a second pass, once they can be free: %s', async (outcome, rowsDeleted) => {
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

  it('are deleted in a second pass along the index after the storage walk, too', async () => {
    const setting = setup({
      tables: { one: expired(1300) },
      plan: { maxBatchSize: 500 },
      turns: [{}, {}, tooLarge],
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

  it('are left to the next run when no delete was rolled back, since the application held them', async () => {
    const setting = heldAtFirst();

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(['k0', 'k1']);
    expect(tables).toMatchObject([
      { stopReason: 'drained', rowsDeleted: 4, oldestExpired: secondsBefore(6).toISOString() },
    ]);
    expect(waits(setting)).toEqual([]);
  });

  it('get a second pass at the size from before the last batch, which was small and says nothing', async () => {
    const setting = setup({
      tables: { one: expired(150) },
      plan: { maxBatchSize: 100 },
      turns: [{}, tooLarge, { durationMs: 5000 }],
    });
    setting.database.table('one').lock('k0');

    await setting.run();

    expect(limits(setting)).toEqual([100, 100, 50, 50]);
  });

  it('get no second pass when none is left', async () => {
    const setting = setup({ tables: { one: expired(6) }, turns: [tooLarge] });

    await setting.run();

    expect(setting.remaining()).toEqual([]);
    expect(waits(setting)).toEqual([]);
  });

  it('get a second pass that avoids a row stepped over, when rows can be told apart', async () => {
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

  it('are left to the next run when that row would be met again', async () => {
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
  ])('get a second pass when a batch still fits, %s ms too late', async (lateMs, left) => {
    const turns = [tooLarge, { durationMs: 10 }, { durationMs: 10 }, { durationMs: 10 }];
    const lastEndsMs = 100 + 50 + 10 + 5 + 10 + 5 + 10;
    const timeLeftMs = 3000 + lastEndsMs + 250 + 2 * PLAN.targetBatchMs - lateMs;
    const setting = heldAtFirst({ turns, timeLeftMs });

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(left);
    expect(tables).toMatchObject([{ stopReason: 'time-budget' }]);
  });

  it('are left when the row limit is reached', async () => {
    const setting = heldAtFirst({ turns: [tooLarge], request: { maxRows: 4 } });

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(['k0', 'k1']);
    expect(tables).toMatchObject([
      { stopReason: 'row-limit', oldestExpired: secondsBefore(6).toISOString() },
    ]);
    expect(waits(setting)).toEqual([]);
  });

  it('are left after one second pass when they are still locked', async () => {
    const setting = setup({
      tables: { one: expired(6) },
      plan: { maxBatchSize: 2 },
      turns: [tooLarge],
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
