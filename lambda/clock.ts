import { setTimeout } from 'node:timers/promises';

/** All that the function knows of time; the database's clock decides what has expired, never this one. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward; of use for differences alone. */
  now(): number;
  /** Milliseconds until Lambda ends the invocation. */
  timeLeft(): number;
  sleep(durationMs: number): Promise<void>;
}

/** The part of Lambda's context that tells how long the invocation may go on. */
export interface Deadline {
  getRemainingTimeInMillis(): number;
}

/** The clock of one invocation. */
export function invocationClock(deadline: Deadline): Clock {
  return {
    now: () => performance.now(),
    timeLeft: () => deadline.getRemainingTimeInMillis(),
    sleep: (durationMs) => setTimeout(durationMs),
  };
}

/** Kept back at the end of an invocation for the report, its metrics and the answer, in milliseconds. */
export const REPORT_MARGIN_MS = 3000;

/** Milliseconds that work may still use: the time left, less the margin for the report; 0 when it is gone. */
export function workTimeLeft(clock: Clock): number {
  return Math.max(0, clock.timeLeft() - REPORT_MARGIN_MS);
}
