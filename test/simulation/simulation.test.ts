import * as fc from 'fast-check';
import type { PurgeReport } from '../../contract/report';
import { dataApi } from '../../lambda/data-api/data-api';
import { dialectsFor } from '../../lambda/database/dialects';
import { sessionDatabase } from '../../lambda/database/session-database';
import { SessionPurgeError } from '../../lambda/errors';
import { readSettings } from '../../lambda/input/settings';
import { environment } from '../support/environment';
import { type FakeClock, fakeClock } from '../support/fake-clock';
import { type Ran, requestOf, runPurge } from '../support/run-purge';
import { type Engine, type Store, simulatedDatabase } from '../support/simulated-database';
import { FINAL, MAY_HAVE_RUN, NOT_RUN, simulatedService, type Turn } from './simulated-service';

const NOW = new Date('2026-11-22T03:17:00.000Z');
const CUTOFF = new Date('2026-11-22T02:17:00.000Z');

/** Mutation testing uses fewer. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 400);

interface World {
  readonly rows: ReadonlyMap<string, string>;
  readonly kept: ReadonlySet<string>;
  readonly engine: Engine;
  readonly hasStorageOrder: boolean;
  readonly maxBatchSize: number;
  readonly random: number;
}

/** Rows round the cutoff, many of one instant; few as a rule, enough for the storage walk now and then. */
const world: fc.Arbitrary<World> = fc
  .record({
    count: fc.oneof(
      { weight: 40, arbitrary: fc.nat({ max: 60 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1100, max: 1500 }) },
    ),
    spreadMs: fc.integer({ min: 1, max: 5000 }),
    liveEvery: fc.integer({ min: 2, max: 9 }),
    kept: fc.array(fc.nat({ max: 1500 }), { maxLength: 3 }),
    engine: fc.constantFrom('postgresql' as const, 'mysql' as const),
    hasStorageOrder: fc.boolean(),
    maxBatchSize: fc.integer({ min: 1, max: 12 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  .map(({ count, spreadMs, liveEvery, kept, maxBatchSize, ...others }) => ({
    ...others,
    // A large backlog in small batches would take long to simulate.
    maxBatchSize: count > 60 ? 20 * maxBatchSize + 100 : maxBatchSize,
    kept: new Set(kept.map((at) => `row ${String(at).padStart(4, '0')}`)),
    rows: new Map(
      Array.from({ length: count }, (_, at) => {
        const ms = (at * 7919) % spreadMs;
        const isLive = at % liveEvery === 0;
        const instant = new Date(CUTOFF.getTime() + (isLive ? ms : -1 - ms)).toISOString();
        return [`row ${String(at).padStart(4, '0')}`, instant];
      }),
    ),
  }));

const errors = fc.constantFrom(
  ...Object.keys(NOT_RUN),
  ...Object.keys(MAY_HAVE_RUN),
  ...Object.keys(MAY_HAVE_RUN),
  ...Object.keys(FINAL),
);

const turn: fc.Arbitrary<Turn> = fc.record(
  {
    error: errors,
    runs: fc.boolean(),
    durationMs: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 500 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 120_000 }) },
    ),
    yields: fc.nat({ max: 8 }),
  },
  { requiredKeys: ['durationMs'] },
);

const turns = fc.array(turn, { maxLength: 40 });

const timeLeftMs = fc.oneof(fc.constant(900_000), fc.integer({ min: 3000, max: 120_000 }));

const settings = (maxBatchSize: number) => {
  const given = { SESSION_PURGE_MAX_BATCH_SIZE: String(maxBatchSize) };
  return readSettings(environment(given));
};

/** The purge over the simulated service. */
async function run(
  given: World,
  store: Store,
  clock: FakeClock,
  faults: readonly Turn[],
): Promise<Ran & { readonly calls: number }> {
  const plan = settings(given.maxBatchSize);
  const { engine, hasStorageOrder } = given;
  const database = simulatedDatabase(store, engine, { now: NOW, hasStorageOrder });
  const api = dataApi(plan, {
    client: simulatedService(database, clock, faults),
    clock,
    random: () => given.random,
  });
  const dialects = dialectsFor('UTC').filter((dialect) => dialect.engine === engine);
  const ran = await runPurge(requestOf([], { tables: plan.tables }), plan, {
    database: sessionDatabase(api, dialects),
    clock,
  });
  return { ...ran, calls: api.usage().dataApiCalls };
}

const storeOf = ({ rows, kept }: World): Store => ({ rows: new Map(rows), kept });

const sum = (reports: readonly PurgeReport[], of: 'rowsDeleted' | 'unknownOutcomes') =>
  reports.reduce((all, report) => all + report[of], 0);

const always = (
  of: fc.Arbitrary<readonly Turn[]>[],
  check: (given: World, faults: (readonly Turn[])[], leftMs: number) => Promise<void>,
) => fc.assert(fc.asyncProperty(world, fc.tuple(...of), timeLeftMs, check), { numRuns: SEEDS });

describe('however the calls fail', () => {
  it('the run ends with at least two seconds of its time left, and fails with a typed error', () =>
    always([turns], async (given, [faults = []], leftMs) => {
      const clock = fakeClock(leftMs);

      const { failure } = await run(given, storeOf(given), clock, faults);

      expect(clock.timeLeft()).toBeGreaterThanOrEqual(2000);
      if (failure !== null) expect(failure).toBeInstanceOf(SessionPurgeError);
    }));

  it('a run whose calls are only slow does not fail: it stops when its time is up', () =>
    always([turns], async (given, [faults = []], leftMs) => {
      const clock = fakeClock(leftMs + 5000);
      const opened: Turn = { durationMs: 5 };
      const slow = faults.map(({ durationMs }) => ({ durationMs: Math.min(durationMs, 45_000) }));

      const { report, failure } = await run(
        given,
        { rows: new Map(given.rows), kept: new Set() },
        clock,
        [opened, ...slow],
      );

      expect(failure).toBeNull();
      expect(['drained', 'time-budget']).toContain(report.stopReason);
    }));

  it('the run ends in time even when every call hangs', () =>
    always([], async (given, _none, leftMs) => {
      const clock = fakeClock(leftMs);
      const hanging = Array<Turn>(2000).fill({ durationMs: 1_000_000, runs: given.random < 0.5 });

      await run(given, storeOf(given), clock, hanging);

      expect(clock.timeLeft()).toBeGreaterThanOrEqual(2000);
    }));
});

describe('whatever happens to the calls of two runs in turn and two at once', () => {
  const disturbed = async (given: World, faults: (readonly Turn[])[], leftMs: number) => {
    const store = storeOf(given);
    const [one = [], two = [], three = [], four = []] = faults;
    const first = await run(given, store, fakeClock(leftMs), one);
    const second = await run(given, store, fakeClock(leftMs), two);
    const both = await Promise.all([
      run(given, store, fakeClock(leftMs), three),
      run(given, store, fakeClock(leftMs), four),
    ]);
    const reports = [first, second, ...both].map(({ report }) => report);
    return { store, reports, gone: given.rows.size - store.rows.size };
  };

  it('the reports claim no more than was deleted, no live row is deleted, and the next run leaves what an undisturbed one would', () =>
    always([turns, turns, turns, turns], async (given, faults, leftMs) => {
      const { store, reports, gone } = await disturbed(given, faults, leftMs);

      const live = [...given.rows].filter(([, at]) => at >= CUTOFF.toISOString());
      const rowsDeleted = sum(reports, 'rowsDeleted');
      expect(rowsDeleted).toBeLessThanOrEqual(gone);
      if (sum(reports, 'unknownOutcomes') === 0) expect(rowsDeleted).toBe(gone);
      expect(live.filter(([key]) => !store.rows.has(key))).toEqual([]);

      const undisturbed = storeOf(given);
      await run(given, undisturbed, fakeClock(), []);
      await run(given, store, fakeClock(), []);
      expect([...store.rows.keys()].join()).toBe([...undisturbed.rows.keys()].join());
    }));
});

describe.each(['postgresql', 'mysql'] as const)('a batch on %s of a read for many', (engine) => {
  const keyOf = (at: number) => `row ${String(at).padStart(4, '0')}`;
  const backlog: World = {
    rows: new Map(
      Array.from({ length: 3000 }, (_, at) => [
        keyOf(at),
        new Date(CUTOFF.getTime() - 3000 + at).toISOString(),
      ]),
    ),
    kept: new Set(),
    engine,
    hasStorageOrder: false,
    maxBatchSize: 100,
    random: 0,
  };
  const answered: Turn = { durationMs: 1 };

  it.each<[string, (store: Store) => Turn, number]>([
    ['whose answer is lost', () => ({ error: 'reset', runs: true, durationMs: 1 }), 2900],
    ['that did not arrive', () => ({ error: 'reset', durationMs: 1 }), 3000],
    ['that was stopped', () => ({ error: 'timed out', durationMs: 1 }), 3000],
    [
      'of which others delete a row before',
      ({ rows }) => ({ durationMs: 1, others: () => rows.delete(keyOf(250)) }),
      2999,
    ],
  ])('%s costs a few calls, and not those behind it more', async (_what, turnOf, rowsDeleted) => {
    const undisturbed = await run(backlog, storeOf(backlog), fakeClock(), []);
    const store = storeOf(backlog);

    const turns = [answered, answered, answered, answered, turnOf(store)];
    const { calls, report } = await run(backlog, store, fakeClock(), turns);

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted });
    expect(calls).toBeLessThanOrEqual(undisturbed.calls + 6);
  });
});

describe('the simulated service', () => {
  it('runs a statement whose answer is lost', async () => {
    const given: World = {
      rows: new Map([['row 0000', '2026-11-22T02:16:59.999Z']]),
      kept: new Set(),
      engine: 'postgresql',
      hasStorageOrder: true,
      maxBatchSize: 5,
      random: 0,
    };
    const store = storeOf(given);
    const answered: Turn = { durationMs: 1 };
    const lostAfter: Turn[] = [answered, answered, { error: 'reset', runs: true, durationMs: 1 }];

    const { report } = await run(given, store, fakeClock(), lostAfter);

    expect(report).toMatchObject({ rowsDeleted: 0, unknownOutcomes: 1, stopReason: 'drained' });
    expect(store.rows.size).toBe(0);
  });
});
