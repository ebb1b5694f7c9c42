import type { FailureKind } from './failure';

/** The budgets of one statement, in milliseconds. */
interface RetryPlan {
  /** The first wait is at most this; each further one may be twice as long. */
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
  /** From the statement's first attempt to the start of its last. */
  readonly budgetMs: number;
}

/** Covers a failover of the writer, which Aurora completes within a minute as a rule. */
const PASSING: RetryPlan = { firstWaitMs: 250, maxWaitMs: 10_000, budgetMs: 90_000 };

/** A resume takes 15 s as a rule, after a day's pause 30 s or more. */
const RESUMING: RetryPlan = { firstWaitMs: 1000, maxWaitMs: 5000, budgetMs: 120_000 };

/** Where the retries of one statement stand. */
export interface RetryState {
  /** Attempts made, all of them failed; at least 1. */
  readonly failures: number;
  /** Since the first of them was sent. */
  readonly elapsedMs: number;
  /** That a wait and another attempt may still use. */
  readonly timeLeftMs: number;
}

/** An attempt that starts with less than this cannot be expected to end in time. */
const MIN_ATTEMPT_MS = 500;

/**
 * Milliseconds to wait before the next attempt, with full jitter; `null`: the budget or the time is used up.
 *
 * `random` gives numbers from 0 to below 1.
 */
export function nextWaitMs(
  kind: FailureKind,
  { failures, elapsedMs, timeLeftMs }: RetryState,
  random: () => number,
): number | null {
  if (kind === 'final') return null;
  const { firstWaitMs, maxWaitMs, budgetMs } = kind === 'resuming' ? RESUMING : PASSING;
  const waitMs = random() * Math.min(maxWaitMs, firstWaitMs * 2 ** (failures - 1));
  const inBudget = elapsedMs + waitMs <= budgetMs && waitMs + MIN_ATTEMPT_MS <= timeLeftMs;
  return inBudget ? waitMs : null;
}
