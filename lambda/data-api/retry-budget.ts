import type { Failure } from './failure';

/** How calls are repeated for one cause; all in milliseconds. */
interface RetryPlan {
  /** The first wait is at most this, and each further one at most twice the one before. */
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
  /** The most that the failed attempts and the waits may take until the last attempt starts. */
  readonly budgetMs: number;
}

/** Covers a failover of the writer, which Aurora usually completes within a minute. */
const TRANSIENT: RetryPlan = { firstWaitMs: 250, maxWaitMs: 10_000, budgetMs: 90_000 };

/** Covers a switch-over of the cluster in few calls, because a mistake in the set-up leads to the same errors. */
const SWITCHING: RetryPlan = { firstWaitMs: 1000, maxWaitMs: 30_000, budgetMs: 90_000 };

/** A second or two for a lock that passes. Who holds one for longer does so for minutes. */
const LOCKED: RetryPlan = { firstWaitMs: 250, maxWaitMs: 1000, budgetMs: 5000 };

/** Short waits, so that a cluster that has resumed is used at once. */
const WAKING: Omit<RetryPlan, 'budgetMs'> = { firstWaitMs: 1000, maxWaitMs: 5000 };

/** Why a call that failed may succeed later. */
export type Cause = 'waking' | 'switching' | 'lock' | 'transient';

/** The cause of a failure that is repeated. */
export function causeOf({ kind, at }: Pick<Failure, 'kind' | 'at'>): Cause {
  if (kind === 'resuming') return 'waking';
  if (at === 'lock') return 'lock';
  return kind === 'transient' && (at === 'endpoint' || at === 'database')
    ? 'switching'
    : 'transient';
}

/** The time that one cause may take, and what it has taken. */
export interface RetryBudget {
  readonly plan: RetryPlan;
  /** Failed attempts. */
  failures: number;
  /** Milliseconds that these attempts and the waits after them took. */
  spentMs: number;
}

/** What the budgets depend on. */
export interface RetryLimits {
  /** How long to wait for a cluster that is paused. */
  readonly wakeBudgetSeconds: number;
  /** Somebody waits for the answer, so that what may be a mistake in the set-up is reported at once. @default false */
  readonly isAttended?: boolean;
}

/** A budget for each cause. A slow wake-up then takes no time from other faults, nor they from it. */
export function retryBudgets(limits: RetryLimits): Readonly<Record<Cause, RetryBudget>> {
  const budget = (plan: RetryPlan): RetryBudget => ({ plan, failures: 0, spentMs: 0 });
  return {
    waking: budget({ ...WAKING, budgetMs: limits.wakeBudgetSeconds * 1000 }),
    switching: budget(limits.isAttended ? { ...SWITCHING, budgetMs: 0 } : SWITCHING),
    lock: budget(LOCKED),
    transient: budget(TRANSIENT),
  };
}

/** Why there is no next attempt: the cause's budget is used up, or the time of the invocation is. */
export type UsedUp = 'budget' | 'time-left';

/** An attempt that starts with less time than this may not end in time. */
const MIN_ATTEMPT_MS = 500;

/**
 * Milliseconds to wait before the next attempt, or why there is none. At least half of each wait is fixed, so that the
 * budget also bounds the number of attempts.
 *
 * `random` gives numbers from 0 to below 1.
 */
export function nextWaitMs(
  { plan, failures, spentMs }: Readonly<RetryBudget>,
  timeLeftMs: number,
  random: () => number,
): number | UsedUp {
  const longestMs = Math.min(plan.maxWaitMs, plan.firstWaitMs * 2 ** (failures - 1));
  const waitMs = (longestMs * (1 + random())) / 2;
  if (spentMs + waitMs > plan.budgetMs) return 'budget';
  return waitMs + MIN_ATTEMPT_MS > timeLeftMs ? 'time-left' : waitMs;
}
