import * as fc from 'fast-check';
import type { PurgePlan } from '../../lambda/purge/run';
import { DEFAULTS } from '../support/environment';
import { fakeClock } from '../support/fake-clock';
import {
  type InMemorySessions,
  inMemorySessions,
  micros,
  type StoredSession,
  type Turn,
} from '../support/in-memory-sessions';
import { requestOf, runPurge } from '../support/run-purge';

const NOW = new Date('2026-11-22T03:17:00.000Z');
const GRACE_SECONDS = 3600;
const CUTOFF = new Date('2026-11-22T02:17:00.000Z');

/** Instants to the microsecond within some milliseconds of the cutoff: many at one instant, many near it. */
const expireDate = fc
  .tuple(fc.integer({ min: -20, max: 5 }), fc.constantFrom('000', '001', '999'))
  .map(([ms, fraction]) => {
    const instant = new Date(CUTOFF.getTime() + ms).toISOString();
    return instant.replace('Z', `${fraction}Z`);
  });

const sessions = (name: string): fc.Arbitrary<StoredSession[]> =>
  fc
    .array(expireDate, { maxLength: 40 })
    .map((dates) => dates.map((date, at) => ({ key: `${name}-${at}`, expireDate: date })));

const turn: fc.Arbitrary<Turn> = fc.record(
  {
    outcome: fc.constantFrom(
      ...([
        'deleted',
        'deleted',
        'deleted',
        'too-large',
        'unknown-not-run',
        'unknown-run',
      ] as const),
      new Error('broken'),
    ),
    durationMs: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 50_000 })),
  },
  { requiredKeys: [] },
);

/** A backlog that is large enough for a choice between the walks. */
const bulk = (name: string): fc.Arbitrary<StoredSession[]> =>
  fc.integer({ min: 1100, max: 1600 }).map((count) =>
    Array.from({ length: count }, (_, at) => ({
      key: `${name}-bulk${at}`,
      expireDate: micros(new Date(CUTOFF.getTime() - 1 - (at % 1000))),
    })),
  );

const plan = (maxBatchSize: fc.Arbitrary<number>): fc.Arbitrary<PurgePlan> =>
  fc
    .record({
      targetBatchMs: fc.integer({ min: 10, max: 20_000 }),
      pauseRatio: fc.double({ min: 0, max: 100, noNaN: true }),
      maxBatchSize,
    })
    .map((given) => ({ ...DEFAULTS, graceSeconds: GRACE_SECONDS, ...given }));

const small = fc.record({
  one: sessions('one'),
  two: sessions('two'),
  locked: fc.array(fc.nat({ max: 39 }), { maxLength: 5 }),
  turns: fc.array(turn, { maxLength: 30 }),
  plan: plan(fc.integer({ min: 1, max: 12 })),
  maxRows: fc.option(fc.integer({ min: 1, max: 60 })),
  timeLeftMs: fc.oneof(fc.constant(900_000), fc.integer({ min: 0, max: 120_000 })),
});

type World = typeof small extends fc.Arbitrary<infer T> ? T : never;

const large: fc.Arbitrary<World> = fc
  .tuple(small, bulk('one'), plan(fc.integer({ min: 300, max: 2000 })), fc.option(fc.nat(2000)))
  .map(([given, rows, pace, maxRows]) => ({
    ...given,
    one: [...given.one, ...rows],
    plan: pace,
    maxRows: maxRows === null ? null : maxRows + 1,
  }));

const world = fc.oneof({ weight: 4, arbitrary: small }, { weight: 1, arbitrary: large });

const stored = (database: InMemorySessions) =>
  ['one', 'two'].flatMap((name) => database.table(name).remaining());

async function run(given: World, dryRun = false) {
  const clock = fakeClock(given.timeLeftMs);
  const { one, two, turns } = given;
  const database = inMemorySessions({ tables: { one, two }, turns, now: NOW, clock });
  for (const at of given.locked) database.table('one').lock(`one-${at}`);
  const request = requestOf(['one', 'two'], { dryRun, maxRows: given.maxRows });
  const { report, failure } = await runPurge(request, given.plan, { database, clock });
  return { report, failure, database, clock };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** When a run fails, fast-check prints it with the seed that repeats it. */
const always = (promise: (given: World) => Promise<void>) =>
  fc.assert(fc.asyncProperty(world, promise), { numRuns: 300 });

describe('whatever happens to its deletes, a purge', () => {
  it('ends, and says of each table why it stopped', () =>
    always(async (given) => {
      const { report, failure } = await run(given);

      const reasons = report.tables.map(({ stopReason }) => stopReason);
      const failed = reasons.filter((reason) => reason === 'failed').length;
      if (failed > 0) expect(failure).not.toBeNull();
      // A row that was stepped over does not keep the next table from its turn; any other failure ends the run.
      if (reasons.length < 2) expect(reasons.at(-1)).toBe('failed');
      if (failure === null) expect(reasons).toHaveLength(2);
    }));

  it('claims the rows of the answers, and never more than were deleted', () =>
    always(async (given) => {
      const { report, database } = await run(given);

      const told = database.deletes.map(({ outcome }) =>
        outcome?.kind === 'deleted' ? outcome.rows : 0,
      );
      const gone = given.one.length + given.two.length - stored(database).length;
      expect(report.rowsDeleted).toBe(sum(told));
      expect(report.rowsDeleted).toBe(sum(report.tables.map((table) => table.rowsDeleted)));
      expect(report.rowsDeleted).toBeLessThanOrEqual(gone);
    }));

  it('counts each delete whose outcome is unknown', () =>
    always(async (given) => {
      const { report, database } = await run(given);

      const unknown = database.deletes.filter(({ outcome }) => outcome?.kind === 'unknown');
      expect(report.unknownOutcomes).toBe(unknown.length);
    }));

  it('leaves every session that expires at or after the cutoff', () =>
    always(async (given) => {
      const { database } = await run(given);

      const live = [...given.one, ...given.two].filter((row) => row.expireDate >= micros(CUTOFF));
      expect(stored(database)).toEqual(expect.arrayContaining(live.map(({ key }) => key)));
    }));

  it('leaves no expired row in a drained table that was not locked', () =>
    always(async (given) => {
      const { report, database } = await run(given);

      const locked = given.locked.map((at) => `one-${at}`);
      const drained = report.tables.filter(({ stopReason }) => stopReason === 'drained');
      for (const { table } of drained) {
        const rows = table === 'one' ? given.one : given.two;
        const expired = rows.filter((row) => row.expireDate < micros(CUTOFF)).map(({ key }) => key);
        const left = expired.filter((key) => database.table(table).remaining().includes(key));
        expect(locked).toEqual(expect.arrayContaining(left));
      }
    }));

  it('never asks for more rows than are allowed, nor for none', () =>
    always(async (given) => {
      const { report, database } = await run(given);

      const allowed = given.maxRows ?? Number.POSITIVE_INFINITY;
      let told = 0;
      for (const { batch, outcome } of database.deletes) {
        expect(batch.limit).toBeGreaterThanOrEqual(1);
        expect(batch.limit).toBeLessThanOrEqual(Math.min(given.plan.maxBatchSize, allowed - told));
        if (outcome?.kind === 'deleted') told += outcome.rows;
      }
      expect(report.rowsDeleted).toBeLessThanOrEqual(allowed);
    }));

  it('neither sleeps nor starts a delete in the time that the report needs', () =>
    always(async (given) => {
      const { database, clock } = await run(given);

      for (const { durationMs, timeLeftMs } of clock.sleeps) {
        expect(timeLeftMs - durationMs).toBeGreaterThan(3000);
      }
      for (const { atMs } of database.deletes) {
        expect(given.timeLeftMs - atMs).toBeGreaterThan(3000);
      }
    }));

  it('walks along the index from the oldest row on, and goes back only from the end: once, or after a delete that took rows or was not answered, three times at most', () =>
    always(async (given) => {
      const { database } = await run(given);

      for (const name of ['one', 'two']) {
        const deletes = database.deletes.filter(({ table }) => table === name);
        const turn = deletes.findIndex(({ batch }) => batch.from.walk === 'storage');
        let latest: (typeof deletes)[number] | undefined;
        let mayGoBack = true;
        let back = 0;
        for (const each of deletes.slice(0, turn === -1 ? undefined : turn)) {
          if (latest !== undefined && String(each.batch.from.at) < String(latest.batch.from.at)) {
            // One row that did not go may be the last there was, which the look behind it tells.
            const { outcome, batch } = latest;
            const isEnd = outcome?.kind === 'deleted' ? outcome.next === null : batch.limit === 1;
            expect({ mayGoBack, outcome, isEnd }).toMatchObject({ mayGoBack: true, isEnd: true });
            mayGoBack = false;
            back += 1;
          }
          mayGoBack ||= each.outcome?.kind !== 'deleted' || each.outcome.rows > 0;
          latest = each;
        }
        expect(back).toBeLessThanOrEqual(3);
      }
    }));
});

describe('whatever there is, a dry run', () => {
  it('changes nothing and counts what expired', () =>
    always(async (given) => {
      const { report, database } = await run({ ...given, timeLeftMs: 900_000 }, true);

      const expired = [given.one, given.two].map(
        (rows) => rows.filter((row) => row.expireDate < micros(CUTOFF)).length,
      );
      expect(database.deletes).toEqual([]);
      expect(stored(database)).toHaveLength(given.one.length + given.two.length);
      expect(report.tables.map(({ rowsExpired }) => rowsExpired)).toEqual(expired);
      expect(report.rowsDeleted).toBe(0);
    }));
});
