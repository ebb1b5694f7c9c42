import type { FailureKind } from '../../lambda/failure';
import { nextWaitMs, type RetryState } from '../../lambda/retry';

const START: RetryState = { failures: 1, elapsedMs: 0, timeLeftMs: 900_000 };
/** The most that a random number can be, to four places. */
const ALMOST_ONE = () => 0.9999;

const wait = (kind: FailureKind, state: Partial<RetryState>, random = () => 0.5) =>
  nextWaitMs(kind, { ...START, ...state }, random);

describe('nextWaitMs', () => {
  it.each<[FailureKind, number[]]>([
    ['passing', [125, 250, 500, 1000, 2000, 4000, 5000, 5000]],
    ['unknown', [125, 250, 500, 1000, 2000, 4000, 5000, 5000]],
    ['timed-out', [125, 250, 500, 1000, 2000, 4000, 5000, 5000]],
    ['resuming', [500, 1000, 2000, 2500, 2500, 2500, 2500, 2500]],
  ])('doubles the wait after each failure up to a maximum: %s', (kind, expected) => {
    const waits = expected.map((_, at) => wait(kind, { failures: at + 1 }));

    expect(waits).toEqual(expected);
  });

  it('jitters over the whole wait', () => {
    expect(wait('passing', { failures: 7 }, () => 0)).toBe(0);
    expect(wait('passing', { failures: 7 }, ALMOST_ONE)).toBeCloseTo(9999);
  });

  it('never repeats what cannot help', () => {
    expect(wait('final', {}, () => 0)).toBeNull();
  });

  it.each<[FailureKind, number]>([
    ['passing', 90_000],
    ['unknown', 90_000],
    ['timed-out', 90_000],
    ['resuming', 120_000],
  ])('gives up when the budget for %s would be passed', (kind, budgetMs) => {
    const waitMs = wait(kind, { failures: 20 }) ?? Number.NaN;

    expect(wait(kind, { failures: 20, elapsedMs: budgetMs - waitMs })).toBe(waitMs);
    expect(wait(kind, { failures: 20, elapsedMs: budgetMs - waitMs + 1 })).toBeNull();
  });

  it('leaves half a second for the attempt after the wait', () => {
    expect(wait('passing', { timeLeftMs: 125 + 500 })).toBe(125);
    expect(wait('passing', { timeLeftMs: 125 + 499 })).toBeNull();
  });
});
