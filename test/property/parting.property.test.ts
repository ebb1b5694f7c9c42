import * as fc from 'fast-check';
import { DatabaseError } from '../../lambda/errors';
import { afterPart, firstParting, isOver, nextPart } from '../../lambda/purge/parting';
import type { BatchOutcome } from '../../lambda/purge/port';

const REFUSED: BatchOutcome = { kind: 'refused', durationMs: 9, error: new DatabaseError('no') };

/** A batch: which of its rows stay. */
type Batch = readonly boolean[];

interface Parted {
  /** Rows that went, by their places in the batch. */
  readonly gone: ReadonlySet<number>;
  /** How many rows are to be passed. */
  readonly stay: number;
  readonly tries: number;
}

/** Parts a batch until it is known which of its rows stay; the parts have at most so many rows. */
function part(batch: Batch, most = Number.POSITIVE_INFINITY): Parted {
  const left = batch.map((stays, place) => ({ stays, place }));
  const gone = new Set<number>();
  let parting = firstParting(batch.length, REFUSED);
  let tries = 0;
  while (!isOver(parting)) {
    const next = nextPart(parting, most);
    const rows = left.slice(next.skip, next.skip + next.limit);
    tries += 1;
    if (tries > 100_000) throw new Error('the parting does not end');
    if (rows.some(({ stays }) => stays)) {
      parting = afterPart(parting, next, REFUSED);
      continue;
    }
    left.splice(next.skip, next.limit);
    for (const { place } of rows) gone.add(place);
    parting = afterPart(parting, next, {
      ...{ kind: 'deleted', rows: rows.length, reached: null, staying: null, shareLeft: 0 },
      ...{ durationMs: 9, next: rows.length < next.limit ? null : { walk: 'index', at: '' } },
    });
  }
  return { gone, stay: parting.stay, tries };
}

const countOf = (batch: Batch) => batch.filter((stays) => stays).length;

/** How many lines of rows that stay there are. */
const linesOf = (batch: Batch) => batch.filter((stays, at) => stays && !batch[at - 1]).length;

const longest = (batch: Batch) => {
  let [run, most] = [0, 0];
  for (const stays of batch) {
    run = stays ? run + 1 : 0;
    most = Math.max(most, run);
  }
  return most;
};

/** Lines of rows that stay and of rows that go, in turns. */
const batches: fc.Arbitrary<Batch> = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 400 })),
      fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 400 })),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .chain((lines) => {
    const rows = lines.flatMap(([stay, go]) => [
      ...Array<boolean>(stay).fill(true),
      ...Array<boolean>(go).fill(false),
    ]);
    return fc.constantFrom(rows, rows.toReversed());
  });

const most = fc.oneof(fc.constant(5000), fc.integer({ min: 1, max: 5000 }));

describe('the parting of a batch that failed', () => {
  it('takes no row that stays, and passes exactly what is left', () =>
    fc.assert(
      fc.property(batches, most, (batch, limit) => {
        const { gone, stay } = part(batch, limit);

        expect([...gone].some((place) => batch[place])).toBe(false);
        expect(stay).toBe(batch.length - gone.size);
      }),
    ));

  it('takes every row that may go, where few in a line stay', () =>
    fc.assert(
      fc.property(
        fc
          .array(fc.boolean(), { minLength: 1, maxLength: 600 })
          .filter((of) => of.includes(true) && longest(of) < 8),
        (batch) => {
          expect(part(batch).gone.size).toBe(batch.length - countOf(batch));
        },
      ),
    ));

  it.each<[string, (at: number) => boolean]>([
    ['at its start', (at) => at < 617],
    ['at its end', (at) => at >= 617],
    ['in its middle', (at) => at > 300 && at < 777],
    ['at both ends', (at) => at < 200 || at >= 1100],
  ])('takes every row that may go around a lump %s', (_where, isKept) => {
    const batch = Array.from({ length: 1500 }, (_, at) => isKept(at));

    expect(part(batch)).toMatchObject({ stay: countOf(batch) });
    expect(part(batch).tries).toBeLessThan(100);
  });

  it('ends after a number of tries that grows with the lines of rows that stay, and hardly with their length', () =>
    fc.assert(
      fc.property(batches, (batch) => {
        const digits = Math.ceil(Math.log2(batch.length + 1));

        expect(part(batch).tries).toBeLessThanOrEqual((linesOf(batch) + 1) * (6 * digits + 10));
      }),
      { numRuns: 500 },
    ));

  it('knows the end of a batch that has fewer rows than were asked for', () => {
    const batch = [true, false, true];
    const asked = [...batch, ...Array<boolean>(497).fill(false)];

    expect(part(asked).stay).toBe(2);
  });
});
