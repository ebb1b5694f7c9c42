import * as fc from 'fast-check';
import { DEFAULTS } from '../support/environment';
import { fakeClock } from '../support/fake-clock';
import { inMemorySessions, micros, type Obstruction } from '../support/in-memory-sessions';
import { requestOf, runPurge } from '../support/run-purge';

const NOW = new Date('2026-11-22T03:17:00.000Z');
const CUTOFF = new Date('2026-11-22T02:17:00.000Z');

/** Lines of rows: the place of the first, and how many. */
const lines = fc.array(fc.tuple(fc.nat({ max: 199 }), fc.integer({ min: 1, max: 30 })), {
  maxLength: 3,
});

const given = fc.record({
  rows: fc.integer({ min: 1, max: 200 }),
  kept: lines,
  how: fc.constantFrom<Obstruction[]>('refused', 'kept', 'locked'),
  held: lines,
  waitsForLocks: fc.boolean(),
  maxBatchSize: fc.integer({ min: 1, max: 100 }),
  /** After so many deletes others renew so many of the rows in the way, from one of them on. */
  renewals: fc.array(
    fc.record({
      after: fc.integer({ min: 1, max: 60 }),
      rows: fc.integer({ min: 1, max: 20 }),
      from: fc.nat(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

function tableOf(of: Given) {
  const rows = Array.from({ length: of.rows }, (_, at) => ({
    key: `k${String(at).padStart(3, '0')}`,
    expireDate: micros(new Date(CUTOFF.getTime() - 1000 * (of.rows - at))),
  }));
  const inLines = (given: Given['held']) =>
    given.flatMap(([first, length]) => rows.slice(first, first + length).map(({ key }) => key));
  const inTheWay = new Set([...inLines(of.kept), ...inLines(of.held)]);
  const clock = fakeClock(1e12);
  const { waitsForLocks } = of;
  const database = inMemorySessions({ tables: { one: rows }, now: NOW, clock, waitsForLocks });
  const table = database.table('one');
  for (const key of inLines(of.held)) table.lock(key);
  for (const key of inLines(of.kept)) table.obstruct(key, of.how);
  return { clock, database, table, inTheWay };
}

/** A run in whose first walk others renew rows. Returns its rows that may go and are left, and why it stopped. */
async function run(of: Given) {
  const { clock, database, table, inTheWay } = tableOf(of);
  const { deleteBatch } = table;
  const renewed = new Set<string>();
  table.deleteBatch = async (batch) => {
    const outcome = await deleteBatch(batch);
    const isFirstWalk = database.calls.every(({ kind }) => kind !== 'count');
    for (const { after, rows, from } of of.renewals) {
      const there = table.remaining().filter((key) => inTheWay.has(key) && !renewed.has(key));
      if (!isFirstWalk || after !== database.deletes.length) continue;
      for (const key of there.slice(from % Math.max(1, there.length)).slice(0, rows)) {
        renewed.add(key);
        table.insert([{ key, expireDate: micros(NOW) }]);
        table.obstruct(key, null);
      }
    }
    return outcome;
  };
  const plan = { ...DEFAULTS, graceSeconds: 3600, maxBatchSize: of.maxBatchSize };
  const { report } = await runPurge(requestOf(['one']), plan, { clock, database });
  return {
    wronged: table.remaining().filter((key) => !inTheWay.has(key)),
    calls: database.calls.length,
    told: report.tables[0],
  };
}

it('rows that others take while a batch is parted leave no row behind that may go', () =>
  fc.assert(
    fc.asyncProperty(given, async (of) => {
      const { wronged, told } = await run(of);

      expect(told?.stopReason).toMatch(/^(drained|failed)$/);
      // Where nothing but locks was met, rows between them may be told as not tried.
      if (told?.rowsNotTried === undefined) expect(wronged).toEqual([]);
    }),
    { numRuns: 500 },
  ));
