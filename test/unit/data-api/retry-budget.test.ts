import type { FailedLink, FailureKind } from '../../../lambda/data-api/failure';
import {
  type Cause,
  causeOf,
  nextWaitMs,
  type RetryBudget,
  type RetryLimits,
  retryBudgets,
} from '../../../lambda/data-api/retry-budget';

/** The most that a random number can be, to four places. */
const ALMOST_ONE = () => 0.9999;

function budget(
  cause: Cause,
  spent: Partial<RetryBudget> = {},
  limits: RetryLimits = { wakeBudgetSeconds: 120 },
): RetryBudget {
  return { ...retryBudgets(limits)[cause], failures: 1, ...spent };
}

const wait = (of: RetryBudget, timeLeftMs = 900_000, random = () => 0) =>
  nextWaitMs(of, timeLeftMs, random);

describe('the budget that a failure draws on', () => {
  it.each<[FailureKind, FailedLink, Cause]>([
    ['resuming', 'server', 'waking'],
    ['transient', 'endpoint', 'switching'],
    ['transient', 'database', 'switching'],
    ['transient', 'server', 'transient'],
    ['transient', 'service', 'transient'],
    ['too-large', 'server', 'transient'],
    ['unknown', 'network', 'transient'],
  ])('of kind %s at the %s is that for %s', (kind, at, cause) => {
    expect(causeOf({ kind, at })).toBe(cause);
  });

  it("is no other cause's", () => {
    const budgets = retryBudgets({ wakeBudgetSeconds: 120 });

    budgets.waking.failures += 1;

    expect(budgets.transient.failures + budgets.switching.failures).toBe(0);
    expect(retryBudgets({ wakeBudgetSeconds: 120 }).waking.failures).toBe(0);
  });
});

describe('nextWaitMs', () => {
  it.each<[Cause, number[]]>([
    ['transient', [125, 250, 500, 1000, 2000, 4000, 5000, 5000]],
    ['switching', [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]],
    ['waking', [500, 1000, 2000, 2500, 2500, 2500, 2500, 2500]],
  ])('doubles the wait after each failure up to a maximum: %s', (cause, expected) => {
    const waits = expected.map((_, at) => wait(budget(cause, { failures: at + 1 })));

    expect(waits).toEqual(expected);
  });

  it('jitters over the second half of the wait', () => {
    const seventh = budget('transient', { failures: 7 });

    expect(wait(seventh, 900_000, () => 0)).toBe(5000);
    expect(wait(seventh, 900_000, () => 0.5)).toBe(7500);
    expect(wait(seventh, 900_000, ALMOST_ONE)).toBeCloseTo(9999.5);
  });

  it.each<[Cause, number, RetryLimits]>([
    ['transient', 90_000, { wakeBudgetSeconds: 600 }],
    ['switching', 90_000, { wakeBudgetSeconds: 600 }],
    ['waking', 120_000, { wakeBudgetSeconds: 120 }],
    ['waking', 600_000, { wakeBudgetSeconds: 600, isAttended: true }],
    ['waking', 5000, { wakeBudgetSeconds: 5 }],
    ['transient', 90_000, { wakeBudgetSeconds: 120, isAttended: true }],
  ])('gives up when the budget for %s would be passed: %d ms', (cause, budgetMs, limits) => {
    const waitMs = Number(wait(budget(cause, { failures: 20 }, limits)));
    const spent = (spentMs: number) => budget(cause, { failures: 20, spentMs }, limits);

    expect(wait(spent(budgetMs - waitMs))).toBe(waitMs);
    expect(wait(spent(budgetMs - waitMs + 1))).toBe('budget');
  });

  it('gives a switch-over no time where somebody waits for the answer', () => {
    const limits = { wakeBudgetSeconds: 120, isAttended: true };

    expect(wait(budget('switching', { spentMs: 1 }, limits))).toBe('budget');
  });

  it.each<[Cause, number]>([
    ['switching', 10],
    ['transient', 23],
    ['waking', 50],
  ])('bounds the calls that failures for %s cost, even the shortest: %d', (cause, expected) => {
    const state = budget(cause);
    let calls = 1;
    for (;;) {
      const waitMs = wait(state);
      if (typeof waitMs !== 'number') break;
      state.spentMs += waitMs;
      state.failures += 1;
      calls += 1;
    }

    expect(calls).toBe(expected);
  });

  it('leaves half a second for the attempt after the wait', () => {
    expect(wait(budget('transient'), 125 + 500)).toBe(125);
    expect(wait(budget('transient'), 125 + 499)).toBe('time-left');
  });
});
