import * as fc from 'fast-check';
import { BACK_TRIES } from '../../lambda/purge/parting';
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

const obstacles: fc.Arbitrary<Obstacles> = fc.record({
  together: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 200 })),
  referred: places,
  refused: places,
  maxBatchSize: fc.integer({ min: 20, max: 400 }),
});

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

/** What the engines do differently. */
export interface RandomObstacles {
  /** The calls that a part of a batch takes. */
  readonly callsEach: number;
  /** Makes a trigger refuse these rows. */
  readonly refuse: (keys: readonly string[]) => readonly string[];
}

/**
 * The most tries that rows in the way may cost: for each line of them the search for its two ends, and for each row of
 * them one more try and a free one beside it, as long as the allowance lasts.
 */
function mostTries(kept: readonly number[], maxBatchSize: number): number {
  const lines = kept.filter((place, at) => place - 1 !== kept[at - 1]).length;
  const digits = Math.ceil(Math.log2(ROWS + 1));
  const batches = Math.ceil(ROWS / maxBatchSize);
  return 2 * batches + (lines + 1) * (4 * digits + 6) + Math.min(2 * kept.length, BACK_TRIES);
}

/** Rows in the way of a real table, at random: all others go, in a number of calls that is bounded. */
export function describeRandomObstacles(engine: Engine, given: RandomObstacles): void {
  const bed = purgeBed(engine);

  it.each(fc.sample(obstacles, { numRuns: 3, seed: SEED }))(
    'deletes what may go around rows in the way, and tells of these: %j',
    async (sample) => {
      const { referred, refused, maxBatchSize } = sample;
      await prepare(bed, sample, given.refuse);
      const kept = [...new Set([...referred, ...refused])].sort((one, other) => one - other);

      const report = loggedReport(
        await bed.purge({
          SESSION_PURGE_MAX_BATCH_SIZE: String(maxBatchSize),
          SESSION_PURGE_PAUSE_RATIO: '0',
        }),
      );

      const left = (await bed.keysLeft()).filter((of) => of !== 'live');
      expect(left.sort()).toEqual(kept.map(key));
      expect(report).toMatchObject({ rowsDeleted: ROWS - left.length });
      const [told] = report?.tables ?? [];
      expect(told?.stopReason).toBe(left.length > 0 ? 'failed' : 'drained');
      const { rowsSteppedOver = 0, rowsNotTried = 0 } = told ?? {};
      expect(rowsSteppedOver).toBeLessThanOrEqual(kept.length);
      expect(rowsSteppedOver + rowsNotTried).toBe(left.length);
      expect(report?.dataApiCalls).toBeLessThanOrEqual(
        10 + given.callsEach * mostTries(kept, maxBatchSize),
      );
    },
  );
}
