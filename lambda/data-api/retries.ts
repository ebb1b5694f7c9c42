import { ENVIRONMENT } from '../../contract/settings';
import { type Clock, workTimeLeft } from '../clock';
import { DatabaseError } from '../errors';
import type { Failure } from './failure';
import { nextWaitMs, nothingSpent, type Spending, spentOn } from './retry';

/** Told before each retry. */
export interface Retry {
  readonly code: string;
  readonly attempt: number;
  readonly waitMs: number;
}

/** What the retries of all statements came to; each statement's add to it. */
export interface RetryUsage {
  retries: number;
  /** From the first call that was refused while a cluster woke to the first that was accepted. */
  wakeMs: number;
}

/** The collaborators of the retries. */
export interface RetryWorld {
  readonly clock: Clock;
  readonly random: () => number;
  readonly onRetry: ((retry: Retry) => void) | undefined;
  readonly usage: RetryUsage;
  /** How long one statement waits for the cluster, should it be paused. */
  readonly wakeBudgetSeconds: number;
}

/** A failure after which the statement is not sent again, with the remedy. */
export function gaveUp(failure: Failure, attempts = 1, elapsedMs = 0): DatabaseError {
  const tries =
    attempts > 1 ? ` after ${attempts} attempts in ${Math.round(elapsedMs / 1000)} s` : '';
  const remedy = failure.remedy === null ? '' : `; ${failure.remedy}`;
  const message = `statement failed${tries}: ${failure.code}: ${failure.text}${remedy}`;
  return new DatabaseError(message, failure);
}

function didNotWake(failure: Failure, attempts: number, within: string, remedy: string) {
  const message = `the cluster did not wake within ${within} (attempts: ${attempts}): ${failure.code}: ${failure.text}; ${remedy}`;
  return new DatabaseError(message, { ...failure, remedy });
}

function attemptsOf({ waking, transient }: Spending): number {
  return waking.failures + transient.failures;
}

/** What passes between the attempts of one statement. */
export interface Retries {
  /** Waits for the next attempt, once one has failed; throws a `DatabaseError` when there is to be none. */
  wait(failure: Failure, failedMs: number): Promise<void>;
}

/** The retries of a statement whose first attempt is about to be sent. */
export function retries(world: RetryWorld): Retries {
  const { clock, random, onRetry, usage, wakeBudgetSeconds } = world;
  const spending = nothingSpent();
  let notYetCountedMs = clock.now();

  /** Counts all that passed since the statement's first attempt, once it is clear that a cluster wakes. */
  function countWaking(): void {
    if (spending.waking.failures === 0) return;
    usage.wakeMs += clock.now() - notYetCountedMs;
    notYetCountedMs = clock.now();
  }

  function giveUp(failure: Failure, why: string): DatabaseError {
    const { waking, transient } = spending;
    const elapsedMs = waking.elapsedMs + transient.elapsedMs;
    if (failure.kind !== 'resuming') return gaveUp(failure, attemptsOf(spending), elapsedMs);
    const left = `the ${Math.round(waking.elapsedMs / 1000)} s that the invocation had for it`;
    return why === 'budget'
      ? didNotWake(
          failure,
          waking.failures,
          `${wakeBudgetSeconds} s`,
          `raise ${ENVIRONMENT.wakeBudgetSeconds}`,
        )
      : didNotWake(failure, waking.failures, left, "raise the function's timeout");
  }

  async function wait(failure: Failure, failedMs: number): Promise<void> {
    const spent = spentOn(failure.kind, spending);
    spent.failures += 1;
    spent.elapsedMs += failedMs;
    countWaking();
    const state = {
      ...spent,
      timeLeftMs: workTimeLeft(clock),
      wakeBudgetMs: wakeBudgetSeconds * 1000,
    };
    const waitMs = nextWaitMs(failure.kind, state, random);
    if (typeof waitMs !== 'number') throw giveUp(failure, waitMs);
    usage.retries += 1;
    const attempt = attemptsOf(spending);
    onRetry?.({ code: failure.code, attempt, waitMs: Math.round(waitMs) });
    const waitsSinceMs = clock.now();
    await clock.sleep(waitMs);
    spent.elapsedMs += clock.now() - waitsSinceMs;
    countWaking();
  }

  return { wait };
}
