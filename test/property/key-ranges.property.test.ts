import * as fc from 'fast-check';
import type { Answer, DataApi } from '../../lambda/data-api/data-api';
import type { Row } from '../../lambda/data-api/rows';
import type { Statement } from '../../lambda/database/dialect';
import { mysql } from '../../lambda/database/mysql';
import { END, prefixAt } from '../../lambda/database/mysql/key-ranges';
import { sessionTable } from '../../lambda/database/session-table';
import type { BatchOutcome, SessionTable } from '../../lambda/purge/port';

const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
/** As many characters as a prefix has that cuts the keys. */
const PREFIX = 10;

/** How a server orders its keys. */
type Order = (one: string, other: string) => number;

/** Whether it has expired, by key. */
type Keys = ReadonlyMap<string, boolean>;

/** One delete, as the server understood it; `null`: no bound. */
interface Range {
  readonly from: string | null;
  readonly to: string | null;
  readonly limit: number;
  /** Rows in it when it was deleted, live ones included. */
  readonly rows: number;
}

interface Server {
  readonly table: SessionTable;
  readonly keys: Map<string, boolean>;
  readonly ranges: readonly Range[];
  /** How many surveys came before each delete, the last one's included that was never sent. */
  readonly surveys: readonly number[];
}

const bytewise: Order = (one, other) => (one < other ? -1 : Number(one > other));

function boundsOf(condition: string): Pick<Range, 'from' | 'to'> {
  const [, from = null] = /session_key >= '(\w+)'/.exec(condition) ?? [];
  const [, to = null] = /session_key < '(\w+)'/.exec(condition) ?? [];
  return { from, to };
}

/** A server that takes the storage walk's statements on its keys; `total` is what its statistics know of them. */
function serverOf(sessions: Keys, order: Order, total: number): Server {
  const keys = new Map(sessions);
  const ranges: Range[] = [];
  const surveys = [0];

  function within({ from, to }: Pick<Range, 'from' | 'to'>): string[] {
    return [...keys.keys()].filter(
      (key) => (from === null || order(key, from) >= 0) && (to === null || order(key, to) < 0),
    );
  }

  function survey(sql: string): Row[] {
    surveys[surveys.length - 1] = (surveys.at(-1) ?? 0) + 1;
    const counts = /SELECT (\d+) AS at, .*? WHERE (.*?) LIMIT (\d+)\) AS range/g;
    return [...sql.matchAll(counts)].map(([, at, condition = '', limit]) => ({
      at: Number(at),
      counted: Math.min(within(boundsOf(condition)).length, Number(limit)),
    }));
  }

  function remove(sql: string): number {
    const deleting =
      /^DELETE FROM .*? WHERE (.*) AND expire_date < .* ORDER BY session_key LIMIT (\d+)$/;
    const [, condition, limit] = deleting.exec(sql) ?? [];
    if (condition === undefined) throw new Error(`not a delete: ${sql}`);
    const bounds = boundsOf(condition);
    const rows = within(bounds);
    ranges.push({ ...bounds, limit: Number(limit), rows: rows.length });
    surveys.push(0);
    const expired = rows
      .filter((key) => keys.get(key))
      .sort(order)
      .slice(0, Number(limit));
    for (const key of expired) keys.delete(key);
    return expired.length;
  }

  const answer = (rows: Row[], rowsChanged = 0) =>
    ({ kind: 'rows', rows, rowsChanged, durationMs: 10 }) satisfies Answer;
  const api: DataApi = {
    query: () => Promise.reject(new Error('the walk asks nothing that it may not give up')),
    async tryQuery({ sql }: Statement) {
      return sql.includes(' AS sampled')
        ? answer([{ sampled: 1000, expired: 1000, total }])
        : answer(survey(sql));
    },
    execute: async ({ sql }) => answer([], remove(sql)),
    usage: () => ({ dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: 1 }),
  };
  const place = { api, dialect: mysql('UTC'), table: { schema: 's', table: 't' } };
  const table = sessionTable(place, { oldest: null, newest: null }, true);
  return { table, keys, ranges, surveys };
}

/** Far more than any walk below takes, so that one that does not end shows. */
const TOO_MANY_BATCHES = 5000;

/** The outcomes of batch after batch, to the end of the walk. */
async function walk({ table }: Server, limits: readonly number[]): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  let { start: from } = await table.chooseWalk(CUTOFF);
  while (from !== null) {
    if (outcomes.length === TOO_MANY_BATCHES) throw new Error('the walk does not end');
    const limit = limits[outcomes.length % limits.length] ?? 1;
    const outcome: BatchOutcome = await table.deleteBatch({ cutoff: CUTOFF, from, limit });
    outcomes.push(outcome);
    from = outcome.kind === 'deleted' ? outcome.next : null;
  }
  return outcomes;
}

const rowsOf = (outcomes: readonly BatchOutcome[]) =>
  outcomes.reduce((sum, of) => sum + (of.kind === 'deleted' ? of.rows : 0), 0);

const characters = (of: string, length: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom(...of), ...length });

/** As Django draws it, and as other makers of keys may. */
const key = fc.oneof(
  { weight: 4, arbitrary: characters(ALPHABET, { minLength: 32, maxLength: 32 }) },
  characters('01', { minLength: 0, maxLength: 14 }),
  characters('zZ', { minLength: 1, maxLength: 12 }),
  characters('0123456789ABCDEF-_', { minLength: 1, maxLength: 36 }),
  characters(ALPHABET, { minLength: 0, maxLength: 8 }).map((end) => `session:${end}`),
  characters(ALPHABET, { minLength: 1, maxLength: 6 }).map((end) => `kkkkkkkkkkkk${end}`),
);
const sessions: fc.Arbitrary<Keys> = fc
  .uniqueArray(fc.tuple(key, fc.boolean()), { maxLength: 60, selector: ([of]) => of })
  .map((of) => new Map(of));
const limits = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 5 });
/** Statistics may be as wrong as they like. */
const total = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 2_000_000_000 }));

/** The same function, which works a text out once. */
function remembering<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text) ?? work(text);
    known.set(text, found);
    return found;
  };
}

/** The characters in any order, as a collation may have them, with or without a difference between cases. */
const collation: fc.Arbitrary<Order> = fc
  .tuple(
    fc.shuffledSubarray([...ALPHABET, ...'ABCDEFZ-_:'], { minLength: 46, maxLength: 46 }),
    fc.boolean(),
  )
  .map(([ordered, caseless]) => {
    const at = new Map(ordered.map((character, of) => [character, String.fromCharCode(65 + of)]));
    const weights = remembering((text) =>
      [...(caseless ? text.toLowerCase() : text)].map((of) => at.get(of)).join(''),
    );
    return (one, other) => bytewise(weights(one), weights(other));
  });

/** No order that a server would have, but one nevertheless: any text may come before any other. */
const anyOrder: fc.Arbitrary<Order> = fc.integer({ min: 1, max: 1_000_000 }).map((seed) => {
  const rank = remembering((text) =>
    [...text].reduce((all, of) => (all * 31 + of.charCodeAt(0) * seed) % 1_000_003, seed),
  );
  return (one, other) => rank(one) - rank(other) || bytewise(one, other);
});

/** Some keys that share a beginning among others. */
const crowded: fc.Arbitrary<Keys> = fc
  .tuple(
    fc.uniqueArray(key, { maxLength: 20 }),
    fc.uniqueArray(characters(ALPHABET, { minLength: 1, maxLength: 3 }), { maxLength: 10 }),
    characters('kz', { minLength: 8, maxLength: 11 }),
  )
  .map(([others, ends, beginning]) => [...others, ...ends.map((end) => `${beginning}${end}`)])
  .filter((keys) => keys.length > 0)
  .map((keys) => new Map(keys.map((of) => [of, true])));

/** The last place whose prefix does not come after a key, in the order of bytes. */
function placeOf(of: string): number {
  let [from, to] = [0, END];
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (of < (prefixAt(middle) ?? '')) to = middle;
    else from = middle;
  }
  return from;
}

const order = fc.oneof(fc.constant(bytewise), collation, anyOrder);

describe('a walk along ranges of keys', () => {
  it('ends, and has by then deleted all that expired and no other, or says that it cannot', () =>
    fc.assert(
      fc.asyncProperty(sessions, order, limits, total, async (keys, byOrder, sizes, known) => {
        const server = serverOf(keys, byOrder, known);

        const outcomes = await walk(server, sizes);

        const live = [...keys].filter(([, expired]) => !expired).map(([of]) => of);
        expect([...server.keys.keys()]).toEqual(expect.arrayContaining(live));
        expect(rowsOf(outcomes)).toBe(keys.size - server.keys.size);
        const last = outcomes.at(-1);
        if (last?.kind === 'deleted') expect([...server.keys.keys()]).toEqual(live);
        else expect(last).toEqual({ kind: 'unbounded', durationMs: 10 });
      }),
      { numRuns: 200 },
    ));

  it('hands no range to a delete that holds more than a batch may have', () =>
    fc.assert(
      fc.asyncProperty(sessions, order, limits, total, async (keys, byOrder, sizes, known) => {
        const server = serverOf(keys, byOrder, known);

        await walk(server, sizes);

        for (const { rows, limit } of server.ranges) expect(rows).toBeLessThanOrEqual(limit);
        expect(server.ranges.map((of) => of.limit)).toEqual(
          server.ranges.map((_, at) => sizes[at % sizes.length]),
        );
      }),
      { numRuns: 200 },
    ));

  it('cuts the keys into ranges that meet end to end, from before the first to after the last', () =>
    fc.assert(
      fc.asyncProperty(sessions, order, limits, total, async (keys, byOrder, sizes, known) => {
        const server = serverOf(keys, byOrder, known);

        const outcomes = await walk(server, sizes);

        const froms = server.ranges.map(({ from }) => from);
        const tos = server.ranges.map(({ to }) => to);
        expect(froms).toEqual([null, ...tos].slice(0, froms.length));
        for (const to of tos.slice(0, -1)) expect(to).not.toBeNull();
        if (outcomes.at(-1)?.kind === 'deleted') expect(tos.at(-1)).toBeNull();
      }),
      { numRuns: 200 },
    ));

  it('sends at most 60 surveys before a delete', () =>
    fc.assert(
      fc.asyncProperty(sessions, order, limits, total, async (keys, byOrder, sizes, known) => {
        const server = serverOf(keys, byOrder, known);

        await walk(server, sizes);

        expect(Math.max(...server.surveys)).toBeLessThanOrEqual(60);
      }),
      { numRuns: 200 },
    ));

  it('cannot go on only where a batch may not have all keys that no prefix tells apart', () =>
    fc.assert(
      fc.asyncProperty(
        crowded,
        fc.integer({ min: 1, max: 8 }),
        total,
        async (keys, limit, known) => {
          const server = serverOf(keys, bytewise, known);

          const outcomes = await walk(server, [limit]);

          const together = new Map<number, number>();
          for (const of of keys.keys()) {
            together.set(placeOf(of), (together.get(placeOf(of)) ?? 0) + 1);
          }
          const isUnbounded = outcomes.at(-1)?.kind === 'unbounded';
          expect(isUnbounded).toBe(Math.max(...together.values()) > limit);
        },
      ),
      { numRuns: 200 },
    ));
});

/** Keys as Django draws them, the same ones for the same seed. */
function evenKeys(count: number, seed: number): Map<string, boolean> {
  const keys = new Map<string, boolean>();
  let state = seed;
  const digit = () => {
    state = (state * 48_271) % 2_147_483_647;
    return ALPHABET[Math.floor((state / 2_147_483_647) * ALPHABET.length)];
  };
  while (keys.size < count) keys.set(Array.from({ length: 32 }, digit).join(''), true);
  return keys;
}

describe('keys as Django draws them', () => {
  it.each([
    ['known to be as many as they are', 4000],
    ['that the server takes for none', 0],
    ['that the server takes for a thousand times as many', 4_000_000],
  ])('take little more than one delete for each full batch: %s', async (_name, known) => {
    const server = serverOf(evenKeys(4000, 7), bytewise, known);

    const outcomes = await walk(server, [100]);

    const surveys = server.surveys.reduce((sum, of) => sum + of, 0);
    expect(server.keys.size).toBe(0);
    expect(outcomes.length).toBeLessThan(80);
    expect(surveys).toBeLessThan(40);
  });
});

describe('keys with one beginning', () => {
  const shared = (prefix: string) =>
    new Map([...evenKeys(300, 11)].map(([of, expired]) => [`${prefix}${of}`, expired]));

  it('are told to be unbounded where it is as long as any prefix that cuts', async () => {
    const server = serverOf(shared('session.00'), bytewise, 300);
    const longer = serverOf(shared('a'.repeat(PREFIX)), bytewise, 300);

    for (const of of [server, longer]) {
      const outcomes = await walk(of, [100]);

      expect(outcomes.at(-1)).toMatchObject({ kind: 'unbounded' });
      expect(of.keys.size).toBe(300);
    }
  });

  it('are walked in order where it is shorter', async () => {
    const server = serverOf(shared('aaaaaa'), bytewise, 300);

    const outcomes = await walk(server, [100]);

    expect(outcomes.at(-1)).toMatchObject({ kind: 'deleted', next: null });
    expect(server.keys.size).toBe(0);
    expect(outcomes.length).toBeLessThan(60);
  });
});
