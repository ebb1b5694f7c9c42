import {
  callTimeLeft,
  invocationClock,
  limitedClock,
  REPORT_MARGIN_MS,
  workTimeLeft,
} from '../../lambda/clock';
import { fakeClock } from '../support/fake-clock';

const clockWith = (remainingMs: number) =>
  invocationClock({ getRemainingTimeInMillis: () => remainingMs });

describe('timeOfDay', () => {
  it("is the machine's date and time", () => {
    jest.useFakeTimers({ now: 86_400_000 });

    const now = clockWith(0).timeOfDay();
    jest.useRealTimers();

    expect(now).toEqual(new Date('1970-01-02T00:00:00Z'));
  });
});

describe('invocationClock', () => {
  it("asks Lambda's context for the time left each time", () => {
    const remaining = [900_000, 899_000];
    const clock = invocationClock({ getRemainingTimeInMillis: () => remaining.shift() ?? 0 });

    expect([clock.timeLeft(), clock.timeLeft(), clock.timeLeft()]).toEqual([900_000, 899_000, 0]);
  });

  it('never goes back', () => {
    const clock = clockWith(0);

    const times = Array.from({ length: 100 }, () => clock.now());

    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  it('does not follow the wall clock', () => {
    const clock = clockWith(0);
    jest.useFakeTimers({ doNotFake: ['performance'], now: 0 });
    const before = clock.now();

    jest.setSystemTime(86_400_000);
    const elapsedMs = clock.now() - before;
    jest.useRealTimers();

    expect(elapsedMs).toBeLessThan(86_400_000);
  });

  it('sleeps for the given time', async () => {
    jest.useFakeTimers();
    const awake: string[] = [];
    const sleep = clockWith(0)
      .sleep(1000)
      .then(() => awake.push('awake'));

    await jest.advanceTimersByTimeAsync(999);
    const early = [...awake];
    await jest.advanceTimersByTimeAsync(1);
    jest.useRealTimers();
    await sleep;

    expect(early).toEqual([]);
    expect(awake).toEqual(['awake']);
  });
});

describe('within a time', () => {
  it('work ends by itself, in success or failure', async () => {
    const clock = clockWith(0);

    await expect(clock.within(1000, Promise.resolve('done'))).resolves.toBe('done');
    await expect(clock.within(1000, Promise.reject(new Error('bad')))).rejects.toThrow('bad');
  });

  it('work that takes longer is abandoned', async () => {
    const never = new Promise(() => {});

    await expect(clockWith(0).within(20, never)).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: 'no answer within 20 ms',
    });
  });
});

describe('workTimeLeft', () => {
  it('keeps three seconds for the report', () => {
    expect(REPORT_MARGIN_MS).toBe(3000);
    expect(workTimeLeft(fakeClock(10_000))).toBe(7000);
  });

  it.each([3000, 2999, 0, -5])('is nothing when only the margin is left: %s ms', (timeLeftMs) => {
    expect(workTimeLeft(fakeClock(timeLeftMs))).toBe(0);
  });
});

describe('a limited clock', () => {
  it('leaves as much time for work as was given, while the invocation has that much', async () => {
    const clock = fakeClock(900_000);
    const limited = limitedClock(clock, 60_000);

    expect(workTimeLeft(limited)).toBe(60_000);
    await limited.sleep(45_000);
    expect(workTimeLeft(limited)).toBe(15_000);
    expect(clock.timeLeft()).toBe(855_000);
  });

  it('leaves no more time than the invocation has', () => {
    expect(limitedClock(fakeClock(20_000), 60_000).timeLeft()).toBe(20_000);
  });
});

describe('callTimeLeft', () => {
  it.each([
    ['the limit where the work may go on for longer', 60_000, 5000],
    ['what the work may still take', 7000, 4000],
    ['a millisecond where the work has no time left', 2000, 1],
  ])('is %s', (_what, timeLeftMs, expected) => {
    expect(callTimeLeft(fakeClock(timeLeftMs), 5000)).toBe(expected);
  });
});
