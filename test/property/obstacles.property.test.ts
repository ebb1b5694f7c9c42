import * as fc from 'fast-check';
import type { DatabaseError } from '../../lambda/errors';
import { BACK_TRIES } from '../../lambda/purge/parting';
import { DEFAULTS } from '../support/environment';
import { fakeClock } from '../support/fake-clock';
import {
  DENIED,
  type InMemorySessions,
  inMemorySessions,
  LOCK,
  micros,
  type Obstruction,
  REFUSAL,
  type StoredSession,
  type Turn,
} from '../support/in-memory-sessions';
import { requestOf, runPurge } from '../support/run-purge';

const NOW = new Date('2026-11-22T03:17:00.000Z');
const CUTOFF = new Date('2026-11-22T02:17:00.000Z');

/** What is in the way of one table. */
interface World {
  /** Milliseconds by which rows expired before the cutoff; below 0: they are alive. */
  readonly ages: readonly number[];
  /** Which of the expired rows stay, from the oldest on, and why. */
  readonly kept: { readonly places: readonly number[]; readonly how: Obstruction };
  /** Rows that the application holds locked. */
  readonly held: readonly number[];
  readonly barred: DatabaseError | null;
}

const spread = fc
  .array(fc.nat({ max: 150 }), { maxLength: 120 })
  .map((places) => [...new Set(places)]);

const lump = fc
  .tuple(fc.nat({ max: 100 }), fc.integer({ min: 3, max: 120 }))
  .map(([first, length]) => Array.from({ length }, (_, at) => first + at));

const kept: fc.Arbitrary<World['kept']> = fc.record({
  places: fc.oneof(spread, lump, fc.constant([])),
  how: fc.constantFrom<Obstruction[]>('refused', 'too-large', 'kept', 'locked', DENIED),
});

const world: fc.Arbitrary<World> = fc.record({
  ages: fc.oneof(
    fc.array(fc.integer({ min: -20, max: 60 }), { minLength: 1, maxLength: 150 }),
    fc.array(fc.integer({ min: -20, max: 20_000 }), { minLength: 1, maxLength: 150 }),
  ),
  kept,
  held: fc.oneof(fc.array(fc.nat({ max: 149 }), { maxLength: 4 }), lump),
  barred: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(REFUSAL, LOCK, DENIED) },
  ),
});

/** Faults of the service, seldom five in a row. */
const turns = fc.array(
  fc.constantFrom<Turn['outcome'][]>(
    ...(['deleted', 'deleted', 'deleted', 'unknown-run', 'unknown-not-run'] as const),
  ),
  { maxLength: 12 },
);

const given = fc.record({
  worlds: fc.array(world, { minLength: 1, maxLength: 3 }),
  turns,
  maxBatchSize: fc.integer({ min: 1, max: 60 }),
  waitsForLocks: fc.boolean(),
});

type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

/** A table before the run, and what of it may not go. */
interface Table {
  readonly name: string;
  readonly rows: readonly StoredSession[];
  readonly expired: readonly StoredSession[];
  readonly kept: ReadonlySet<string>;
  readonly held: ReadonlySet<string>;
  readonly world: World;
}

function tableOf(of: World, at: number): Table {
  const rows = of.ages.map((age, place) => ({
    key: `k${String(place).padStart(3, '0')}`,
    expireDate: micros(new Date(CUTOFF.getTime() - age)),
  }));
  const expired = rows
    .filter(({ expireDate }) => expireDate < micros(CUTOFF))
    .sort((one, other) => (one.expireDate + one.key < other.expireDate + other.key ? -1 : 1));
  const keysOf = (places: readonly number[]) =>
    new Set(places.flatMap((place) => expired[place]?.key ?? []));
  const keptKeys = keysOf(of.kept.places);
  const held = new Set([...keysOf(of.held)].filter((key) => !keptKeys.has(key)));
  return { name: `table${at}`, rows, expired, kept: keptKeys, held, world: of };
}

function databaseOf(tables: readonly Table[], { turns: outcomes, waitsForLocks }: Given) {
  const clock = fakeClock(1e12);
  const database = inMemorySessions({
    tables: Object.fromEntries(tables.map(({ name, rows }) => [name, rows])),
    turns: outcomes.map((outcome) => ({ ...(outcome !== undefined && { outcome }) })),
    now: NOW,
    clock,
    waitsForLocks,
  });
  for (const { name, kept: keys, held, world: of } of tables) {
    const table = database.table(name);
    for (const key of keys) table.obstruct(key, of.kept.how);
    for (const key of held) table.lock(key);
    table.bar(of.barred);
  }
  return { clock, database };
}

async function run(of: Given) {
  const tables = of.worlds.map(tableOf);
  const { clock, database } = databaseOf(tables, of);
  const plan = { ...DEFAULTS, graceSeconds: 3600, maxBatchSize: of.maxBatchSize };
  const request = requestOf(tables.map(({ name }) => name));
  const { report, failure } = await runPurge(request, plan, { clock, database });
  return { tables, database, report, failure };
}

interface Left {
  readonly database: InMemorySessions;
  /** Its deletes wait for locked rows, and so take none behind one of the same instant. */
  readonly waits: boolean;
}

/**
 * Keys of rows that are left, which of them may have gone, and which stay for no lock: a delete that waits cannot tell them
 * from held ones behind one of the same instant that is held.
 */
function leftIn({ name, expired, kept: keys, held }: Table, { database, waits }: Left) {
  const left = new Set(database.table(name).remaining());
  const stays = expired.filter(({ key }) => left.has(key));
  const isHeld = (row: StoredSession) =>
    stays.some(({ key, expireDate }) => {
      const isBefore = waits && expireDate === row.expireDate && key < row.key;
      return held.has(key) && (isBefore || key === row.key);
    });
  const free = stays.filter((row) => !isHeld(row));
  return {
    left,
    stays,
    wronged: free.filter(({ key }) => !keys.has(key)),
    inTheWay: free.filter(({ key }) => keys.has(key)),
  };
}

/** How many lines of rows in the way there are, in the order of the index. */
const linesOf = ({ expired, kept: keys, held }: Table) => {
  const stays = (row?: StoredSession) =>
    row !== undefined && (keys.has(row.key) || held.has(row.key));
  return expired.filter((row, at) => stays(row) && !stays(expired[at - 1])).length;
};

/**
 * The most calls on a table: two for each batch; for each line of rows in the way, and the end of each batch that may be
 * one, the search for its two ends; for each row in the way one try more and that of a free one beside it, as long as
 * the allowance lasts.
 */
function mostCalls(table: Table, { turns: outcomes, maxBatchSize }: Given): number {
  const rows = table.expired.length;
  const digits = Math.ceil(Math.log2(rows + 2));
  const inTheWay = table.kept.size + table.held.size;
  const search = (linesOf(table) + 1) * (4 * digits + 8);
  const passes = 1 + Number(outcomes.length + inTheWay > 0);
  const back = Math.min(2 * inTheWay, BACK_TRIES);
  return 10 + outcomes.length + passes * (2 * Math.ceil(rows / maxBatchSize) + search) + back;
}

const always = (promise: (of: Given) => Promise<void>) =>
  fc.assert(fc.asyncProperty(given, promise), { numRuns: 400 });

/** Whether the run ended before its tables did. */
const wasCut = (failure: unknown) => String(failure).includes('no answer to');

describe('whatever is in the way, a purge', () => {
  it('deletes every row that may go, and none that lives', () =>
    always(async (of) => {
      const { tables, database, failure } = await run(of);

      for (const table of tables) {
        const { left, wronged } = leftIn(table, { database, waits: of.waitsForLocks });
        const alive = table.rows.filter(({ expireDate }) => expireDate >= micros(CUTOFF));
        expect(alive.every(({ key }) => left.has(key))).toBe(true);
        if (wasCut(failure) || table.world.barred !== null) continue;
        expect(wronged).toEqual([]);
      }
    }));

  it('says how many rows stay, and calls no table drained in which some do', () =>
    always(async (of) => {
      const { tables, database, report, failure } = await run(of);
      if (wasCut(failure)) return;

      for (const [at, table] of tables.entries()) {
        const told = report.tables[at];
        const { stays, wronged, inTheWay } = leftIn(table, { database, waits: of.waitsForLocks });
        const isObstacle = table.world.kept.how !== 'locked';
        const keptHere = stays.filter(({ key }) => table.kept.has(key));
        const { rowsSteppedOver = 0, rowsNotTried = 0 } = told ?? {};
        if (told?.stopReason === 'drained')
          expect([...wronged, ...(isObstacle ? inTheWay : [])]).toEqual([]);
        else expect(told).toMatchObject({ stopReason: 'failed', problem: expect.any(String) });
        if (table.world.barred !== null) continue;
        expect(rowsSteppedOver).toBeLessThanOrEqual(isObstacle ? keptHere.length : 0);
        if (isObstacle)
          expect(rowsSteppedOver + rowsNotTried).toBeGreaterThanOrEqual(inTheWay.length);
        expect(rowsSteppedOver + rowsNotTried).toBeLessThanOrEqual(stays.length);
      }
      expect(failure === null).toBe(report.tables.every(({ problem }) => problem === undefined));
    }));

  it('makes no more calls than its rows, its tables and the lines of rows in the way need', () =>
    always(async (of) => {
      const { tables, database } = await run(of);

      for (const table of tables) {
        const calls = database.calls.filter((call) => 'table' in call && call.table === table.name);
        expect(calls.length).toBeLessThanOrEqual(mostCalls(table, of));
        if (table.world.barred !== null)
          expect(calls.length).toBeLessThanOrEqual(of.turns.length + 5);
      }
    }));
});
