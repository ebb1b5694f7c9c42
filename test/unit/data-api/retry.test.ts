import type { FailureKind } from '../../../lambda/data-api/failure';
import { finalError, mayHelp, retries } from '../../../lambda/data-api/retry';
import { OutOfTime } from '../../../lambda/errors';
import { failureOf } from '../../support/failed-call';
import { type FakeClock, fakeClock } from '../../support/fake-clock';

describe('mayHelp', () => {
  it.each<[FailureKind, boolean, boolean]>([
    ['transient', false, true],
    ['transient', true, true],
    ['resuming', true, true],
    ['unknown', true, true],
    ['too-large', false, true],
    ['too-large', true, false],
    ['final', false, false],
    ['refused', false, false],
  ])('%s, having been too large: %s, may pass: %s', (kind, wasTooLarge, expected) => {
    expect(mayHelp(kind, wasTooLarge)).toBe(expected);
  });
});

describe('finalError', () => {
  const failure = failureOf('DatabaseErrorException', 'too many clients; SQLState: 53300');

  it('has the failure, what was seen, and the remedy', () => {
    expect(finalError(failure)).toMatchObject({
      message:
        'statement failed: DatabaseErrorException: too many clients; SQLState: 53300; the database has no connection left: look for a leak, or raise its limit',
      failure,
    });
  });

  it('tells of attempts where there was more than one', () => {
    expect(finalError(failure, 1, 900).message).toMatch(/^statement failed: /);
    expect(finalError(failure, 2, 900).message).toMatch(
      /^statement failed after 2 attempts in 1 s: /,
    );
  });

  it('ends with what was seen where there is no remedy', () => {
    const bad = failureOf('BadRequestException', 'bad');

    expect(finalError(bad).message).toBe('statement failed: BadRequestException: bad');
  });
});

describe('a statement whose last attempt is cut short by the end of the run', () => {
  const waitFor = (clock: FakeClock) =>
    retries({
      clock,
      random: () => 0.5,
      usage: { retries: 0, wakeMs: 0 },
      wakeBudgetSeconds: 60,
    }).begin();
  const locked = failureOf('DatabaseErrorException', 'lock timeout; SQLState: 55P03');
  const cutShort = failureOf('ETIMEDOUT', 'no answer within 500 ms');

  it('ends with what the database said before', async () => {
    const clock = fakeClock(20_000);
    const wait = waitFor(clock);
    await wait(locked, 3000);
    clock.pass(16_500);

    await expect(wait(cutShort, 500)).rejects.toThrow(/^statement failed after 2 attempts .*55P03/);
  });

  it('ends with its own error where there was none before', async () => {
    const ended = waitFor(fakeClock(3000))(cutShort, 500);

    await expect(ended).rejects.toThrow(OutOfTime);
    await expect(ended).rejects.toThrow(/no answer within 500 ms/);
  });

  it('does not end for want of time where the service was not reached', async () => {
    const unreachable = failureOf('ETIMEDOUT', 'could not establish a connection');

    await expect(waitFor(fakeClock(3000))(unreachable, 500)).rejects.not.toThrow(OutOfTime);
  });
});
