import { setTimeout } from 'node:timers/promises';

/** All that the function knows of time; the database's clock decides what has expired, never this one. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward; of use for differences alone. */
  now(): number;
  /** Milliseconds until Lambda ends the invocation. */
  timeLeft(): number;
  sleep(durationMs: number): Promise<void>;
  /** The outcome of the work, or a rejection with code `ETIMEDOUT` when it takes longer; the work goes on unheard. */
  within<T>(durationMs: number, work: Promise<T>): Promise<T>;
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
    within,
  };
}

async function within<T>(durationMs: number, work: Promise<T>): Promise<T> {
  const finished = new AbortController();
  const limit = setTimeout(durationMs, null, { signal: finished.signal }).then(() => {
    throw Object.assign(new Error(`no answer within ${Math.round(durationMs)} ms`), {
      code: 'ETIMEDOUT',
    });
  });
  // Once the work is done the timer is aborted, which rejects it.
  limit.catch(() => {});
  return Promise.race([work, limit]).finally(() => finished.abort());
}

/** The machine's time of day: good for asking CloudWatch of the last minutes, never for what has expired. */
export function timeOfDay(): Date {
  return new Date();
}

/** Kept back at the end of an invocation for the report, its metrics and the answer, in milliseconds. */
export const REPORT_MARGIN_MS = 3000;

/** Milliseconds that work may still use: the time left, less the margin for the report; 0 when it is gone. */
export function workTimeLeft(clock: Clock): number {
  return Math.max(0, clock.timeLeft() - REPORT_MARGIN_MS);
}
