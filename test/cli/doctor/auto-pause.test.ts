import { scheduleFinding } from '../../../cli/doctor/auto-pause';

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

  it('that keeps a cluster awake is reported with both times', () => {
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
