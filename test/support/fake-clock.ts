import type { Clock } from '../../lambda/clock';

/** One sleep, with the time that was left when it began. */
export interface Sleep {
  readonly durationMs: number;
  readonly timeLeftMs: number;
}

/** A clock that moves only in `pass` and `sleep`, and waits for nothing. */
export interface FakeClock extends Clock {
  readonly sleeps: readonly Sleep[];
  /** Lets time pass, as a call to the database does. */
  pass(durationMs: number): void;
}

/** Far from zero, so that a test shows when code takes a value for a difference. */
const STARTED_MS = 7_000_000;

/** A date and time for tests that do not need another one. */
const STARTED_AT = new Date('2026-11-22T03:17:00.000Z');

/** A clock at the start of an invocation that may still go on for `timeLeftMs`. */
export function fakeClock(timeLeftMs = 900_000, startedAt = STARTED_AT): FakeClock {
  const sleeps: Sleep[] = [];
  let passedMs = 0;
  const timeLeft = () => timeLeftMs - passedMs;
  return {
    sleeps,
    now: () => STARTED_MS + passedMs,
    timeOfDay: () => new Date(startedAt.getTime() + passedMs),
    timeLeft,
    pass(durationMs) {
      passedMs += durationMs;
    },
    within: (_durationMs, work) => work,
    async sleep(durationMs) {
      sleeps.push({ durationMs, timeLeftMs: timeLeft() });
      passedMs += durationMs;
    },
  };
}
