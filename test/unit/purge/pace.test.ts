import {
  afterLockRelease,
  firstPace,
  nextPace,
  type Pace,
  paceAfterPart,
} from '../../../lambda/purge/pace';
import type { BatchOutcome } from '../../../lambda/purge/port';
import { DEFAULTS } from '../../support/environment';

const LIMITS = { ...DEFAULTS, targetBatchMs: 250, pauseRatio: 0.5, maxBatchSize: 5000 };

/** A batch as the pace sees it. */
type Batch = readonly [kind: BatchOutcome['kind'], limit: number, durationMs: number];

const next = (pace: Pace, [kind, limit, durationMs]: Batch, limits = LIMITS): Pace =>
  nextPace(pace, { kind, durationMs }, limit, limits);

const at = (batchSize: number): Pace => ({
  batchSize,
  pauseMs: 0,
  roundTripMs: 0,
  answered: 9,
  expectedMs: 0,
  unknownInARow: 0,
});

describe('the first pace', () => {
  it('starts with a small batch and without a pause', () => {
    expect(firstPace(LIMITS, 3)).toEqual({
      batchSize: 500,
      pauseMs: 0,
      roundTripMs: 3,
      answered: 0,
      expectedMs: 0,
      unknownInARow: 0,
    });
  });

  it('is no larger than allowed', () => {
    expect(firstPace({ ...LIMITS, maxBatchSize: 7 }, 0).batchSize).toBe(7);
  });
});

describe('the size of the next batch', () => {
  it.each<[string, number, Batch, number]>([
    ['stays where the batch took what it should', 1000, ['deleted', 1000, 250], 1000],
    ['goes half of the way when a batch was faster', 1000, ['deleted', 1000, 160], 1250],
    ['goes half of the way when a batch was slower', 1000, ['deleted', 1000, 360], 833],
    ['never grows to more than four times as much', 1000, ['deleted', 1000, 1], 4000],
    ['takes a batch of no time for one of a millisecond', 4000, ['deleted', 10, 0.2], 3162],
    ['never divides by nothing', 1000, ['deleted', 1000, 0], 4000],
    ['never passes the maximum', 4000, ['deleted', 4000, 10], 5000],
    ['shrinks at once as far as a slow batch tells', 5000, ['deleted', 5000, 5000], 250],
    ['never falls below one row', 1, ['deleted', 1, 60_000], 1],
    ['learns from the rows asked for where a row limit cut them', 4000, ['deleted', 100, 125], 200],
    ['is halved where the batch was too large', 3001, ['too-large', 3001, 45_000], 1500],
    ['stays where the batch was refused', 3001, ['refused', 3001, 45_000], 3001],
    ['stays where the batch met a lock', 3001, ['locked', 3001, 45_000], 3001],
    [
      'is half of the limit that was too large, not of the size that the pace allowed',
      4000,
      ['too-large', 100, 45_000],
      50,
    ],
    ['stays at one row where that was too large', 1, ['too-large', 1, 1], 1],
    ['is halved where the outcome is unknown', 3000, ['unknown', 3000, 9], 1500],
  ])('%s', (_promise, batchSize, batch, expected) => {
    expect(next(at(batchSize), batch).batchSize).toBe(expected);
  });

  it('does not shrink after a slow first batch, which may have passed what earlier runs left', () => {
    const first = next(firstPace(LIMITS, 0), ['deleted', 500, 20_000]);
    const second = next(first, ['deleted', 500, 20_000]);

    expect([first.batchSize, second.batchSize]).toEqual([500, 6]);
  });

  it('is halved even after a first batch that was too large', () => {
    expect(next(firstPace(LIMITS, 0), ['too-large', 500, 45_000])).toMatchObject({
      batchSize: 250,
      pauseMs: 10_000,
      answered: 0,
    });
  });

  it('reaches the default maximum after four fast batches', () => {
    let pace = firstPace(LIMITS, 0);

    const sizes = [1, 2, 3, 4].map(() => {
      pace = next(pace, ['deleted', pace.batchSize, 20], DEFAULTS);
      return pace.batchSize;
    });

    expect(sizes).toEqual([2000, 8000, 32_000, 100_000]);
  });
});

describe('the pause', () => {
  it.each<[string, Batch, number, number]>([
    ['is half as long as the batch', ['deleted', 1, 300], 0.5, 150],
    ['is longer where the ratio says so', ['deleted', 1, 300], 3, 900],
    ['is none at a ratio of zero', ['deleted', 1, 300], 0, 0],
    ['is ten seconds at most', ['deleted', 1, 45_000], 0.5, 10_000],
    ['is the same after a batch that was too large', ['too-large', 1, 2000], 0.5, 1000],
    ['is at least a second where the outcome is unknown', ['unknown', 1, 10], 0, 1000],
    ['is in proportion where no answer came for long', ['unknown', 1, 8000], 0.5, 4000],
    ['is ten seconds at most where no answer came', ['unknown', 1, 50_000], 0.5, 10_000],
  ])('%s', (_promise, batch, pauseRatio, expected) => {
    expect(next(at(1), batch, { ...LIMITS, pauseRatio }).pauseMs).toBe(expected);
  });

  it('does not count the round trip', () => {
    expect(next({ ...at(1), roundTripMs: 100 }, ['deleted', 1, 300]).pauseMs).toBe(100);
  });

  it('is the same after a part of a batch, which leaves the size alone', () => {
    const pace = paceAfterPart(at(1000), { kind: 'deleted', durationMs: 300 }, LIMITS);

    expect(pace).toMatchObject({ batchSize: 1000, pauseMs: 150, answered: 10 });
    expect(paceAfterPart(at(1000), { kind: 'too-large', durationMs: 300 }, LIMITS)).toMatchObject({
      batchSize: 1000,
      pauseMs: 150,
    });
  });

  it.each([
    [0, 250],
    [249, 250],
    [251, 251],
  ])('lets the database release its locks: %s to %s ms', (pauseMs, expected) => {
    expect(afterLockRelease({ ...at(7), pauseMs })).toEqual({ ...at(7), pauseMs: expected });
  });
});

describe('the round trip', () => {
  it.each<[string, Batch, number, number]>([
    ['is not counted as work', ['deleted', 1000, 300], 1000, 50],
    ['is no longer than a whole batch', ['deleted', 1000, 40], 4000, 40],
    ['is not told by a batch whose outcome is unknown', ['unknown', 10, 1], 5, 50],
    ['is not told by a batch that was too large', ['too-large', 10, 1], 5, 50],
  ])('%s', (_promise, batch, batchSize, roundTripMs) => {
    expect(next({ ...at(1000), roundTripMs: 50 }, batch)).toMatchObject({ batchSize, roundTripMs });
  });
});

describe('the expected duration', () => {
  it.each<[string, Batch, number]>([
    ['is half of that of a batch that was too large', ['too-large', 9, 20_000], 10_000],
    ['is half of that of a batch that was refused', ['refused', 9, 300], 150],
    ['is not known after a batch that deleted', ['deleted', 9, 20_000], 0],
    ['stays where the outcome is unknown', ['unknown', 9, 20_000], 77],
  ])('%s', (_promise, batch, expected) => {
    expect(next({ ...at(9), expectedMs: 77 }, batch).expectedMs).toBe(expected);
  });
});

describe('what is counted', () => {
  it.each<[BatchOutcome['kind'], number, number]>([
    ['deleted', 10, 0],
    ['unknown', 9, 4],
    ['too-large', 9, 0],
    ['refused', 9, 0],
  ])('after a batch that is %s', (kind, answered, unknownInARow) => {
    const pace = next({ ...at(9), unknownInARow: 3 }, [kind, 9, 10]);

    expect(pace).toMatchObject({ answered, unknownInARow });
  });
});
