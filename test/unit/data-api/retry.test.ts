import type { FailedLink, FailureKind } from '../../../lambda/data-api/failure';
import {
  type Cause,
  causeOf,
  finalError,
  mayHelp,
  nextWaitMs,
  type RetryBudget,
  type RetryLimits,
  retryBudgets,
} from '../../../lambda/data-api/retry';
import { failureOf } from '../../support/failed-call';

/** The most that a random number can be, to four places. */
const ALMOST_ONE = () => 0.9999;

function budget(
  cause: Cause,
  spent: Partial<RetryBudget> = {},
  limits: RetryLimits = { wakeBudgetSeconds: 120 },
): RetryBudget {
  return { ...retryBudgets(limits)[cause], failures: 1, ...spent };
}

const wait = (of: RetryBudget, timeLeftMs = 900_000, random = () => 0.5) =>
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

describe('mayHelp', () => {
  it.each<[FailureKind, FailureKind | null, boolean]>([
    ['transient', null, true],
    ['transient', 'transient', true],
    ['resuming', 'resuming', true],
    ['unknown', 'unknown', true],
    ['too-large', null, true],
    ['too-large', 'resuming', true],
    ['too-large', 'too-large', false],
    ['final', null, false],
    ['refused', null, false],
  ])('%s after %s: %s', (kind, previous, expected) => {
    expect(mayHelp(kind, previous)).toBe(expected);
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

  it('jitters over the whole wait', () => {
    const seventh = budget('transient', { failures: 7 });

    expect(wait(seventh, 900_000, () => 0)).toBe(0);
    expect(wait(seventh, 900_000, ALMOST_ONE)).toBeCloseTo(9999);
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

  it('sends few calls to a cluster that may be switching over', () => {
    const state = budget('switching');
    let calls = 1;
    for (;;) {
      const waitMs = wait(state);
      if (typeof waitMs !== 'number') break;
      state.spentMs += waitMs + 100;
      state.failures += 1;
      calls += 1;
    }

    expect(calls).toBeGreaterThan(5);
    expect(calls).toBeLessThan(12);
  });

  it('leaves half a second for the attempt after the wait', () => {
    expect(wait(budget('transient'), 125 + 500)).toBe(125);
    expect(wait(budget('transient'), 125 + 499)).toBe('time-left');
  });
});

describe('finalError', () => {
  const failure = failureOf('DatabaseErrorException', 'too many clients; SQLState: 53300');

  it('has the failure, what was seen, and the remedy', () => {
    expect(finalError(failure)).toMatchObject({
      message:
        'statement failed: DatabaseErrorException: too many clients; SQLState: 53300; the database has no connection left: look for a leak, or raise its limit',
      failure,
    });
  });

  it('tells of attempts where there was more than one', () => {
    expect(finalError(failure, 1, 900).message).toMatch(/^statement failed: /);
    expect(finalError(failure, 2, 900).message).toMatch(
      /^statement failed after 2 attempts in 1 s: /,
    );
  });

  it('ends with what was seen where there is no remedy', () => {
    const bad = failureOf('BadRequestException', 'bad');

    expect(finalError(bad).message).toBe('statement failed: BadRequestException: bad');
  });
});
