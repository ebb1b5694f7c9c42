import type { FailureKind } from './failure';

/** The budgets of one statement, in milliseconds. */
interface RetryPlan {
  /** The first wait is at most this; each further one may be twice as long. */
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
  /** What the failed attempts and the waits after them may take, up to the start of the last attempt. */
  readonly budgetMs: number;
}

/** Covers a failover of the writer, which Aurora completes within a minute as a rule. */
const TRANSIENT: RetryPlan = { firstWaitMs: 250, maxWaitMs: 10_000, budgetMs: 90_000 };

/** Short waits: a cluster that resumed is of use at once. */
const RESUMING: Omit<RetryPlan, 'budgetMs'> = { firstWaitMs: 1000, maxWaitMs: 5000 };

/** What a statement has used up of one budget. */
export interface Spent {
  /** Failed attempts. */
  failures: number;
  /** Milliseconds that they took, and the waits after them. */
  elapsedMs: number;
}

/** By budget: a cluster that takes its time to wake leaves the other faults theirs, and they leave it its own. */
export interface Spending {
  /** Drawn on by `resuming`. */
  readonly waking: Spent;
  /** Drawn on by every other kind. */
  readonly transient: Spent;
}

/** What a statement has used up before its first attempt. */
export function nothingSpent(): Spending {
  return { waking: { failures: 0, elapsedMs: 0 }, transient: { failures: 0, elapsedMs: 0 } };
}

/** What a failure draws on. */
export function spentOn(kind: FailureKind, spending: Spending): Spent {
  return kind === 'resuming' ? spending.waking : spending.transient;
}

/** Where the retries of one statement stand. */
export interface RetryState extends Readonly<Spent> {
  /** That a wait and another attempt may still use. */
  readonly timeLeftMs: number;
  /** How long a cluster may take to wake. */
  readonly wakeBudgetMs: number;
}

/** Why a statement is not sent again: it cannot help, or the budget or the invocation's time is used up. */
export type NoRetry = 'no-use' | 'budget' | 'time-left';

/** An attempt that starts with less than this cannot be expected to end in time. */
const MIN_ATTEMPT_MS = 500;

/**
 * Milliseconds to wait before the next attempt, with full jitter, or why there is none.
 *
 * `random` gives numbers from 0 to below 1.
 */
export function nextWaitMs(
  kind: FailureKind,
  { failures, elapsedMs, timeLeftMs, wakeBudgetMs }: RetryState,
  random: () => number,
): number | NoRetry {
  if (kind === 'final' || kind === 'refused') return 'no-use';
  const plan = kind === 'resuming' ? { ...RESUMING, budgetMs: wakeBudgetMs } : TRANSIENT;
  const waitMs = random() * Math.min(plan.maxWaitMs, plan.firstWaitMs * 2 ** (failures - 1));
  if (elapsedMs + waitMs > plan.budgetMs) return 'budget';
  return waitMs + MIN_ATTEMPT_MS > timeLeftMs ? 'time-left' : waitMs;
}
