import type { Contender, Task } from '../../bench/contenders/contender';
import type { Connection, Engine, Target } from '../../bench/engines/engine';
import { openLab, purgeWithin } from '../../bench/lab';
import { shapeOf } from '../../bench/shapes';

const SHAPE = shapeOf('most', 1000);
const THROUGHPUT = { scenario: 'throughput', shape: SHAPE } as const;

/** The rows of the last table that was prepared. */
interface Table {
  expired: number;
  live: number;
}

/** An engine whose table is two numbers, and that records what happens. */
function fakeEngine() {
  const diary: string[] = [];
  const table: Table = { expired: 0, live: 0 };
  const connect = async (): Promise<Connection> => ({
    query: async (sql) => ({
      value: sql.includes('>=') ? table.live : table.expired,
      rowsChanged: 0,
    }),
    end: async () => {},
  });
  const engine: Engine = {
    name: 'postgresql',
    version: '17',
    settings: '',
    async prepare(shape) {
      Object.assign(table, { expired: shape.expired, live: shape.live });
      const holdSnapshot = async () => {
        diary.push('hold');
        return async () => void diary.push('release');
      };
      let usedMs = 0;
      const target = {
        engine: 'postgresql',
        shape,
        cutoff: new Date(0),
        connect,
        holdSnapshot,
        // Each purge takes 10 ms of processor time, and the clean-up 30 ms.
        cpuMs: () => (usedMs += 10),
        cleanUp: async () => {
          diary.push('clean');
          usedMs += 20;
          return 7000;
        },
      };
      return target as unknown as Target;
    },
  };
  const contender = (name: string, work: (table: Table, task: Task) => unknown): Contender => ({
    name,
    async purge(task) {
      diary.push(name);
      await work(table, task);
      return { startedAtMs: 0, durationMs: 5000 };
    },
  });
  const deletes = (rows: Table) => {
    rows.expired = 0;
  };
  return { engine, diary, contender, deletes };
}

/** Of each purge of the fake engine. */
const COST = { cpuMs: 10, cpuWithCleanUpMs: 40, settledMs: 7000 };

const silent = () => {};

const untilAborted = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener('abort', resolve));

describe('a lab', () => {
  it('lets contenders take turns, each on a fresh table', async () => {
    const { engine, diary, contender, deletes } = fakeEngine();
    const seen: number[] = [];
    const watched = contender('a', (table) => {
      seen.push(table.expired);
      deletes(table);
    });

    const all = await openLab(engine, 2, silent).compare(THROUGHPUT, [
      watched,
      contender('b', deletes),
    ]);

    expect(diary).toEqual(['a', 'clean', 'b', 'clean', 'a', 'clean', 'b', 'clean']);
    expect(seen).toEqual([1000, 1000]);
    expect(all).toEqual([
      { contender: 'a', durationsMs: [5000, 5000], costs: [COST, COST] },
      { contender: 'b', durationsMs: [5000, 5000], costs: [COST, COST] },
    ]);
  });

  it('measures nothing twice under the same conditions', async () => {
    const { engine, diary, contender, deletes } = fakeEngine();
    const lab = openLab(engine, 1, silent);
    const one = [contender('a', deletes)];

    await lab.compare(THROUGHPUT, one);
    await lab.compare({ ...THROUGHPUT, scenario: 'growth' }, one);
    expect(diary).toEqual(['a', 'clean']);

    await lab.compare({ ...THROUGHPUT, delayMs: 10 }, one);
    await lab.compare({ ...THROUGHPUT, shape: shapeOf('most', 1000, 'shuffled') }, one);
    expect(diary.filter((name) => name === 'a')).toHaveLength(3);
  });

  it('ends the snapshot before it lets the database clean up', async () => {
    const { engine, diary, contender, deletes } = fakeEngine();

    await openLab(engine, 1, silent).compare({ ...THROUGHPUT, snapshot: true }, [
      contender('a', deletes),
    ]);

    expect(diary).toEqual(['hold', 'a', 'release', 'clean']);
  });

  it('does not run a slow contender again', async () => {
    const { engine, diary, contender, deletes } = fakeEngine();
    const slow: Contender = {
      name: 'slow',
      async purge(task) {
        await contender('slow', deletes).purge(task);
        return { startedAtMs: 0, durationMs: 16_000 };
      },
    };

    await openLab(engine, 3, silent).compare(THROUGHPUT, [slow, contender('a', deletes)]);

    expect(diary.filter((name) => name !== 'clean')).toEqual(['slow', 'a', 'a', 'a']);
  });

  it.each([
    ['leaves expired rows', { expired: 1, live: 200 }, 'a left 1 expired rows'],
    ['deletes live ones', { expired: 0, live: 199 }, 'a left 199 of 200 live rows'],
  ])('fails when a contender %s', async (_, left, message) => {
    const { engine, contender } = fakeEngine();
    const wrong = contender('a', (table) => Object.assign(table, left));

    await expect(openLab(engine, 1, silent).compare(THROUGHPUT, [wrong])).rejects.toThrow(message);
  });
});

describe('purgeWithin', () => {
  it('stops a contender that is not done in time, and says so', async () => {
    const { engine, contender } = fakeEngine();
    const endless = contender('a', (_, { signal }) => untilAborted(signal));
    const target = await engine.prepare(SHAPE);

    expect(await purgeWithin(1, endless, { target, delayMs: 0 })).toMatchObject({
      stoppedAtMs: 1,
      left: { expired: 1000, live: 200 },
    });
  });

  it('says the same of a contender that a limit of its own cut off, and lets nothing clean up', async () => {
    const { engine, diary, contender } = fakeEngine();
    const endless = contender('a', () => {});
    const cutOff: Contender = {
      ...endless,
      purge: async (task) => ({ ...(await endless.purge(task)), wasCutOff: true }),
    };

    const [series] = await openLab(engine, 2, silent).compare(THROUGHPUT, [cutOff]);

    expect(series).toEqual({
      contender: 'a',
      durationsMs: [5000],
      costs: [],
      stoppedAtMs: 5000,
    });
    expect(diary).toEqual(['a']);
  });

  it('does not say stopped of a contender that finished after all', async () => {
    const { engine, contender, deletes } = fakeEngine();
    const unstoppable = contender('a', async (table, { signal }) => {
      await untilAborted(signal);
      deletes(table);
    });
    const target = await engine.prepare(SHAPE);

    expect(await purgeWithin(1, unstoppable, { target, delayMs: 0 })).not.toHaveProperty(
      'stoppedAtMs',
    );
  });
});
