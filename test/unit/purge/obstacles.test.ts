import type { FailedLink, Failure, FailureKind } from '../../../lambda/data-api/failure';
import { DatabaseError } from '../../../lambda/errors';
import { BACK_TRIES } from '../../../lambda/purge/parting';
import { DENIED, LOCK, micros, REFUSAL, STOPPED } from '../../support/in-memory-sessions';
import {
  CUTOFF,
  expired,
  type Given,
  limits,
  NOW,
  PLAN,
  type Setup,
  secondsBefore,
  setup,
} from './setup';

const callsOf = ({ database }: Setup, kind: 'pass' | 'none' | 'count' | 'oldest') =>
  database.calls.filter((call) => call.kind === kind).length;

describe('a row that cannot be deleted', () => {
  it.each([
    ['refused' as const, REFUSAL.message],
    ['too-large' as const, `the delete of one row was stopped after 100 ms: ${STOPPED.message}`],
  ])('is passed and told when it is %s, and all others are deleted', async (how, why) => {
    const { run, remaining, database } = setup({
      tables: { one: expired(900), two: expired(3) },
      timeLeftMs: 900_000,
    });
    database.table('one').obstruct('k700', how);

    const result = await run();

    const problem = `1 row of one could not be deleted (it expired at ${secondsBefore(200).toISOString()}): ${why}`;
    expect(remaining('one')).toEqual(['k700']);
    expect(remaining('two')).toEqual([]);
    expect(result).toMatchObject({
      rowsDeleted: 902,
      failure: { name: 'DatabaseError', message: problem },
      tables: [
        {
          table: 'one',
          stopReason: 'failed',
          rowsDeleted: 899,
          rowsSteppedOver: 1,
          problem,
          backlogAgeSeconds: 200,
        },
        { table: 'two', stopReason: 'drained', rowsDeleted: 3 },
      ],
    });
  });

  it.each<FailedLink>(['row', 'table', 'login', 'database', 'grammar', 'server'])(
    'is passed and told when its trigger fails as something at the "%s" does, and all others are deleted',
    async (at) => {
      const setting = setup({ tables: { one: expired(900) }, timeLeftMs: 900_000 });
      const failure = { ...(DENIED.failure as Failure), at };
      const error = new DatabaseError(DENIED.message, failure);
      for (const key of ['k0', 'k700']) setting.database.table('one').obstruct(key, error);

      const { tables, rowsDeleted, failure: end } = await setting.run();

      expect(setting.remaining()).toEqual(['k0', 'k700']);
      expect(rowsDeleted).toBe(898);
      expect(tables).toMatchObject([{ stopReason: 'failed', rowsSteppedOver: 2 }]);
      const trigger =
        'a delete of no row of one passes: if this comes again, look for a trigger on it that fails in this way or lacks a right; its triggers: SHOW TRIGGERS ON one';
      // Such a delete also passes on a full disk, whose remedy is the likelier one.
      const told =
        at === 'server'
          ? `grant it; if the server is well, ${trigger}`
          : `${trigger}; if there is none: grant it`;
      expect(tables[0]?.problem).toContain(
        `2 rows of one could not be deleted (the oldest row left behind expired at ${secondsBefore(900).toISOString()}): statement failed: permission denied; ${told}`,
      );
      expect(end).toMatchObject({ failure: { at } });
      // Of the first batch that fails, and of the first row that is left.
      expect(callsOf(setting, 'none')).toBe(2);
    },
  );

  it.each<FailureKind>(['transient', 'unknown'])(
    'is passed and told when its trigger fails with a code of a server that is "%s", and all others are deleted',
    async (kind) => {
      const setting = setup({
        tables: { one: expired(900), two: expired(1) },
        timeLeftMs: 900_000,
      });
      const code = { kind, at: 'server' as const, sqlState: '08006', remedy: null };
      const error = new DatabaseError('not now', { ...(DENIED.failure as Failure), ...code });
      for (const key of ['k0', 'k700']) setting.database.table('one').obstruct(key, error);

      const { tables, rowsDeleted, unknownOutcomes } = await setting.run();

      expect(setting.remaining()).toEqual(['k0', 'k700']);
      expect(rowsDeleted).toBe(899);
      expect(tables).toMatchObject([
        {
          stopReason: 'failed',
          rowsSteppedOver: 2,
          problem: expect.stringMatching(/not now; a delete of no row of one passes: .*a trigger/),
        },
        { stopReason: 'drained' },
      ]);
      if (kind === 'unknown') expect(unknownOutcomes).toBeGreaterThanOrEqual(5);
      expect(callsOf(setting, 'none')).toBe(kind === 'transient' ? 2 : 1);
      expect(setting.database.calls.length).toBeLessThan(70);
    },
  );

  it('costs few calls where the delete of each row has no answer, and the next table is purged', async () => {
    const setting = setup({
      tables: { one: expired(6000), two: expired(1) },
      timeLeftMs: 900_000,
      withoutStorageWalk: true,
    });
    const code = { kind: 'unknown' as const, at: 'server' as const, sqlState: '08006' };
    const error = new DatabaseError('not now', { ...(DENIED.failure as Failure), ...code });
    for (let at = 0; at < 6000; at += 1) setting.database.table('one').obstruct(`k${at}`, error);

    const { tables } = await setting.run();

    expect(tables).toMatchObject([
      { stopReason: 'failed', problem: expect.stringContaining('not now; a delete of no row') },
      { stopReason: 'drained' },
    ]);
    expect(setting.database.calls.length).toBeLessThan(90);
  });

  it.each([
    ['refused' as const, REFUSAL],
    ['failed' as const, DENIED],
  ])('is also passed after the storage walk, along the index: %s', async (_how, error) => {
    const { run, remaining, database } = setup({ tables: { one: expired(4000) } });
    database.table('one').obstruct('k3333', error);

    const result = await run();

    expect(remaining()).toEqual(['k3333']);
    expect(result).toMatchObject({ rowsDeleted: 3999, tables: [{ rowsSteppedOver: 1 }] });
  });

  it('is one of several', async () => {
    const { run, remaining, database } = setup({ tables: { one: expired(900) } });
    const stuck = ['k0', 'k1', 'k450', 'k899'];
    for (const key of stuck) database.table('one').obstruct(key, 'refused');

    const result = await run();

    expect(remaining()).toEqual(stuck);
    expect(result).toMatchObject({ rowsDeleted: 896, tables: [{ rowsSteppedOver: 4 }] });
  });

  it('is one of thousands in a line, which cost few calls', async () => {
    const setting = setup({ tables: { one: expired(6000), two: expired(3) }, timeLeftMs: 900_000 });
    for (let at = 1000; at < 5000; at += 1)
      setting.database.table('one').obstruct(`k${at}`, 'refused');

    const result = await setting.run();

    expect(setting.remaining('one')).toHaveLength(4000);
    expect(result.tables).toMatchObject([
      {
        stopReason: 'failed',
        rowsDeleted: 2000,
        problem: expect.stringMatching(
          /^\d+ rows of one could not be deleted \(the oldest .*\): .*; \d+ more were not tried, because/,
        ),
      },
      { stopReason: 'drained' },
    ]);
    const [{ rowsSteppedOver = 0, rowsNotTried = 0 } = {}] = result.tables;
    expect(rowsSteppedOver + rowsNotTried).toBe(4000);
    expect(setting.database.calls.length).toBeLessThan(BACK_TRIES + 60);
  });

  it('says with the time that is left how far the walk came, when that runs out', async () => {
    const { run, database } = setup({ tables: { one: expired(900) }, timeLeftMs: 12_000 });
    for (let at = 1; at < 900; at += 9) database.table('one').obstruct(`k${at}`, 'refused');

    const { tables, failure } = await run();

    expect(tables).toMatchObject([
      {
        stopReason: 'failed',
        oldestExpired: expect.any(String),
        problem: expect.stringMatching(
          /^\d+ rows of one.* could not be deleted: .*; the purge of the table stopped before its end \(time-budget\)/,
        ),
      },
    ]);
    expect(failure).not.toBeNull();
  });

  it('is not told when it went after all before the end', async () => {
    const { run, database } = setup({
      tables: { one: expired(900) },
      onProgress: ({ rowsDeleted }) => {
        if (rowsDeleted > 890) database.table('one').obstruct('k0', null);
      },
      turns: [],
    });
    const table = database.table('one');
    table.obstruct('k0', 'refused');
    table.lock('k899');

    const result = await run();

    expect(result).toMatchObject({ tables: [{ stopReason: 'drained', rowsDeleted: 899 }] });
    expect(result.tables[0]).not.toHaveProperty('rowsSteppedOver');
  });
});

describe('rows that the database keeps without a word', () => {
  it.each([1, 499, 3000])('are told, and the others go: %s at one instant', async (count) => {
    const at = expired(1)[0]?.expireDate as string;
    const rows = Array.from({ length: count }, (_, key) => ({ key: `same${key}`, expireDate: at }));
    const { run, remaining, database } = setup({
      tables: { one: [...expired(700), ...rows] },
      timeLeftMs: 900_000,
    });
    for (const { key } of rows) database.table('one').obstruct(key, 'kept');

    const result = await run();

    expect(remaining()).toHaveLength(count);
    expect(result.tables).toMatchObject([
      {
        stopReason: 'failed',
        rowsDeleted: 700,
        rowsSteppedOver: count,
        problem: expect.stringMatching(
          /the database accepts the DELETE, but the rows stay; look for a .*, and change or drop it; its triggers: SHOW TRIGGERS ON one/,
        ),
      },
    ]);
    expect(database.calls.length).toBeLessThan(60);
  });
});

it('a line of many batches that the database keeps is no lock, and those behind it go', async () => {
  const { run, database } = setup({
    tables: { one: expired(16_010) },
    batchMs: 900,
    timeLeftMs: 900_000,
    withoutStorageWalk: true,
  });
  for (let at = 0; at < 16_000; at += 1) database.table('one').obstruct(`k${at}`, 'kept');

  const { tables } = await run();

  expect(tables).toMatchObject([
    {
      stopReason: 'failed',
      rowsDeleted: 10,
      rowsSteppedOver: 16_000,
      problem: expect.stringMatching(/the database accepts the DELETE, but the rows stay/),
    },
  ]);
});

describe('a row whose delete waits for a lock', () => {
  it('is left behind without a failure, and all others go', async () => {
    const setting = setup({ tables: { one: expired(900) } });
    setting.database.table('one').obstruct('k300', 'locked');

    const result = await setting.run();

    expect(setting.remaining()).toEqual(['k300']);
    expect(result).toMatchObject({
      failure: null,
      tables: [{ stopReason: 'drained', rowsDeleted: 899, backlogAgeSeconds: 600 }],
    });
    expect(result.tables[0]).not.toHaveProperty('rowsSteppedOver');
  });

  it('is no sign of a locked table where it is one of two', async () => {
    const setting = setup({ tables: { one: expired(2) } });
    for (const key of ['k0', 'k1']) setting.database.table('one').obstruct(key, 'locked');

    expect(await setting.run()).toMatchObject({
      failure: null,
      tables: [{ stopReason: 'drained' }],
    });
  });

  it('is one of hundreds at the oldest end, behind which all others go', async () => {
    const setting = setup({
      tables: { one: expired(3000) },
      plan: { maxBatchSize: 100 },
      lockWaitMs: 1000,
      timeLeftMs: 900_000,
    });
    for (let at = 0; at < 600; at += 1) setting.database.table('one').obstruct(`k${at}`, 'locked');

    const { tables } = await setting.run();

    const [{ rowsNotTried = 0, ...told } = {}] = tables;
    expect(told).toMatchObject({
      stopReason: 'failed',
      problem: expect.stringMatching(
        /^\d+ rows of one were not tried \(the oldest .*\), because .* are locked, and the database says "[^"]*lock[^"]*"; .*; who may hold the rows: SHOW ROW LOCKS ON one/,
      ),
    });
    expect(setting.remaining().length).toBeLessThan(700);
    expect(rowsNotTried).toBeLessThan(700);
    expect(setting.database.calls.length).toBeLessThan(100);
  });

  it.each([
    [1000, 0],
    [45_000, 2_700_000],
  ])(
    'is one of thousands at the oldest end, and most of the others go, in few waits of %s ms',
    async (lockWaitMs, timeLeftMs) => {
      const setting = setup({
        tables: { one: expired(9000) },
        lockWaitMs,
        timeLeftMs: 900_000 + timeLeftMs,
        withoutStorageWalk: true,
      });
      for (let at = 0; at < 2500; at += 1)
        setting.database.table('one').obstruct(`k${at}`, 'locked');

      const { tables } = await setting.run();

      const left = setting.remaining().length;
      expect(left).toBeLessThan(2500 + 4000);
      expect(tables).toMatchObject([
        {
          stopReason: 'failed',
          rowsDeleted: 9000 - left,
          problem: expect.stringMatching(
            /^\d+ rows of one were not tried .* are locked, and the database says .*;/,
          ),
        },
      ]);
      expect(left - (tables[0]?.rowsNotTried ?? 0)).toBeLessThan(10);
      const waits = setting.database.deletes.filter(({ outcome }) => outcome?.kind === 'locked');
      expect(waits.length).toBeLessThan(16);
    },
  );

  it('ends the table where nothing but locks was met, after looks whether the table is locked', async () => {
    const setting = setup({
      tables: { one: expired(20_000), two: expired(1) },
      plan: { maxBatchSize: 100 },
      lockWaitMs: 1000,
      timeLeftMs: 900_000,
    });
    for (let at = 0; at < 20_000; at += 1)
      setting.database.table('one').obstruct(`k${at}`, 'locked');

    const { tables } = await setting.run();

    expect(tables).toMatchObject([
      { stopReason: 'failed', problem: expect.stringMatching(/^no row of one could be deleted/) },
      { stopReason: 'drained' },
    ]);
    expect(callsOf(setting, 'none')).toBeGreaterThan(1);
    expect(setting.database.calls.length).toBeLessThan(60);
  });

  it('is a sign of locks beyond the rows where it is each of many, and ends the table in few calls', async () => {
    const setting = setup({
      tables: { one: expired(900), two: expired(1) },
      lockWaitMs: 1000,
      timeLeftMs: 900_000,
    });
    for (let at = 0; at < 900; at += 1) setting.database.table('one').obstruct(`k${at}`, 'locked');

    const { tables } = await setting.run();

    expect(tables).toMatchObject([
      {
        stopReason: 'failed',
        problem: expect.stringMatching(
          /^no row of one could be deleted \(900 rows that expired are left\), since others hold locks .* the database says "[^"]*lock[^"]*"; look for/,
        ),
      },
      { stopReason: 'drained' },
    ]);
    expect(setting.database.calls.length).toBeLessThan(50);
  });

  it('costs a bounded number of waits, whether it is one of two or of many', async () => {
    const waitsFor = async (keys: readonly string[]) => {
      const setting = setup({
        tables: { one: expired(3000) },
        plan: { maxBatchSize: 500 },
        lockWaitMs: 45_000,
        timeLeftMs: 3_600_000,
        withoutStorageWalk: true,
      });
      for (const key of keys) setting.database.table('one').obstruct(key, 'locked');
      const { tables } = await setting.run();
      const waits = setting.database.deletes.filter(({ outcome }) => outcome?.kind === 'locked');
      return { waits: waits.length, left: setting.remaining().length, ...tables[0] };
    };

    expect(await waitsFor(['k300'])).toMatchObject({ waits: 5, left: 1, stopReason: 'drained' });
    const many = await waitsFor(['k300', 'k700', 'k1100', 'k1900', 'k2700']);
    expect(many).toMatchObject({
      stopReason: 'failed',
      problem: expect.stringMatching(/not tried/),
    });
    expect(many.waits).toBeLessThanOrEqual(8 + 4);
    expect(many.left).toBeLessThanOrEqual(5 * 500);
  });
});

describe('more rows that stay than are counted', () => {
  it('are passed once', async () => {
    const setting = setup({ tables: { one: expired(300) } });
    const table = setting.database.table('one');
    for (let at = 0; at < 300; at += 1) table.obstruct(`k${at}`, 'refused');
    const { countExpired } = table;
    table.countExpired = async (cutoff) => ({
      ...(await countExpired(cutoff)),
      rows: 200,
      capped: true,
    });

    const { tables } = await setting.run();

    expect(tables).toMatchObject([{ stopReason: 'failed', rowsSteppedOver: expect.any(Number) }]);
    expect(callsOf(setting, 'pass')).toBe(1);
    expect(callsOf(setting, 'count')).toBe(2);
  });
});

it.each([
  [101, 500, true],
  [100, 500, false],
  [30, 50, true],
  [20, 50, false],
])('%s of %s rows that others hold are warned of: %s', async (held, rows, isWarned) => {
  const { run, database } = setup({ tables: { one: expired(rows) } });
  for (let at = 0; at < held; at += 1) database.table('one').lock(`k${at}`);

  const { tables, warnings } = await run();

  expect(tables).toMatchObject([{ stopReason: 'drained', rowsDeleted: rows - held }]);
  const warning = new RegExp(
    `^${held} rows of one that expired are left, since others hold them locked; .*; who may hold the rows: SHOW ROW LOCKS ON one$`,
  );
  expect(warnings).toEqual(isWarned ? [expect.stringMatching(warning)] : undefined);
});

it.each([
  [101, false, 'failed'],
  [100, false, 'drained'],
  [101, true, 'failed'],
  [20, true, 'drained'],
])(
  'all %s rows of a table are held, by a delete that waits: %s',
  async (rows, waitsForLocks, stopReason) => {
    const { run, database } = setup({ tables: { one: expired(rows) }, waitsForLocks });
    for (let at = 0; at < rows; at += 1) database.table('one').lock(`k${at}`);

    const { tables, warnings = [] } = await run();

    const says = [...warnings, tables[0]?.problem].join();
    expect(tables).toMatchObject([{ stopReason, rowsDeleted: 0 }]);
    expect(says).toContain(
      stopReason === 'failed'
        ? `no row of one could be deleted (${rows} rows that expired are left), since others hold locks`
        : `${rows} rows of one that expired are left, since others hold them locked`,
    );
  },
);

describe('rows that were leapt over', () => {
  /** Five free rows among hundreds that stay. */
  const lump = (cutoff: Date | null = null) => {
    const setting = setup({ tables: { one: expired(1500) }, request: { cutoff } });
    const isFree = (at: number) => at > 700 && at <= 705;
    for (let at = 0; at < 1500; at += 1)
      if (!isFree(at)) setting.database.table('one').obstruct(`k${at}`, 'refused');
    return setting;
  };

  it('are tried by one of the next runs, if not by this', async () => {
    const cutoffs = Array.from(
      { length: 10 },
      (_, run) => new Date(CUTOFF.getTime() - 1 - 37 * run),
    );
    const left = [];
    for (const cutoff of cutoffs) {
      const setting = lump(cutoff);
      await setting.run();
      left.push(setting.remaining().length);
    }

    expect(Math.max(...left)).toBe(1500);
    expect(left).toContain(1495);
  });

  it('are never called drained while they are not tried', async () => {
    const setting = setup({ tables: { one: expired(500) } });
    for (let at = 20; at < 480; at += 7) setting.database.table('one').obstruct(`k${at}`, 'locked');

    const { tables } = await setting.run();

    const [told] = tables;
    const free = setting.remaining().length - 66;
    expect(told?.rowsNotTried ?? 0).toBeGreaterThanOrEqual(free);
    expect(told?.stopReason).toBe(free === 0 ? 'drained' : 'failed');
  });
});

describe('an obstacle that is not a row', () => {
  it('ends the table after one repeat, with its own error, and the next is purged', async () => {
    const setting = setup({ tables: { one: expired(9), two: expired(3) } });
    const trigger = new DatabaseError('statement failed: no delete today', REFUSAL.failure);
    setting.database.table('one').bar(trigger);

    const result = await setting.run();

    expect(result).toMatchObject({
      failure: trigger,
      tables: [
        { stopReason: 'failed', rowsDeleted: 0, problem: trigger.message, backlogAgeSeconds: 9 },
        { stopReason: 'drained', rowsDeleted: 3 },
      ],
    });
    expect(setting.database.deletes.filter(({ table }) => table === 'one')).toHaveLength(1);
    expect(callsOf(setting, 'none')).toBe(1);
  });

  it('ends the table with the error of its delete, where a delete of no row fails as well', async () => {
    const setting = setup({ tables: { one: expired(9), two: expired(3) } });
    setting.database.table('one').bar(DENIED);

    const { failure, tables } = await setting.run();

    expect(failure).toBe(DENIED);
    expect(tables).toMatchObject([{ problem: DENIED.message }, { stopReason: 'drained' }]);
    expect(tables[0]).not.toHaveProperty('rowsSteppedOver');
    expect(setting.database.deletes.filter(({ table }) => table === 'one')).toHaveLength(1);
    expect(callsOf(setting, 'none')).toBe(1);
  });

  it.each([
    ['was refused', 'refused' as const],
    ['failed in its trigger', DENIED],
  ])(
    'is noticed where a row %s before: the right to delete is lost on the way',
    async (_how, obstruction) => {
      const setting = setup({
        tables: { one: expired(17_000) },
        plan: { maxBatchSize: 100 },
        timeLeftMs: 900_000,
        onProgress: ({ rowsDeleted }) => rowsDeleted > 700 && table.bar(DENIED),
      });
      const table = setting.database.table('one');
      table.obstruct('k50', obstruction);

      const { tables } = await setting.run();

      expect(tables).toMatchObject([{ stopReason: 'failed', problem: DENIED.message }]);
      expect(callsOf(setting, 'none')).toBe(2);
      expect(setting.database.deletes.length).toBeLessThan(350);
    },
  );

  it('costs few calls where each row of many batches fails, and those behind go but for some that are told', async () => {
    const setting = setup({
      tables: { one: expired(20_000), two: expired(1) },
      batchMs: 250,
      timeLeftMs: 900_000,
      withoutStorageWalk: true,
    });
    for (let at = 0; at < 15_000; at += 1) setting.database.table('one').obstruct(`k${at}`, DENIED);

    const { tables } = await setting.run();

    expect(tables).toMatchObject([
      {
        stopReason: 'failed',
        problem: expect.stringMatching(
          /^\d+ rows of one could not be deleted .*: statement failed: permission denied; .*; if there is none: grant it; \d+ more were not tried/,
        ),
      },
      { stopReason: 'drained' },
    ]);
    const [{ rowsDeleted = 0, rowsSteppedOver = 0, rowsNotTried = 0 } = {}] = tables;
    expect(rowsDeleted).toBeGreaterThan(500);
    expect(rowsSteppedOver + rowsNotTried).toBe(20_000 - rowsDeleted);
    expect(setting.database.deletes.length).toBeLessThan(100);
  });

  it('is told as a lock on the table where it is one', async () => {
    const setting = setup({ tables: { one: expired(9) } });
    setting.database.table('one').bar(LOCK);

    expect(await setting.run()).toMatchObject({
      failure: {
        name: 'DatabaseError',
        failure: LOCK.failure,
        message: LOCK.message,
      },
    });
  });

  it('is asked for once, also where a later batch fails', async () => {
    const setting = setup({ tables: { one: expired(1500) }, plan: { maxBatchSize: 100 } });
    for (const key of ['k50', 'k950']) setting.database.table('one').obstruct(key, 'refused');

    await setting.run();

    expect(callsOf(setting, 'none')).toBe(1);
    expect(callsOf(setting, 'pass')).toBe(2);
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

  it('are deleted in a second pass when no delete was rolled back, since the application held them for a moment', async () => {
    const setting = heldAtFirst();

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual([]);
    expect(tables).toMatchObject([{ stopReason: 'drained', rowsDeleted: 6, oldestExpired: null }]);
  });

  it('are left to the next run when they are still held in that pass, and not tried again', async () => {
    const setting = setup({ tables: { one: expired(6) }, plan: { maxBatchSize: 2 } });
    for (const key of ['k0', 'k1']) setting.database.table('one').lock(key);

    const { tables } = await setting.run();

    expect(setting.remaining()).toEqual(['k0', 'k1']);
    expect(tables).toMatchObject([
      { stopReason: 'drained', rowsDeleted: 4, oldestExpired: secondsBefore(6).toISOString() },
    ]);
    expect(waits(setting)).toHaveLength(1);
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

  it('get a second pass beside a row that stays, which is counted once', async () => {
    const setting = setup({
      tables: { one: expired(6) },
      plan: { maxBatchSize: 2 },
      onProgress: ({ rowsDeleted }) => rowsDeleted === 3 && release(),
    });
    const release = setting.database.table('one').lock('k0');
    setting.database.table('one').obstruct('k3', 'refused');
    setting.database.table('one').obstruct('k4', 'refused');

    const result = await setting.run();

    expect(setting.remaining()).toEqual(['k3', 'k4']);
    expect(result).toMatchObject({
      rowsDeleted: 4,
      tables: [{ stopReason: 'failed', rowsSteppedOver: 2 }],
    });
    expect(callsOf(setting, 'count')).toBe(2);
  });

  it('get no second pass where no more is left than what was passed', async () => {
    const setting = setup({ tables: { one: expired(6) } });
    setting.database.table('one').obstruct('k3', 'refused');

    await setting.run();

    expect(waits(setting)).toEqual([]);
    expect(callsOf(setting, 'count')).toBe(1);
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

it('rows of a parted batch that others let go later are deleted, though the first one is held to the end', async () => {
  const releases: (() => void)[] = [];
  const { run, remaining, database } = setup({
    tables: { one: expired(600) },
    plan: { maxBatchSize: 100 },
    waitsForLocks: true,
    onProgress: ({ rowsDeleted }) => {
      if (rowsDeleted > 400) for (const release of releases) release();
    },
  });
  database.table('one').lock('k0');
  for (let at = 10; at < 20; at += 1) releases.push(database.table('one').lock(`k${at}`));

  const { tables } = await run();

  expect(tables).toMatchObject([{ stopReason: 'drained', rowsDeleted: 599 }]);
  expect(remaining()).toEqual(['k0']);
});

it('the error of a lock that a trigger raises is told with the rows that are left', async () => {
  const { run, database } = setup({ tables: { one: expired(400) } });
  for (let at = 0; at < 303; at += 3) database.table('one').obstruct(`k${at}`, 'locked');

  const { warnings, tables } = await run();

  expect(tables).toMatchObject([{ stopReason: 'drained' }]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^101 rows .* locked, and the database says "a lock was not free in time"; /,
    ),
  ]);
});

it.each([4, 5, 6])(
  'rows that others take before try %s are not told where the row limit is reached',
  async (at) => {
    const { run, database } = setup({ tables: { one: expired(6) }, request: { maxRows: 4 } });
    const table = database.table('one');
    for (const key of ['k3', 'k4']) table.obstruct(key, 'refused');
    const { deleteBatch } = table;
    table.deleteBatch = async (batch) => {
      if (database.deletes.length === at)
        for (const key of ['k3', 'k4']) table.insert([{ key, expireDate: micros(NOW) }]);
      return deleteBatch(batch);
    };

    const { tables, failure: error } = await run();

    expect(tables).toMatchObject([{ stopReason: 'row-limit', oldestExpired: null }]);
    expect(error).toBeNull();
  },
);

describe('a walk after which a row has come, beside rows that stay', () => {
  /** A tenth of the rows stays, and one comes in the first walk and after so many counts. */
  function coming(counts: number) {
    let come = 0;
    const setting = setup({
      tables: { one: expired(6000) },
      timeLeftMs: 3_600_000,
      onProgress: ({ rowsDeleted }) => {
        if (rowsDeleted > 3000 && come === 0) add();
      },
    });
    const table = setting.database.table('one');
    for (let at = 0; at < 5990; at += 10) table.obstruct(`k${at}`, 'refused');
    const { countExpired } = table;
    function add(): void {
      table.insert(expired(1, `come${come}-`));
      come += 1;
    }
    table.countExpired = async (cutoff) => {
      const counted = await countExpired(cutoff);
      if (come < counts) add();
      return counted;
    };
    return setting;
  }

  it.each([1, 2])(
    'is followed by another, and tells what the first one has found: %s',
    async (counts) => {
      const { run, remaining } = coming(counts);

      const { tables } = await run();

      const [{ rowsSteppedOver = 0, rowsNotTried = 0 } = {}] = tables;
      expect(rowsSteppedOver + rowsNotTried).toBe(599);
      expect(rowsNotTried).toBeLessThan(10);
      expect(remaining().length).toBeLessThanOrEqual(600);
    },
  );

  it('has not many after it, although one comes after each', async () => {
    const setting = coming(Number.POSITIVE_INFINITY);

    await setting.run();

    expect(callsOf(setting, 'count')).toBeLessThan(10);
  });
});

it('no more rows are told as not tried than there are', async () => {
  const { run, database } = setup({
    tables: { one: expired(60) },
    lockWaitMs: 2000,
    timeLeftMs: 900_000,
  });
  for (let at = 0; at < 60; at += 1) database.table('one').obstruct(`k${at}`, 'locked');

  const { tables } = await run();

  expect(tables).toMatchObject([{ rowsNotTried: expect.any(Number) }]);
  expect(tables[0]?.rowsNotTried).toBeLessThanOrEqual(60);
});

it('a table is not told as locked from which deletes without an answer have taken rows', async () => {
  const lost = { outcome: 'unknown-run' } as const;
  const { run, database, remaining } = setup({
    tables: { one: expired(400) },
    turns: [lost, lost],
  });
  for (let at = 250; at < 400; at += 1) database.table('one').lock(`k${at}`);

  const { tables, warnings } = await run();

  expect(remaining()).toHaveLength(150);
  expect(tables).toMatchObject([{ stopReason: 'drained' }]);
  expect(warnings).toEqual([expect.stringMatching(/^150 rows of one that expired are left/)]);
});
