import { firstPace, nextPace, type PacedBatch } from '../../../lambda/purge/pace';

const LIMITS = { targetBatchMs: 250, pauseRatio: 0.5, maxBatchSize: 5000 };

const deleted = (limit: number, durationMs: number): PacedBatch => ({
  kind: 'deleted',
  limit,
  durationMs,
});

describe('firstPace', () => {
  it('starts small and at once', () => {
    expect(firstPace(LIMITS, 3)).toEqual({ batchSize: 500, pauseMs: 0, hopMs: 3, answered: 0 });
  });

  it('starts no larger than allowed', () => {
    expect(firstPace({ ...LIMITS, maxBatchSize: 7 }, 0).batchSize).toBe(7);
  });
});

describe('nextPace', () => {
  const at = (batchSize: number) => ({ batchSize, pauseMs: 0, hopMs: 0, answered: 9 });

  it.each<[string, number, PacedBatch, number]>([
    ['stays where the batch took what it should', 1000, deleted(1000, 250), 1000],
    ['goes half of the way when a batch was faster', 1000, deleted(1000, 160), 1250],
    ['goes half of the way when a batch was slower', 1000, deleted(1000, 360), 833],
    ['never more than doubles', 1000, deleted(1000, 1), 2000],
    ['takes a batch of no time for one of a millisecond', 4000, deleted(10, 0.2), 3162],
    ['never divides by nothing', 1000, deleted(1000, 0), 2000],
    ['never passes the maximum', 4000, deleted(4000, 10), 5000],
    ['shrinks at once as far as a slow batch tells', 5000, deleted(5000, 5000), 250],
    ['never falls below one row', 1, deleted(1, 60_000), 1],
    ['learns from the rows asked for where a row limit cut them', 4000, deleted(100, 125), 200],
    ['halves after a timeout', 3001, { kind: 'stopped', limit: 3001, durationMs: 45_000 }, 1500],
    [
      'halves what was asked for after a timeout, not what might have been',
      4000,
      { kind: 'stopped', limit: 100, durationMs: 45_000 },
      50,
    ],
    ['stays at one row after a timeout', 1, { kind: 'stopped', limit: 1, durationMs: 1 }, 1],
    ['halves when no answer came', 3000, { kind: 'lost', limit: 3000, durationMs: 9 }, 1500],
  ])('%s', (_promise, batchSize, batch, expected) => {
    expect(nextPace(at(batchSize), batch, LIMITS).batchSize).toBe(expected);
  });

  it.each<[string, PacedBatch, number, number]>([
    ['rests half as long as the batch took', deleted(1, 300), 0.5, 150],
    ['rests longer where the ratio says so', deleted(1, 300), 3, 900],
    ['does not rest at a ratio of zero', deleted(1, 300), 0, 0],
    ['rests ten seconds at most', deleted(1, 45_000), 0.5, 10_000],
    [
      'rests after a timeout as after any batch',
      { kind: 'stopped', limit: 1, durationMs: 2000 },
      0.5,
      1000,
    ],
    [
      'rests at least a second when no answer came',
      { kind: 'lost', limit: 1, durationMs: 10 },
      0,
      1000,
    ],
    [
      'rests in proportion when no answer came for long',
      { kind: 'lost', limit: 1, durationMs: 8000 },
      0.5,
      4000,
    ],
    [
      'rests ten seconds at most when no answer came at all',
      { kind: 'lost', limit: 1, durationMs: 50_000 },
      0.5,
      10_000,
    ],
  ])('%s', (_promise, batch, pauseRatio, expected) => {
    expect(nextPace(at(1), batch, { ...LIMITS, pauseRatio }).pauseMs).toBe(expected);
  });

  it.each<[string, number, PacedBatch, number]>([
    ['counts the statement, not the way there', 50, deleted(1000, 300), 1000],
    ['takes a fast batch for the way itself', 50, deleted(1000, 40), 2000],
    ['takes no lost answer for the way', 50, { kind: 'lost', limit: 10, durationMs: 1 }, 5],
  ])('%s', (_promise, hopMs, batch, expected) => {
    const pace = nextPace({ ...at(1000), hopMs }, batch, LIMITS);

    expect(pace.batchSize).toBe(expected);
    expect(pace.hopMs).toBe(batch.kind === 'deleted' ? Math.min(50, batch.durationMs) : 50);
  });

  it('does not rest for the way there', () => {
    expect(nextPace({ ...at(1), hopMs: 100 }, deleted(1, 300), LIMITS).pauseMs).toBe(100);
  });

  it('takes no first batch for slow, since it may have passed what earlier runs left', () => {
    const first = nextPace(firstPace(LIMITS, 0), deleted(500, 20_000), LIMITS);
    const second = nextPace(first, deleted(500, 20_000), LIMITS);

    expect([first.batchSize, second.batchSize]).toEqual([500, 6]);
  });

  it('halves even the first batch where it was stopped', () => {
    const pace = firstPace(LIMITS, 0);

    expect(nextPace(pace, { kind: 'stopped', limit: 500, durationMs: 45_000 }, LIMITS)).toEqual({
      batchSize: 250,
      pauseMs: 10_000,
      hopMs: 0,
      answered: 0,
    });
  });

  it('reaches the default maximum after four fast batches', () => {
    let pace = firstPace(LIMITS, 0);

    const sizes = [1, 2, 3, 4].map(() => {
      pace = nextPace(pace, deleted(pace.batchSize, 20), LIMITS);
      return pace.batchSize;
    });

    expect(sizes).toEqual([1000, 2000, 4000, 5000]);
  });
});
