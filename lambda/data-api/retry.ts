import { variableOf } from '../../contract/settings';
import { type Clock, workTimeLeft } from '../clock';
import { DatabaseError } from '../errors';
import type { Failure, FailureKind } from './failure';

/** How a statement is repeated for one cause; all in milliseconds. */
interface RetryPlan {
  /** The first wait is at most this; each further one may be twice as long. */
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
  /** The failed attempts and the waits after them take at most this, up to the start of the last attempt. */
  readonly budgetMs: number;
}

/** Covers a failover of the writer, which Aurora usually completes within a minute. */
const TRANSIENT: RetryPlan = { firstWaitMs: 250, maxWaitMs: 10_000, budgetMs: 90_000 };

/** Covers a switch-over of the cluster in few calls: the same errors also tell of a mistake that stays. */
const SWITCHING: RetryPlan = { firstWaitMs: 1000, maxWaitMs: 30_000, budgetMs: 90_000 };

/** Short waits, so that a cluster that has resumed is used at once. */
const WAKING: Omit<RetryPlan, 'budgetMs'> = { firstWaitMs: 1000, maxWaitMs: 5000 };

/** Why a call that failed may succeed later. */
export type Cause = 'waking' | 'switching' | 'transient';

/** The cause of a failure that is repeated. */
export function causeOf({ kind, at }: Pick<Failure, 'kind' | 'at'>): Cause {
  if (kind === 'resuming') return 'waking';
  return kind === 'transient' && (at === 'endpoint' || at === 'database')
    ? 'switching'
    : 'transient';
}

/** How much time one statement may use for a cause, and has used. */
export interface RetryBudget {
  readonly plan: RetryPlan;
  /** Failed attempts. */
  failures: number;
  /** Milliseconds that these attempts and the waits after them took. */
  spentMs: number;
}

/** A budget for each cause, so that a slow wake-up does not use up the time for other faults, or they the time for it. */
export function retryBudgets(limits: RetryLimits): Readonly<Record<Cause, RetryBudget>> {
  const budget = (plan: RetryPlan): RetryBudget => ({ plan, failures: 0, spentMs: 0 });
  return {
    waking: budget({ ...WAKING, budgetMs: limits.wakeBudgetSeconds * 1000 }),
    switching: budget(limits.isAttended ? { ...SWITCHING, budgetMs: 0 } : SWITCHING),
    transient: budget(TRANSIENT),
  };
}

/** What the budgets depend on. */
export interface RetryLimits {
  /** How long one statement waits for a cluster that is paused. */
  readonly wakeBudgetSeconds: number;
  /** Somebody waits for the answer, so that what may be a mistake in the set-up is reported at once. @default false */
  readonly isAttended?: boolean;
}

/** Why a statement is not sent again: it cannot help, or the budget or the invocation's time is used up. */
export type NoRetry = 'no-use' | 'budget' | 'time-left';

/** Whether the same statement may pass after these two failures; `previous` is `null` after the first. */
export function mayHelp(kind: FailureKind, previous: FailureKind | null): boolean {
  // A statement that was too large twice in a row does not get smaller.
  if (kind === 'too-large') return previous !== 'too-large';
  return kind !== 'final' && kind !== 'refused';
}

/** An attempt that starts with less time than this may not end in time. */
const MIN_ATTEMPT_MS = 500;

/**
 * Milliseconds to wait before the next attempt, with full jitter, or why there is none.
 *
 * `random` gives numbers from 0 to below 1.
 */
export function nextWaitMs(
  { plan, failures, spentMs }: Readonly<RetryBudget>,
  timeLeftMs: number,
  random: () => number,
): number | Exclude<NoRetry, 'no-use'> {
  const waitMs = random() * Math.min(plan.maxWaitMs, plan.firstWaitMs * 2 ** (failures - 1));
  if (spentMs + waitMs > plan.budgetMs) return 'budget';
  return waitMs + MIN_ATTEMPT_MS > timeLeftMs ? 'time-left' : waitMs;
}

/** The error of a statement that is not sent again, with the remedy. */
export function finalError(failure: Failure, attempts = 1, elapsedMs = 0): DatabaseError {
  const tries =
    attempts > 1 ? ` after ${attempts} attempts in ${Math.round(elapsedMs / 1000)} s` : '';
  const remedy = failure.remedy === null ? '' : `; ${failure.remedy}`;
  const message = `statement failed${tries}: ${failure.code}: ${failure.text}${remedy}`;
  return new DatabaseError(message, failure);
}

function asleepError(failure: Failure, { failures, plan, spentMs }: RetryBudget, why: NoRetry) {
  const isBudget = why === 'budget';
  const within = isBudget
    ? `${plan.budgetMs / 1000} s`
    : `the ${Math.round(spentMs / 1000)} s that the invocation had for it`;
  const remedy = isBudget
    ? `raise ${variableOf('wakeBudgetSeconds')}`
    : "raise the function's timeout";
  const message = `the cluster did not wake within ${within} (attempts: ${failures}): ${failure.code}: ${failure.text}; ${remedy}`;
  return new DatabaseError(message, { ...failure, remedy });
}

/** One repetition of a call, for the log. */
export interface Retry {
  readonly code: string;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly waitMs: number;
}

/** What the repetitions of all statements come to; each statement adds its own. */
export interface RetryUsage {
  retries: number;
  /** From the first call that was refused while a cluster woke to the first that was accepted, in milliseconds. */
  wakeMs: number;
}

/** The collaborators of the repetitions. */
export interface RetryWorld extends RetryLimits {
  readonly clock: Clock;
  readonly random: () => number;
  /** Called before each repetition. */
  readonly onRetry: ((retry: Retry) => void) | undefined;
  readonly usage: RetryUsage;
}

/** Waits for a statement's next attempt after one has failed; throws a `DatabaseError` when there is to be none. */
export type Wait = (failure: Failure, failedMs: number) => Promise<void>;

/** The waits of one statement. Call it just before the first attempt. */
export function retries(world: RetryWorld): Wait {
  const { clock, random, onRetry, usage } = world;
  const budgets = retryBudgets(world);
  let previous: FailureKind | null = null;
  let countedUntilMs = clock.now();

  const total = (of: 'failures' | 'spentMs') =>
    budgets.waking[of] + budgets.switching[of] + budgets.transient[of];

  /** Once a failure says that the cluster is waking, all time since the first attempt counts. */
  function countWaking(): void {
    if (budgets.waking.failures === 0) return;
    usage.wakeMs += clock.now() - countedUntilMs;
    countedUntilMs = clock.now();
  }

  function endWith(failure: Failure, why: NoRetry): DatabaseError {
    return failure.kind === 'resuming'
      ? asleepError(failure, budgets.waking, why)
      : finalError(failure, total('failures'), total('spentMs'));
  }

  return async (failure, failedMs) => {
    const budget = budgets[causeOf(failure)];
    budget.failures += 1;
    budget.spentMs += failedMs;
    countWaking();
    const waitMs = mayHelp(failure.kind, previous)
      ? nextWaitMs(budget, workTimeLeft(clock), random)
      : 'no-use';
    if (typeof waitMs !== 'number') throw endWith(failure, waitMs);
    previous = failure.kind;
    usage.retries += 1;
    onRetry?.({ code: failure.code, attempt: total('failures'), waitMs: Math.round(waitMs) });
    const waitsSinceMs = clock.now();
    await clock.sleep(waitMs);
    budget.spentMs += clock.now() - waitsSinceMs;
    countWaking();
  };
}
