import fc from 'fast-check';
import { mistakeIn } from '../../../contract/rule';
import {
  isSchedule,
  lastYear,
  longestGapMinutes,
  shortestGapMinutes,
} from '../../../contract/schedule';

const HOUR = 60;
const DAY = 24 * HOUR;

describe('the longest time between two runs', () => {
  it.each([
    ['rate(1 minute)', 1],
    ['rate(20 minutes)', 20],
    ['rate(2 hours)', 2 * HOUR],
    ['rate(6 hours)', 6 * HOUR],
    ['rate(1 day)', DAY],
    ['rate(7 days)', 7 * DAY],
    ['cron(17 2 * * ? *)', DAY],
    ['cron(0/15 * * * ? *)', 15],
    ['cron(* * ? * * *)', 1],
    ['cron(10,50 * * * ? *)', 40],
    ['cron(0 8-18 * * ? *)', 14 * HOUR],
    ['cron(0 8-18/5 * * ? *)', 14 * HOUR],
    ['cron(0 8,20 ? * MON-FRI *)', 2 * DAY + 12 * HOUR],
    ['cron(0 4 ? * MON *)', 7 * DAY],
    ['cron(0 4 ? * 2,6 *)', 4 * DAY],
    ['cron(0 4 ? * sat *)', 7 * DAY],
    ['cron(0 0 1 * ? *)', 31 * DAY],
    ['cron(0 0 1 JAN-FEB,jul ? *)', 184 * DAY],
    ['cron(0 0 31 * ? *)', 61 * DAY],
    ['cron(0 0 1 1 ? *)', 366 * DAY],
    ['cron(0 0 29 2 ? *)', 1461 * DAY],
    ['cron(0 4 ? * FRI-MON *)', 4 * DAY],
    ['cron(0 4 ? * 6-2 *)', 4 * DAY],
    ['cron(0 18-8 * * ? *)', 10 * HOUR],
    ['cron(0 22-4/3 * * ? *)', 18 * HOUR],
    ['cron(0 4 1 NOV-JAN ? *)', 305 * DAY],
  ])('of %s is %i minutes', (expression, minutes) => {
    expect(longestGapMinutes(expression)).toBe(minutes);
  });

  it.each([
    'cron(0 0 L * ? *)',
    'cron(0 0 15W * ? *)',
    'cron(0 0 ? * 3#2 *)',
    'cron(0 0 ? * 6L *)',
    'cron(0 0 1 1 ? 2030)',
    'cron(99 2 * * ? *)',
    'cron(0/0 2 * * ? *)',
    'cron(0 0 30 2 ? *)',
    'cron(0 0 1 FOO ? *)',
    'cron(1 2 3)',
    'at(2030-01-01T00:00:00)',
    '',
  ])('of %j is not told', (expression) => {
    expect(longestGapMinutes(expression)).toBeUndefined();
  });

  it('of any times of the day is the longest way round the clock', () => {
    const minutesOf = fc.uniqueArray(fc.nat(59), { minLength: 1, maxLength: 4 });
    const hoursOf = fc.uniqueArray(fc.nat(23), { minLength: 1, maxLength: 4 });

    fc.assert(
      fc.property(minutesOf, hoursOf, (minutes, hours) => {
        const gap = longestGapMinutes(`cron(${minutes.join()} ${hours.join()} * * ? *)`);
        const runs = new Set(hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)));
        const free = Array.from(runs, (run) => {
          let next = run + 1;
          while (!runs.has(next % DAY)) next++;
          return next - run;
        });

        expect(gap).toBe(Math.max(...free));
      }),
    );
  });

  it('of no text makes it fail', () => {
    fc.assert(fc.property(fc.string(), (text) => longestGapMinutes(`cron(${text})`) !== null));
  });
});

describe('the shortest time between two runs', () => {
  it.each([
    ['rate(1 minute)', 1],
    ['rate(20 minutes)', 20],
    ['rate(2 hours)', 2 * HOUR],
    ['rate(7 days)', 7 * DAY],
    ['cron(17 2 * * ? *)', DAY],
    ['cron(0 9 L * ? *)', DAY],
    ['cron(0 4 ? * MON *)', DAY],
    ['cron(0 2,14 * * ? *)', 12 * HOUR],
    ['cron(0 9 ? * MON-FRI *)', DAY],
    ['cron(0 1,23 * * ? *)', 2 * HOUR],
    ['cron(0 * * * ? *)', HOUR],
    ['cron(0/5 * * * ? *)', 5],
    ['cron(0-10/5 3 * * ? *)', 5],
    ['cron(0 0/6 * * ? *)', 6 * HOUR],
    ['cron(30 9-17/4 * * ? *)', 4 * HOUR],
    ['cron(* * * * ? *)', 1],
    ['cron(*/15 9-17 * * ? *)', 15],
    ['cron(10,50 3 * * ? *)', 40],
  ])('of %s is %i minutes, a day at most', (expression, minutes) => {
    expect(shortestGapMinutes(expression)).toBe(minutes);
  });

  it.each([
    ...['daily', '17 2 * * ? *', 'rate(0 minutes)', 'rate(5 seconds)', 'cron(17 2 * * ?)', ''],
    ...['rate(five minutes)', 'cron(x 2 * * ? *)', 'cron(0/0 2 * * ? *)', 'cron()'],
    ...['cron(60 2 * * ? *)', 'cron(0 24 * * ? *)', 'cron(? 2 * * ? *)'],
  ])('of %j is not told', (expression) => {
    expect(shortestGapMinutes(expression)).toBeUndefined();
  });
});

describe('the last year of a schedule', () => {
  it.each([
    ['cron(0 3 * * ? 2030)', 2030],
    ['cron(0 3 * * ? 2026-2028,2027)', 2028],
    ['cron(0 3 L * ? 2026)', 2026],
  ])('of %s is %i', (expression, year) => {
    expect(lastYear(expression)).toBe(year);
  });

  it.each(['rate(1 day)', 'cron(0 3 * * ? *)', 'cron(0 3 * * ? 2030-2100)', 'cron(0 3 * * ? */2)'])(
    'of %s is not near',
    (expression) => {
      expect(lastYear(expression)).toBeUndefined();
    },
  );
});

/** The pattern as CloudFormation has it. */
const PATTERN = new RegExp(isSchedule.pattern ?? '$^', 'u');

describe('isSchedule', () => {
  // In a crontab 1 is Monday, and Sunday here, so its days are proposed by their names.
  it.each([
    ['@daily', 'write "cron(0 0 * * ? *)"'],
    ['@weekly', 'write "cron(0 0 ? * SUN *)"'],
    ['17 2 * * 1', 'write "cron(17 2 ? * MON *)"'],
    ['17 2 * * 0,3', 'write "cron(17 2 ? * SUN,WED *)"'],
    ['17 2 * * 5-7', 'write "cron(17 2 ? * FRI-SUN *)"'],
    ['cron(17  2 * * ? *)', 'write "cron(17 2 * * ? *)"'],
    [' rate(1  day) ', 'write "rate(1 day)"'],
    ['17  2 * * *', 'write "cron(17 2 * * ? *)"'],
    ['cron(0 2 31 2 ? *)', 'its day of the month "31" is in no month "2", so it never runs'],
    [
      'cron(0 2 31 APR,JUN ? *)',
      'its day of the month "31" is in no month "APR,JUN", so it never runs',
    ],
    ['cron(0 3 * * ? 2020)', 'its year "2020" is over, so it never runs'],
    ['cron(0 3 * * ? 1970-2024,2025)', 'its year "1970-2024,2025" is over, so it never runs'],
    ['cron(0 3 L * ? 2020)', 'its year "2020" is over, so it never runs'],
    ['cron(0 3 29 2 ? 2027)', 'its year "2027" has no 29 February, so it never runs'],
    ['cron(0 3 29-31 FEB ? 2100)', 'its year "2100" has no 29 February, so it never runs'],
  ])('says of %j: %s', (expression, remedy) => {
    expect(mistakeIn(expression, isSchedule)).toContain(remedy);
  });

  it.each([
    ...['rate(1 day)', 'rate(2 days)', 'rate(90 minutes)', 'cron(17 2 * * ? *)'],
    ...['cron(0 4 ? * MON *)', 'cron(0/10 * ? * MON-FRI 2026-2030)', 'cron(0 18-8 * * ? *)'],
    ...['cron(0 0 L * ? *)', 'cron(0 0 L-3 * ? *)', 'cron(0 0 15W * ? *)', 'cron(0 0 LW * ? *)'],
    ...[
      'cron(0 0 ? * 3#2 *)',
      'cron(0 0 ? * fril *)',
      'cron(0 0 ? * L *)',
      'cron(0 2 1,15,L * ? *)',
    ],
    ...['cron(* * ? * * *)', 'cron(*/15 9-17/2 1-31 jan,JUL-12 ? 2199)'],
    ...['cron(0 3 * * ? 2020-2026)', 'cron(0 3 * * ? 2020,2027)', 'cron(0 3 * * ? 2020/7)'],
    ...['cron(0 3 29 2 ? *)', 'cron(0 3 29 2 ? 2027-2028)', 'cron(0 3 28,29 2 ? 2027)'],
  ])('takes %s', (expression) => {
    expect(mistakeIn(expression, isSchedule)).toBeUndefined();
    expect(expression).toMatch(PATTERN);
  });

  it.each([
    ...['cron(0 3 * * ? 2020)', 'cron(0 3 * * ? 1970-2024,2025)', 'cron(0 3 L * ? 2020-2025/2)'],
    ...['cron(0/00 3 * * ? *)', 'cron(0 3 * * ? *,)', 'cron(0 3 ? * ? *)', 'cron(0 3 1 * 1 *)'],
  ])('refuses %s, as its pattern does', (expression) => {
    expect(isSchedule.holds(expression)).toBe(false);
    expect(expression).not.toMatch(PATTERN);
  });

  it.each(['cron(0 3 31 2 ? *)', 'cron(0 3 29 2 ? 2027)', 'cron(0 3 * * ? 2020/200)'])(
    'refuses %s, which a pattern cannot',
    (expression) => {
      expect(isSchedule.holds(expression)).toBe(false);
      expect(expression).toMatch(PATTERN);
    },
  );

  const DEMAND =
    'must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week';

  it.each([
    ['cron(99 2 * * ? *)', 'its minutes "99" must be made of numbers from 0 to 59'],
    ['cron(60 2 * * ? *)', 'its minutes "60" must be made of numbers from 0 to 59'],
    ['cron(0/0 2 * * ? *)', 'its minutes "0/0" must be made of numbers from 0 to 59'],
    ['cron(? 2 * * ? *)', 'its minutes "?" must be made of numbers from 0 to 59'],
    ['cron(0 25 * * ? *)', 'its hours "25" must be made of numbers from 0 to 23'],
    ['cron(0 1-24 * * ? *)', 'its hours "1-24" must be made of numbers from 0 to 23'],
    ['cron(0 2 32 * ? *)', 'its day of the month "32" must be made of numbers from 1 to 31'],
    ['cron(0 2 32W * ? *)', 'its day of the month "32W" must be made of numbers from 1 to 31'],
    ['cron(0 2 1,? * ? *)', 'its day of the month "1,?" must be made of numbers from 1 to 31'],
    ['cron(0 2 * FOO ? *)', 'its month "FOO" must be made of numbers from 1 to 12 or JAN to DEC'],
    [
      'cron(0 2 ? * MO *)',
      'its day of the week "MO" must be made of numbers from 1 to 7 or SUN to SAT',
    ],
    [
      'cron(0 2 ? * 2#6 *)',
      'its day of the week "2#6" must be made of numbers from 1 to 7 or SUN to SAT',
    ],
    ['cron(0 2 * * ? 26)', 'its year "26" must be made of numbers from 1970 to 2199'],
    ['cron(a b c d ? e)', 'its minutes "a" must be made of numbers from 0 to 59'],
    ['cron(0 2 1 * 2 *)', 'its day of the month or its day of the week must be "?", and not both'],
    ['cron(0 2 ? * ? *)', 'its day of the month or its day of the week must be "?", and not both'],
    ['17 2 * * *', 'write "cron(17 2 * * ? *)"'],
    ['cron(17 2 * * *)', 'write "cron(17 2 * * ? *)"'],
    ['0 4 * * mon-fri', 'write "cron(0 4 ? * mon-fri *)"'],
    [
      'rate(1 days)',
      'write it like "rate(1 hour)" or "rate(20 minutes)", with a whole number above 0',
    ],
    [
      'rate(0 minutes)',
      'write it like "rate(1 hour)" or "rate(20 minutes)", with a whole number above 0',
    ],
  ])('refuses %s, and says why', (expression, why) => {
    expect(mistakeIn(expression, isSchedule)).toBe(`${DEMAND}, got "${expression}"; ${why}`);
    expect(expression).not.toMatch(PATTERN);
  });

  it.each([
    '17 2 1 * 1',
    '17 2 * * 8',
    '@reboot',
    '99 2 * * *',
    'every day',
    'at(2030-01-01T00:00:00)',
    '',
    'cron()',
  ])('refuses %j, and only asks for a schedule', (expression) => {
    expect(mistakeIn(expression, isSchedule)).toBe(`${DEMAND}, got "${expression}"`);
    expect(expression).not.toMatch(PATTERN);
  });

  it('takes every schedule on days that each month has', () => {
    const field = (min: number, max: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min, max }).map(String),
        fc.tuple(fc.integer({ min, max }), fc.integer({ min: 1, max })).map((it) => it.join('/')),
        fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map(String),
      );
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 28), field(1, 12), (m, h, d, month) => {
        const schedule = `cron(${m} ${h} ${d} ${month} ? *)`;

        expect(isSchedule.holds(schedule)).toBe(true);
        expect(schedule).toMatch(PATTERN);
      }),
    );
  });
});
