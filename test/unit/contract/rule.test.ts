import { isTimeZone, mistakeIn, oneOf, within } from '../../../contract/rule';

describe('a range', () => {
  const whole = within({ min: 1, max: 10, whole: true }, 'days');
  const any = within({ min: 0, max: 0.5, whole: false });

  it.each([1, 10, 5])('takes %d', (value) => {
    expect(mistakeIn(value, whole)).toBeUndefined();
  });

  it.each([0, 11, 1.5, Number.NaN, '5', null, undefined, [5]])('refuses %j', (value) => {
    expect(mistakeIn(value, whole)).toMatch(/^must be a whole number of days from 1 to 10, got /);
  });

  it('may allow fractions', () => {
    expect(mistakeIn(0.25, any)).toBeUndefined();
    expect(mistakeIn(0.75, any)).toBe('must be a number from 0 to 0.5, got 0.75');
  });
});

describe('a choice', () => {
  it.each([
    [['wake', 'skip'], 'must be "wake" or "skip", got "Wake"'],
    [[true, false, 'create-registry'], 'must be true, false or "create-registry", got "Wake"'],
  ])('tells what there is to choose from: %j', (choices, message) => {
    expect(mistakeIn('Wake', oneOf(choices))).toBe(message);
    for (const choice of choices) expect(mistakeIn(choice, oneOf(choices))).toBeUndefined();
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Lisbon', 'Asia/Kathmandu'])('may be %s', (name) => {
    expect(isTimeZone.holds(name)).toBe(true);
  });

  it.each(['+02:00', '-05', '', 'Lisbon', 7])('is not %j', (name) => {
    expect(isTimeZone.holds(name)).toBe(false);
  });
});
