import * as fc from 'fast-check';
import { firstPace, nextPace, type PaceLimits } from '../../lambda/purge/pace';
import type { BatchOutcome } from '../../lambda/purge/port';
import { DEFAULTS } from '../support/environment';

const limits: fc.Arbitrary<PaceLimits> = fc
  .record({
    targetBatchMs: fc.integer({ min: 10, max: 20_000 }),
    pauseRatio: fc.double({ min: 0, max: 100, noNaN: true }),
    maxBatchSize: fc.integer({ min: 1, max: 100_000 }),
  })
  .map((given) => ({ ...DEFAULTS, ...given }));

/** Milliseconds that the round trip takes. */
const roundTrips = fc.double({ min: 1, max: 50, noNaN: true });

interface Step {
  readonly kind: BatchOutcome['kind'];
  readonly durationMs: number;
  /** How much of its size a batch was allowed, where a row limit cut it. */
  readonly share: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...(['deleted', 'too-large', 'refused', 'locked', 'unknown'] as const)),
    durationMs: fc.oneof(
      fc.double({ min: 0, max: 60_000, noNaN: true }),
      fc.constantFrom(0, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER),
    ),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { maxLength: 30 },
);

describe('the pace', () => {
  it('keeps to whole batches from one row to the maximum, and to pauses of at most ten seconds', () => {
    return fc.assert(
      fc.property(limits, roundTrips, steps, (bounds, roundTripMs, batches) => {
        let pace = firstPace(bounds, roundTripMs);
        for (const { kind, durationMs, share } of batches) {
          const limit = Math.max(1, Math.floor(pace.batchSize * share));
          pace = nextPace(pace, { kind, durationMs }, limit, bounds);

          expect(Number.isSafeInteger(pace.batchSize)).toBe(true);
          expect(pace.batchSize).toBeGreaterThanOrEqual(1);
          expect(pace.batchSize).toBeLessThanOrEqual(bounds.maxBatchSize);
          expect(pace.pauseMs).toBeGreaterThanOrEqual(0);
          expect(pace.pauseMs).toBeLessThanOrEqual(10_000);
        }
      }),
    );
  });

  /** A database, as the duration of the statement of a batch. */
  type Simulated = (rows: number, batch: number) => number;

  /** The sizes of so many batches, and the durations of their statements. */
  function run(bounds: PaceLimits, roundTripMs: number, statementMs: Simulated, batches = 40) {
    let pace = firstPace(bounds, roundTripMs);
    return Array.from({ length: batches }, (_, batch) => {
      const limit = pace.batchSize;
      const durationMs = statementMs(limit, batch);
      pace = nextPace(
        pace,
        { kind: 'deleted', durationMs: roundTripMs + durationMs },
        limit,
        bounds,
      );
      return { limit, durationMs };
    });
  }

  const wide = { ...DEFAULTS, targetBatchMs: 250, pauseRatio: 0.5, maxBatchSize: 100_000 };
  const msPerRow = fc.double({ min: 0.02, max: 5, noNaN: true });

  it('settles at the target duration, whatever a row and the round trip take', () => {
    return fc.assert(
      fc.property(limits, roundTrips, msPerRow, (bounds, roundTripMs, cost) => {
        const ideal = Math.min(bounds.maxBatchSize, bounds.targetBatchMs / cost);

        const last = run(bounds, roundTripMs, (rows) => rows * cost).at(-1)?.limit ?? 0;

        // A statement of less than a millisecond says little, and rows are whole.
        expect(last).toBeGreaterThanOrEqual(Math.floor(ideal * 0.85) - 1);
        expect(last).toBeLessThanOrEqual(Math.max(1, ideal * 1.15));
      }),
    );
  });

  it('is within a factor of two of the target after ten batches', () => {
    return fc.assert(
      fc.property(
        roundTrips,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (roundTripMs, cost) => {
          const { durationMs } = run(wide, roundTripMs, (rows) => rows * cost)[10] as {
            durationMs: number;
          };

          expect(durationMs).toBeGreaterThan(125);
          expect(durationMs).toBeLessThan(500);
        },
      ),
    );
  });

  it('shrinks at once when statements slow down, and comes back when they do not', () => {
    const slowdown = fc.integer({ min: 4, max: 50 });

    return fc.assert(
      fc.property(roundTrips, slowdown, (roundTripMs, factor) => {
        const slow = (batch: number) => batch >= 20 && batch < 30;
        const sizes = run(
          wide,
          roundTripMs,
          (rows, batch) => rows * 0.05 * (slow(batch) ? factor : 1),
          60,
        );

        const before = sizes[19]?.limit ?? 0;
        expect(sizes[21]?.limit).toBeLessThanOrEqual((before / factor) * 1.2);
        expect(sizes[28]?.durationMs).toBeLessThan(2 * 250);
        expect(sizes[59]?.limit).toBeGreaterThan(before * 0.8);
      }),
    );
  });

  it('varies by no more than a factor of two where durations vary by a third either way', () => {
    const noise = fc.array(fc.double({ min: 0.67, max: 1.33, noNaN: true }), {
      minLength: 60,
      maxLength: 60,
    });

    return fc.assert(
      fc.property(roundTrips, noise, (roundTripMs, factors) => {
        const statementMs: Simulated = (rows, batch) => rows * 0.05 * (factors[batch] ?? 1);

        const steady = run(wide, roundTripMs, statementMs, 60)
          .slice(20)
          .map(({ limit }) => limit);

        expect(Math.max(...steady) / Math.min(...steady)).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('comes back within five batches from a burst of slow ones', () => {
    const burst = (batch: number) => (batch === 30 ? 10 : 1);

    const sizes = run(wide, 5, (rows, batch) => rows * 0.05 * burst(batch), 40);

    expect(sizes[36]?.limit).toBeGreaterThan((sizes[29]?.limit ?? 0) * 0.8);
  });
});
