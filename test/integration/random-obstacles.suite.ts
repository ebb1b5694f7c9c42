import * as fc from 'fast-check';
import type { Engine } from '../support/engines';
import { type PurgeBed, purgeBed } from '../support/purge-bed';
import { loggedReport } from './walks.suite';

const SEED = 20_261_126;

const ROWS = 600;

/** What is in the way of a table of `ROWS` expired rows, by their places from the oldest on. */
interface Obstacles {
  /** How many rows share an instant. */
  readonly together: number;
  /** Rows to which another table refers. */
  readonly referred: readonly number[];
  /** Rows that a trigger refuses. */
  readonly refused: readonly number[];
  readonly maxBatchSize: number;
}

const places = fc.oneof(
  fc.constant([]),
  fc
    .array(fc.nat({ max: ROWS - 1 }), { minLength: 1, maxLength: 25 })
    .map((given) => [...new Set(given)]),
  fc
    .tuple(fc.nat({ max: ROWS / 2 }), fc.integer({ min: 20, max: ROWS / 2 }))
    .map(([first, length]) => Array.from({ length }, (_, at) => first + at)),
);

const obstacles: fc.Arbitrary<Obstacles> = fc.oneof(
  // A trigger's refusal of one row may keep others of its instant on MySQL, so those have an instant each.
  fc.record({
    together: fc.constant(1),
    referred: places,
    refused: places,
    maxBatchSize: fc.integer({ min: 20, max: 400 }),
  }),
  fc.record({
    together: fc.integer({ min: 2, max: 200 }),
    referred: places,
    refused: fc.constant([]),
    maxBatchSize: fc.integer({ min: 20, max: 400 }),
  }),
);

const key = (place: number) => `k${String(place).padStart(4, '0')}`;

async function prepare(
  bed: PurgeBed,
  { together, referred, refused }: Obstacles,
  refuse: (keys: readonly string[]) => readonly string[],
): Promise<void> {
  const start = Date.parse('2020-01-01T00:00:00Z');
  await bed.insert([
    ...Array.from({ length: ROWS }, (_, at) => ({
      sessionKey: key(at),
      expireDate: new Date(start + 1000 * Math.floor(at / together)).toISOString(),
    })),
    { sessionKey: 'live', expireDate: new Date(Date.now() + 86_400_000).toISOString() },
  ]);
  await bed.query(
    'CREATE TABLE visit (session_key varchar(40), CONSTRAINT visit_session FOREIGN KEY (session_key) REFERENCES django_session (session_key))',
  );
  if (referred.length > 0)
    await bed.query(`INSERT INTO visit VALUES ${referred.map((at) => `('${key(at)}')`).join()}`);
  if (refused.length > 0) for (const sql of refuse(refused.map(key))) await bed.query(sql);
}

/** Rows in the way of a real table, at random: all others go, in a number of calls that is bounded. */
export function describeRandomObstacles(
  engine: Engine,
  refuse: (keys: readonly string[]) => readonly string[],
): void {
  const bed = purgeBed(engine);

  it.each(fc.sample(obstacles, { numRuns: 6, seed: SEED }))(
    'deletes what may go around rows in the way, and tells of these: %j',
    async (given) => {
      await prepare(bed, given, refuse);
      const kept = [...new Set([...given.referred, ...given.refused])].map(key).sort();

      const invoked = await bed.purge({
        SESSION_PURGE_MAX_BATCH_SIZE: String(given.maxBatchSize),
        SESSION_PURGE_PAUSE_RATIO: '0',
      });

      expect(await bed.keysLeft()).toEqual([...kept, 'live']);
      const report = loggedReport(invoked);
      expect(report).toMatchObject({ rowsDeleted: ROWS - kept.length });
      if (kept.length > 0)
        expect(report?.tables).toMatchObject([
          { stopReason: 'failed', rowsSteppedOver: kept.length },
        ]);
      const lines = kept.filter((of, at) => key(Number(of.slice(1)) - 1) !== kept[at - 1]).length;
      const digits = Math.ceil(Math.log2(given.maxBatchSize + 1));
      const batches = Math.ceil(ROWS / given.maxBatchSize) + lines + 2;
      expect(report?.dataApiCalls).toBeLessThan(20 + 2 * batches * (6 * digits + 13));
    },
  );
}
