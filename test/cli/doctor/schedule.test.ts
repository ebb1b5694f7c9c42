import { scheduleFinding } from '../../../cli/doctor/auto-pause';
import { shortestGapSeconds } from '../../../cli/doctor/schedule';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the shortest time between two runs', () => {
  it.each([
    ['rate(1 minute)', MINUTE],
    ['rate(20 minutes)', 20 * MINUTE],
    ['rate(2 hours)', 2 * HOUR],
    ['rate(7 days)', 7 * DAY],
    ['cron(17 2 * * ? *)', DAY],
    ['cron(0 9 ? * MON-FRI *)', DAY],
    ['cron(0 9 L * ? *)', DAY],
    ['cron(0 2,14 * * ? *)', 12 * HOUR],
    ['cron(0 1,23 * * ? *)', 2 * HOUR],
    ['cron(0 * * * ? *)', HOUR],
    ['cron(* * * * ? *)', MINUTE],
    ['cron(0/5 * * * ? *)', 5 * MINUTE],
    ['cron(*/15 9-17 * * ? *)', 15 * MINUTE],
    ['cron(0 0/6 * * ? *)', 6 * HOUR],
    ['cron(10,50 3 * * ? *)', 40 * MINUTE],
    ['cron(0-10/5 3 * * ? *)', 5 * MINUTE],
    ['cron(30 9-17/4 * * ? *)', 4 * HOUR],
  ])('of %s', (schedule, seconds) => {
    expect(shortestGapSeconds(schedule)).toBe(seconds);
  });

  it.each([
    'daily',
    '17 2 * * ? *',
    'rate(0 minutes)',
    'rate(five minutes)',
    'rate(5 seconds)',
    'cron(17 2 * * ?)',
    'cron(60 2 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(x 2 * * ? *)',
    'cron(? 2 * * ? *)',
    'cron(0/0 2 * * ? *)',
    'cron(30-10 2 * * ? *)',
    'cron()',
    '',
  ])('of %j is none', (schedule) => {
    expect(shortestGapSeconds(schedule)).toBeNull();
  });
});

describe('a schedule', () => {
  it.each([
    ['rate(5 minutes)', 300, 'warning'],
    ['rate(6 minutes)', 300, 'ok'],
    ['rate(6 minutes)', 3600, 'warning'],
    ['cron(17 2 * * ? *)', 300, 'ok'],
    ['cron(17 2 * * ? *)', 86_400, 'warning'],
    ['rate(1 minute)', 'never', 'ok'],
    ['rate(4 minutes)', 'unknown', 'warning'],
    ['rate(5 minutes)', 'unknown', 'unknown'],
    ['cron(17 2 * * ? *)', 'unknown', 'unknown'],
  ] as const)('%s, where the cluster pauses itself after %s, is %s', (schedule, idle, state) => {
    expect(scheduleFinding(schedule, idle)).toMatchObject({ requirement: 'schedule', state });
  });

  it('that keeps a cluster awake is told with both times', () => {
    expect(scheduleFinding('rate(5 minutes)', 5400)).toEqual({
      requirement: 'schedule',
      table: null,
      state: 'warning',
      detail:
        'runs come as close as 5 minutes, and the cluster pauses itself after 90 minutes without connections: it never will',
      fix: "run it less often, like 'cron(17 2 * * ? *)', or turn auto-pause off",
    });
  });
});
