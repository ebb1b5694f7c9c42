import { variableOf } from '../../contract/settings';
import { type Clock, workTimeLeft } from '../clock';
import { DatabaseError, OutOfPatience, OutOfTime } from '../errors';
import { databaseCode, type Failure, type FailureKind } from './failure';
import {
  causeOf,
  nextWaitMs,
  type RetryBudget,
  type RetryLimits,
  retryBudgets,
  type UsedUp,
} from './retry-budget';

/** Whether a statement may pass after a failure of this kind. `wasTooLarge`: the database has stopped it before. */
export function mayHelp(kind: FailureKind, wasTooLarge: boolean): boolean {
  if (kind === 'too-large') return !wasTooLarge;
  return kind !== 'final' && kind !== 'refused';
}

/** The error of a statement that is not sent again, with the remedy. */
export function finalError(failure: Failure, attempts = 1, elapsedMs = 0): DatabaseError {
  const tries =
    attempts > 1 ? ` after ${attempts} attempts in ${Math.round(elapsedMs / 1000)} s` : '';
  const remedy = failure.remedy === null ? '' : `; ${failure.remedy}`;
  const message = `statement failed${tries}: ${failure.code}: ${failure.text}${remedy}`;
  return new DatabaseError(message, failure);
}

function asleepError(failure: Failure, { failures, plan, spentMs }: RetryBudget, why: UsedUp) {
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
  /** See `databaseCode`; absent where the error is none of the database's. */
  readonly databaseCode?: string;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly waitMs: number;
}

/** The sum over the repetitions of all statements. */
export interface RetryUsage {
  retries: number;
  /** From the first call that was refused while a cluster woke to the first that was accepted, in milliseconds. */
  wakeMs: number;
}

/** The collaborators of the repetitions. */
export interface RetryWorld extends RetryLimits {
  readonly clock: Clock;
  readonly random?: () => number;
  /** Called before each repetition. */
  readonly onRetry?: (retry: Retry) => void;
  readonly usage: RetryUsage;
}

/**
 * Waits for a statement's next attempt after one has failed; throws a `DatabaseError` when there is to be none: an
 * `OutOfPatience` where it has been sent for as long as it may be, an `OutOfTime` where only the time of the run was in the way.
 */
export type Wait = (failure: Failure, failedMs: number) => Promise<void>;

/** The repetitions of all statements of one run. */
export interface Retries {
  /** The waits of one statement. Call it just before the first attempt. */
  begin(): Wait;
  /** Gives the statements after this one new budgets, because the database has answered. */
  answered(): void;
}

/**
 * Repeats calls that failed. All statements share the budgets until one is answered, so that many statements wait no
 * longer than one while the service is down.
 */
export function retries(world: RetryWorld): Retries {
  const { clock, random = Math.random, onRetry, usage } = world;
  let budgets = retryBudgets(world);

  function begin(): Wait {
    const startedMs = clock.now();
    let attempts = 0;
    let wasTooLarge = false;
    let previous: Failure | null = null;
    let isWaking = false;
    let countedUntilMs = startedMs;

    /** Counts all time since the first attempt, once a failure has said that the cluster is waking. */
    function countWaking(): void {
      if (!isWaking) return;
      usage.wakeMs += clock.now() - countedUntilMs;
      countedUntilMs = clock.now();
    }

    return async (failure, failedMs) => {
      const { kind, code } = failure;
      attempts += 1;
      isWaking ||= kind === 'resuming';
      countWaking();
      const end = (cause: Failure) => finalError(cause, attempts, clock.now() - startedMs);
      if (!mayHelp(kind, wasTooLarge)) throw end(failure);
      wasTooLarge ||= kind === 'too-large';

      const budget = budgets[causeOf(failure)];
      budget.failures += 1;
      budget.spentMs += failedMs;
      const waitMs = nextWaitMs(budget, workTimeLeft(clock), random);
      if (typeof waitMs !== 'number') {
        if (kind === 'resuming') throw asleepError(failure, budget, waitMs);
        if (waitMs === 'budget') throw new OutOfPatience(end(failure).message, failure);
        // A call that was cut short at the end of the run's time says less than the one before it.
        const isCutShort = waitMs === 'time-left' && code === 'ETIMEDOUT' && kind === 'unknown';
        if (!isCutShort) throw end(failure);
        throw previous === null ? new OutOfTime(end(failure).message, failure) : end(previous);
      }
      previous = failure;
      usage.retries += 1;
      const ofDatabase = databaseCode(failure);
      onRetry?.({
        code,
        ...(ofDatabase !== null && { databaseCode: ofDatabase }),
        attempt: attempts,
        waitMs: Math.round(waitMs),
      });
      const waitsSinceMs = clock.now();
      await clock.sleep(waitMs);
      budget.spentMs += clock.now() - waitsSinceMs;
      countWaking();
    };
  }

  return {
    begin,
    answered: () => {
      budgets = retryBudgets(world);
    },
  };
}
