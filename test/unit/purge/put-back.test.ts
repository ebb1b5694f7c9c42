import { micros, type StoredSession } from '../../support/in-memory-sessions';
import { expired, type Given, secondsBefore, setup } from './setup';

const HOUR = 3600;

/** So many rows of one instant, before all of `expired`. */
const tied = (count: number): StoredSession[] =>
  Array.from({ length: count }, (_, at) => ({
    key: `tied${at}`,
    expireDate: micros(secondsBefore(HOUR)),
  }));

/** The same session under another key, at another instant. */
const moved = ({ key, expireDate }: StoredSession, ms: number): StoredSession => ({
  key: `${key}'`,
  expireDate: micros(new Date(Date.parse(expireDate) + ms)),
});

const isTied = ({ key }: StoredSession) => key.startsWith('tied');

const comesBack = expect.stringMatching(
  /^rows of one come back or are added while .* left; look for a trigger .*; its triggers: SHOW TRIGGERS ON one$/,
);

describe('rows that come back while they are deleted', () => {
  it.each<[string, (gone: StoredSession) => StoredSession]>([
    ['under their keys', (gone) => gone],
    ['under other keys', (gone) => moved(gone, 0)],
  ])(
    'are left behind at an instant of more rows than a batch, and all others go: %s',
    async (_how, back) => {
      const { run, remaining, database } = setup({
        tables: { one: [...tied(700), ...expired(300)], two: expired(3) },
        plan: { maxBatchSize: 100 },
        timeLeftMs: 900_000,
      });
      database.table('one').replace((gone) => (isTied(gone) ? [back(gone)] : []));

      const { tables, rowsDeleted } = await run();

      expect(remaining('one')).toHaveLength(700);
      expect(remaining('two')).toEqual([]);
      expect(tables).toMatchObject([
        {
          stopReason: 'failed',
          rowsSteppedOver: 700,
          problem: expect.stringMatching(/^700 rows of one could not .* came back as .* trigger/),
        },
        { stopReason: 'drained' },
      ]);
      expect(rowsDeleted).toBeLessThan(2 * 700 + 303 + 200);
    },
  );

  it.each([
    ['at their instants', 0],
    ['an hour earlier', -HOUR * 1000],
    ['a second later', 1000],
    ['half a minute later', 30_000],
  ])('make no table drained, and are deleted three times at most: %s', async (_where, ms) => {
    const { run, database } = setup({ tables: { one: expired(300) } });
    const isExpired = ({ expireDate }: StoredSession) => expireDate < micros(secondsBefore(0));
    database.table('one').replace((gone) => [moved(gone, ms)].filter(isExpired));

    const { tables, rowsDeleted } = await run();

    expect(tables).toMatchObject([{ stopReason: 'failed', problem: comesBack }]);
    expect(rowsDeleted).toBeLessThanOrEqual(900);
    expect(database.calls.length).toBeLessThan(20);
  });

  it('all go in the end where every third does so once, beside rows that stay', async () => {
    const { run, remaining, database } = setup({ tables: { one: expired(3000) } });
    const table = database.table('one');
    for (const key of ['k5', 'k7', 'k500', 'k1500', 'k1501', 'k2900'])
      table.obstruct(key, 'refused');
    let gone = 0;
    table.replace((row) => {
      gone += 1;
      return gone % 3 === 0 ? [moved(row, -HOUR * 1000)] : [];
    });

    const { tables } = await run();

    expect(remaining()).toHaveLength(6);
    expect(tables).toMatchObject([{ stopReason: 'failed', rowsSteppedOver: 6 }]);
  });

  it('make no table drained where only one of many does so, beside a row that others hold', async () => {
    const { run, database } = setup({ tables: { one: expired(300) } });
    database.table('one').replace((gone) => (gone.key === 'k7' ? [gone] : []));
    database.table('one').lock('k9');

    expect((await run()).tables).toMatchObject([{ stopReason: 'failed', problem: comesBack }]);
  });

  it.each([0, 20, 40, 60, 80])(
    'leave no table drained with rows in it where fewer than half of them do so: from the %sth on',
    async (first) => {
      const { run, remaining, database } = setup({
        tables: { one: expired(1000) },
        withoutStorageWalk: true,
      });
      let gone = first;
      database.table('one').replace((row) => {
        gone += 1;
        return (gone * 47) % 100 < 47 ? [moved(row, -HOUR * 1000)] : [];
      });

      const { tables } = await run();

      if (remaining().length > 0)
        expect(tables).toMatchObject([{ stopReason: 'failed', problem: comesBack }]);
      else expect(tables).toMatchObject([{ stopReason: 'drained' }]);
      expect(remaining().length).toBeLessThan(3);
      expect(database.calls.length).toBeLessThan(60);
    },
  );

  it('end the table where they come back before the walk has got to its end', async () => {
    const { run, remaining, database } = setup({
      tables: { one: expired(3000), two: expired(3) },
      withoutStorageWalk: true,
      plan: { maxBatchSize: 500 },
      timeLeftMs: 3_600_000,
      batchMs: 20,
    });
    database.table('one').replace((gone) => [moved(gone, 1)]);

    const { tables, rowsDeleted } = await run();

    expect(remaining('two')).toEqual([]);
    expect(tables).toMatchObject([
      { stopReason: 'failed', problem: comesBack },
      { stopReason: 'drained' },
    ]);
    expect(rowsDeleted).toBeLessThan(110_000);
  });

  it('make no table drained where they are more than a quick count counts', async () => {
    const { run, database } = setup({
      tables: { one: expired(100_002) },
      withoutStorageWalk: true,
      plan: { maxBatchSize: 50_000 },
      timeLeftMs: 3_600_000,
      batchMs: 20,
    });
    database.table('one').replace((gone) => [moved(gone, -HOUR * 1000)]);

    const { tables } = await run();

    expect(tables).toMatchObject([
      { stopReason: 'failed', problem: expect.stringMatching(/ and 100002 rows .* are left/) },
    ]);
  });
});

describe('rows that others hold locked, more than a quick count counts', () => {
  const held = 100_200;

  /** Others let go of 50 of them whenever somebody looks at what is left. */
  function releasing(options: Pick<Given, 'countTimesOut'> = {}) {
    const setting = setup({
      tables: { one: [...expired(held), ...expired(300, 'free')] },
      withoutStorageWalk: true,
      timeLeftMs: 3_600_000,
      batchMs: 20,
      ...options,
    });
    const table = setting.database.table('one');
    const releases = expired(held).map(({ key }) => table.lock(key));
    const { countExpired, oldestExpired } = table;
    const release = () => {
      for (const each of releases.splice(0, 50)) each();
    };
    table.oldestExpired = (look) => oldestExpired(look).finally(release);
    table.countExpired = (cutoff) => countExpired(cutoff).finally(release);
    return setting;
  }

  it('are not said to come back when some of them are let go', async () => {
    const { run, remaining } = releasing();

    expect((await run()).tables).toMatchObject([{ stopReason: 'drained', rowsDeleted: 400 }]);
    expect(remaining()).toHaveLength(held - 100);
  });

  it('are not taken for rows that come back where counting them takes too long', async () => {
    const { tables } = await releasing({ countTimesOut: true }).run();

    expect(tables).toMatchObject([
      { stopReason: 'failed', problem: expect.stringMatching(/^the walk through one came to/) },
    ]);
  });
});

describe('rows that an application adds while others are deleted', () => {
  /** One more expired row whenever so many milliseconds have passed. */
  function adding(everyMs: number) {
    const setting = setup({ tables: { one: [...tied(200), ...expired(800)] } });
    const { clock, database } = setting;
    const [begun, { sleep }] = [clock.now(), clock];
    let added = 0;
    const add = () => {
      const due = Math.floor((clock.now() - begun) / everyMs);
      for (; added < due; added += 1)
        database.table('one').insert([{ ...tied(1)[0], key: `new${added}` } as StoredSession]);
    };
    clock.sleep = async (ms) => {
      await sleep(ms);
      add();
    };
    const table = database.table('one');
    const { countExpired, deleteBatch } = table;
    table.countExpired = (cutoff) => {
      add();
      return countExpired(cutoff);
    };
    table.deleteBatch = async (batch) => {
      const outcome = await deleteBatch(batch);
      add();
      return outcome;
    };
    return setting;
  }

  it.each([10, 100, 300, 900, 1700, 3000])(
    'are no obstacle, and bounded: one each %s ms',
    async (everyMs) => {
      const { run, database } = adding(everyMs);

      const { tables } = await run();

      expect(tables).toMatchObject([{ stopReason: 'drained' }]);
      expect(database.calls.length).toBeLessThan(30);
    },
  );

  it('all go where many come at once ahead of the walk', async () => {
    const { run, remaining, database } = setup({
      tables: { one: expired(112_000) },
      withoutStorageWalk: true,
      plan: { maxBatchSize: 10_000 },
      timeLeftMs: 3_600_000,
      batchMs: 20,
    });
    const imported = expired(15_000, 'imported').map((row) => ({
      ...row,
      expireDate: micros(secondsBefore(1)),
    }));
    let hasCome = false;
    database.table('one').replace(({ key }) => {
      const isDue = !hasCome && key === 'k105000';
      hasCome ||= isDue;
      return isDue ? imported : [];
    });

    expect((await run()).tables).toMatchObject([{ stopReason: 'drained' }]);
    expect(remaining()).toEqual([]);
  });
});
