import * as fc from 'fast-check';
import { firstPace, nextPace, type PacedBatch, type PaceLimits } from '../../lambda/pace';

const limits: fc.Arbitrary<PaceLimits> = fc.record({
  targetBatchMs: fc.integer({ min: 10, max: 20_000 }),
  pauseRatio: fc.double({ min: 0, max: 100, noNaN: true }),
  maxBatchSize: fc.integer({ min: 1, max: 100_000 }),
});

interface Step {
  readonly kind: PacedBatch['kind'];
  readonly durationMs: number;
  /** How much of its size a batch was allowed, where a row limit cut it. */
  readonly share: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...(['deleted', 'timed-out', 'lost'] as const)),
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
      fc.property(limits, steps, (bounds, batches) => {
        let pace = firstPace(bounds);
        for (const { kind, durationMs, share } of batches) {
          const limit = Math.max(1, Math.floor(pace.batchSize * share));
          pace = nextPace(pace, { kind, limit, durationMs }, bounds);

          expect(Number.isSafeInteger(pace.batchSize)).toBe(true);
          expect(pace.batchSize).toBeGreaterThanOrEqual(1);
          expect(pace.batchSize).toBeLessThanOrEqual(bounds.maxBatchSize);
          expect(pace.pauseMs).toBeGreaterThanOrEqual(0);
          expect(pace.pauseMs).toBeLessThanOrEqual(10_000);
        }
      }),
    );
  });

  it('settles where a batch takes what it should, whatever a row takes', () => {
    const msPerRow = fc.double({ min: 0.02, max: 50, noNaN: true });

    return fc.assert(
      fc.property(limits, msPerRow, (bounds, cost) => {
        const ideal = Math.min(bounds.maxBatchSize, bounds.targetBatchMs / cost);
        let pace = firstPace(bounds);
        for (let batch = 0; batch < 20; batch += 1) {
          const limit = pace.batchSize;
          pace = nextPace(pace, { kind: 'deleted', limit, durationMs: limit * cost }, bounds);
        }

        // A batch of less than a millisecond says little, and rows are whole.
        expect(pace.batchSize).toBeGreaterThanOrEqual(Math.floor(ideal * 0.9) - 1);
        expect(pace.batchSize).toBeLessThanOrEqual(Math.max(1, ideal * 1.1));
      }),
    );
  });
});
