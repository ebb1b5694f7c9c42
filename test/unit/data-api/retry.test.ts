import type { FailureKind } from '../../../lambda/data-api/failure';
import { finalError, mayHelp } from '../../../lambda/data-api/retry';
import { failureOf } from '../../support/failed-call';

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
