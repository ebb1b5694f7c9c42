import { setTimeout } from 'node:timers/promises';

/** The function's only source of time. The database's clock, and never this one, decides what has expired. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences between two values have a meaning. */
  now(): number;
  /** The machine's date and time: for CloudWatch's last minutes, and to compare with the database's clock. */
  timeOfDay(): Date;
  /** Milliseconds until Lambda ends the invocation. */
  timeLeft(): number;
  sleep(durationMs: number): Promise<void>;
  /** The outcome of the work; rejects with the code `ETIMEDOUT` when it takes longer, and does not stop the work. */
  within<T>(durationMs: number, work: Promise<T>): Promise<T>;
}

/** The part of Lambda's context that says how long the invocation may go on. */
export interface Deadline {
  getRemainingTimeInMillis(): number;
}

/** The clock of one invocation. */
export function invocationClock(deadline: Deadline): Clock {
  return {
    now: () => performance.now(),
    timeOfDay: () => new Date(),
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

/** The time kept at the end of an invocation for the report, its metrics and the answer, in milliseconds. */
export const REPORT_MARGIN_MS = 3000;

/** Milliseconds that work may still take: the time left less the margin for the report, and at least 0. */
export function workTimeLeft(clock: Pick<Clock, 'timeLeft'>): number {
  return Math.max(0, clock.timeLeft() - REPORT_MARGIN_MS);
}

/** The clock, as if the invocation ended so that its work takes no longer than this from now on. */
export function limitedClock(clock: Clock, workMs: number): Clock {
  const endMs = clock.now() + workMs + REPORT_MARGIN_MS;
  return { ...clock, timeLeft: () => Math.min(clock.timeLeft(), endMs - clock.now()) };
}

/**
 * Milliseconds that a call of at most `limitMs` may still take: no longer than the work may, and at least 1, since clients
 * take 0 for no limit.
 */
export function callTimeLeft(clock: Clock, limitMs: number): number {
  return Math.max(1, Math.min(limitMs, workTimeLeft(clock)));
}
