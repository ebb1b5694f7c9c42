import type { FailureKind } from '../../../lambda/data-api/failure';
import { nextWaitMs, nothingSpent, type RetryState, spentOn } from '../../../lambda/data-api/retry';

const START: RetryState = {
  failures: 1,
  elapsedMs: 0,
  timeLeftMs: 900_000,
  wakeBudgetMs: 120_000,
};
/** The most that a random number can be, to four places. */
const ALMOST_ONE = () => 0.9999;

const wait = (kind: FailureKind, state: Partial<RetryState>, random = () => 0.5) =>
  nextWaitMs(kind, { ...START, ...state }, random);

describe('nextWaitMs', () => {
  it.each<[FailureKind, number[]]>([
    ['transient', [125, 250, 500, 1000, 2000, 4000, 5000, 5000]],
    ['unknown', [125, 250, 500, 1000, 2000, 4000, 5000, 5000]],
    ['too-large', [125, 250, 500, 1000, 2000, 4000, 5000, 5000]],
    ['resuming', [500, 1000, 2000, 2500, 2500, 2500, 2500, 2500]],
  ])('doubles the wait after each failure up to a maximum: %s', (kind, expected) => {
    const waits = expected.map((_, at) => wait(kind, { failures: at + 1 }));

    expect(waits).toEqual(expected);
  });

  it('jitters over the whole wait', () => {
    expect(wait('transient', { failures: 7 }, () => 0)).toBe(0);
    expect(wait('transient', { failures: 7 }, ALMOST_ONE)).toBeCloseTo(9999);
  });

  it.each<FailureKind>(['final', 'refused'])('never repeats what cannot help: %s', (kind) => {
    expect(wait(kind, {}, () => 0)).toBe('no-use');
  });

  it.each<[FailureKind, number, Partial<RetryState>]>([
    ['transient', 90_000, {}],
    ['unknown', 90_000, {}],
    ['too-large', 90_000, { wakeBudgetMs: 600_000 }],
    ['resuming', 120_000, {}],
    ['resuming', 600_000, { wakeBudgetMs: 600_000 }],
    ['resuming', 5000, { wakeBudgetMs: 5000 }],
  ])('gives up when the budget for %s would be passed: %d ms', (kind, budgetMs, state) => {
    const at = { ...state, failures: 20 };
    const waitMs = Number(wait(kind, at));

    expect(wait(kind, { ...at, elapsedMs: budgetMs - waitMs })).toBe(waitMs);
    expect(wait(kind, { ...at, elapsedMs: budgetMs - waitMs + 1 })).toBe('budget');
  });

  it('leaves half a second for the attempt after the wait', () => {
    expect(wait('transient', { timeLeftMs: 125 + 500 })).toBe(125);
    expect(wait('transient', { timeLeftMs: 125 + 499 })).toBe('time-left');
  });
});

describe('spentOn', () => {
  it.each<[FailureKind, 'waking' | 'transient']>([
    ['resuming', 'waking'],
    ['transient', 'transient'],
    ['too-large', 'transient'],
    ['unknown', 'transient'],
  ])('%s draws on the budget for %s', (kind, budget) => {
    const spending = nothingSpent();

    spentOn(kind, spending).failures += 1;

    expect(spending[budget].failures).toBe(1);
    expect(spending.waking.failures + spending.transient.failures).toBe(1);
  });
});
