import * as fc from 'fast-check';
import { DatabaseError } from '../../lambda/errors';
import { isOver, rowsBehind, rowsThat } from '../../lambda/purge/parted';
import {
  afterPart,
  BACK_TRIES,
  EARNED_TRIES,
  firstParting,
  nextPart,
} from '../../lambda/purge/parting';
import { PATIENCE } from '../../lambda/purge/patience';
import type { DeletedBatch } from '../../lambda/purge/port';

const failed = (kind: 'refused' | 'locked', durationMs = 9) =>
  ({ kind, durationMs, error: new DatabaseError('no') }) as const;

const deleted = (given: Partial<DeletedBatch>): DeletedBatch => ({
  kind: 'deleted',
  rows: 0,
  next: null,
  reached: null,
  kept: 0,
  held: 0,
  shareLeft: 0,
  durationMs: 9,
  ...given,
});

/** A batch: which of its rows stay. */
type Batch = readonly boolean[];

interface Parted {
  /** Rows that went, by their places in the batch. */
  readonly gone: ReadonlySet<number>;
  /** How many rows are left behind. */
  readonly behind: number;
  /** How many of them were tried and stay, and how many were not tried. */
  readonly stay: number;
  readonly untried: number;
  readonly tries: number;
  /** Tries after which rows went. */
  readonly hits: number;
}

interface Given {
  /** The most rows of a part. */
  readonly most?: number;
  readonly allowance?: number;
  readonly seed?: number;
  readonly kind?: 'refused' | 'locked';
  /** How long a try takes in vain. */
  readonly durationMs?: number;
  readonly patience?: number;
}

/** Parts a batch until the search is over. */
function part(batch: Batch, given: Given = {}): Parted {
  const { most = Number.POSITIVE_INFINITY, allowance = BACK_TRIES, seed = 0 } = given;
  const { kind = 'refused', durationMs, patience = PATIENCE } = given;
  const left = batch.map((stays, place) => ({ stays, place }));
  const gone = new Set<number>();
  let parting = firstParting(batch.length, batch.length, failed(kind, durationMs), {
    backTries: allowance,
    patience,
    seed,
  });
  let [tries, hits] = [0, 0];
  while (!isOver(parting)) {
    const next = nextPart(parting, most);
    const { skip, limit } = next;
    tries += 1;
    if (limit < 1 || tries > 100_000) throw new Error('the parting does not end');
    const rows = left.slice(skip, skip + limit);
    if (rows.some(({ stays }) => stays)) {
      parting = afterPart(parting, next, failed(kind, durationMs));
      continue;
    }
    left.splice(skip, limit);
    hits += rows.length > 0 ? 1 : 0;
    for (const { place } of rows) gone.add(place);
    const isLast = rows.length < limit;
    const more = isLast ? null : ({ walk: 'index', at: '' } as const);
    parting = afterPart(parting, next, deleted({ rows: rows.length, next: more }));
  }
  return {
    gone,
    behind: rowsBehind(parting),
    tries,
    hits,
    stay: rowsThat(parting, 'stays', 'held'),
    untried: rowsThat(parting, 'untried'),
  };
}

const countOf = (batch: Batch) => batch.filter((stays) => stays).length;

/** How many lines of rows that stay there are. */
const linesOf = (batch: Batch) => batch.filter((stays, at) => stays && !batch[at - 1]).length;

/** Lines of rows that stay and of rows that go, in turns. */
const batches: fc.Arbitrary<Batch> = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 400 })),
      fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 400 })),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .chain((lines) => {
    const rows = lines.flatMap(([stay, go]) => [
      ...Array<boolean>(stay).fill(true),
      ...Array<boolean>(go).fill(false),
    ]);
    return fc.constantFrom(rows, rows.toReversed());
  });

const most = fc.oneof(fc.constant(5000), fc.integer({ min: 1, max: 5000 }));

const digitsOf = (batch: Batch) => Math.ceil(Math.log2(batch.length + 1));

describe('the parting of a batch that failed', () => {
  it('takes no row that stays, and leaves exactly the others behind', () =>
    fc.assert(
      fc.property(batches, most, fc.nat(), (batch, limit, seed) => {
        const { gone, behind, stay, untried } = part(batch, { most: limit, seed });

        expect([...gone].some((place) => batch[place])).toBe(false);
        expect(behind).toBe(batch.length - gone.size);
        expect(stay + untried).toBe(behind);
      }),
    ));

  it('calls no row one that stays that was not tried', () =>
    fc.assert(
      fc.property(batches, fc.nat(), (batch, seed) => {
        const { gone, stay, untried } = part(batch, { seed });
        const free = batch.length - countOf(batch) - gone.size;

        expect(stay).toBeLessThanOrEqual(countOf(batch));
        expect(untried).toBeGreaterThanOrEqual(free);
      }),
    ));

  it('takes every row that may go, while its allowance lasts', () =>
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 600 }).filter((of) => of.includes(true)),
        (batch) => {
          expect(part(batch)).toMatchObject({ stay: countOf(batch), untried: 0 });
        },
      ),
    ));

  it('takes every row that may go where nine of ten stay at random', () => {
    const batch = Array.from({ length: 3000 }, (_, at) => (at * 7919) % 1000 < 910);
    const { stay, untried } = part(batch);

    expect({ stay, untried }).toEqual({ stay: countOf(batch), untried: 0 });
  });

  it.each<[string, (at: number) => boolean]>([
    ['at its start', (at) => at < 617],
    ['at its end', (at) => at >= 617],
    ['in its middle', (at) => at > 300 && at < 777],
    ['at both ends', (at) => at < 200 || at >= 1100],
  ])('takes every row that may go around a lump %s', (_where, isKept) => {
    const batch = Array.from({ length: 1500 }, (_, at) => isKept(at));

    expect(part(batch)).toMatchObject({ behind: countOf(batch) });
    expect(part(batch, { allowance: 0 })).toMatchObject({ behind: countOf(batch) });
    expect(part(batch, { allowance: 0 }).tries).toBeLessThan(70);
  });

  it('finds rows that go within a lump, in the end', () => {
    const batch = Array.from({ length: 4000 }, (_, at) => at < 3900 && !(at > 2000 && at < 2100));
    const free = Array.from({ length: 20 }, (_, run) => part(batch, { seed: 977 * run }).gone.size);

    expect(Math.max(...free)).toBe(4000 - countOf(batch));
    expect(Math.min(...free)).toBeGreaterThanOrEqual(100);
  });

  it('makes no more tries than the lines of rows that stay and the parts that went need, beside its allowance', () =>
    fc.assert(
      fc.property(batches, (batch) => {
        const digits = digitsOf(batch);
        const lines = linesOf(batch) + 1;

        expect(part(batch, { allowance: 0 }).tries).toBeLessThanOrEqual(lines * (4 * digits + 6));
        const { tries, hits } = part(batch);
        expect(tries).toBeLessThanOrEqual(
          lines * (4 * digits + 6) + BACK_TRIES + (EARNED_TRIES + 2) * hits,
        );
      }),
      { numRuns: 100 },
    ));

  it('makes few tries where each takes long in vain, and leaves what follows to batches', () => {
    const batch = Array.from({ length: 5000 }, (_, at) => at % 500 === 400);
    const slow = { kind: 'locked', durationMs: 45_000 } as const;
    const { tries, gone, stay, untried, hits } = part(batch, slow);

    expect([...gone].some((place) => batch[place])).toBe(false);
    expect(tries - hits).toBe(PATIENCE);
    expect(stay).toBeGreaterThan(0);
    expect(untried).toBeLessThan(500);
    const spent = part(batch.slice(0, 500), { ...slow, patience: 0 });
    expect(spent).toMatchObject({ tries: 0, untried: 500 });
    expect(part(batch, { ...slow, patience: 0 })).toMatchObject({ tries: 0, untried: 0 });
  });

  it('goes back also to rows between locked ones, where that costs no wait', () => {
    const batch = Array.from({ length: 3000 }, (_, at) => at % 100 > 90 && at % 2 === 0);

    expect(part(batch, { kind: 'locked' })).toMatchObject({ stay: countOf(batch), untried: 0 });
  });

  it('knows the end of a batch that has fewer rows than were asked for', () => {
    const batch = [true, false, true];
    const asked = [...batch, ...Array<boolean>(497).fill(false)];

    expect(part(asked).stay).toBe(2);
  });
});
