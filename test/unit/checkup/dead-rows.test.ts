import { deadRowsFinding } from '../../../lambda/checkup/dead-rows';
import { postgresqlCheckup } from '../../../lambda/database/postgresql/checkup';

const AT_PUBLIC = {
  engine: postgresqlCheckup,
  table: { schema: 'public', table: 'django_session' },
  name: 'public.django_session',
  user: 'purger',
};

const LAST = '2026-11-21T03:14:15.926535+00:00';

/** A table of 100 000 rows, of which a purge has just deleted a third; autovacuum came after the one before. */
const AFTER_A_PURGE = {
  deadRows: 33_000,
  deadRowsLeft: 0,
  vacuumThreshold: 20_050,
  daysWithoutVacuum: 0,
  lastAutovacuum: LAST,
  turnAutovacuumOn: null,
};

const dead = (given: Partial<Record<keyof typeof AFTER_A_PURGE, number | string | null>>) =>
  deadRowsFinding(AT_PUBLIC, { ...AFTER_A_PURGE, ...given });

it.each([
  ['just after a purge', {}],
  ['just after the first of all', { lastAutovacuum: null }],
  ['just after a purge that runs once a week', { daysWithoutVacuum: 7 }],
  ['where autovacuum has had no reason to come', { deadRows: 20_050, daysWithoutVacuum: 365 }],
  ['that were deleted while autovacuum was at work', { deadRowsLeft: 40_100 }],
])('dead rows are ok %s', (_when, given) => {
  expect(dead(given)).toMatchObject({ state: 'ok', fix: null });
});

it('are told with the last autovacuum', () => {
  expect(dead({}).detail).toBe('33000 dead rows, last autovacuum 2026-11-21T03:14');
  expect(dead({ lastAutovacuum: null }).detail).toBe('33000 dead rows, no autovacuum yet');
});

it.each([
  [
    'were left by a vacuum',
    { deadRows: 45_000, deadRowsLeft: 40_101 },
    'the last vacuum could not clear 40101 of them',
    /^look for old transactions in pg_stat_activity .* VACUUM \(ANALYZE\) public.django_session$/,
  ],
  [
    'wait for an autovacuum that does not come',
    { daysWithoutVacuum: 8 },
    'autovacuum has not come for 8 days',
    /VACUUM/,
  ],
  [
    'stay, since autovacuum is off',
    { deadRows: 0, turnAutovacuumOn: 'turn it on' },
    'autovacuum is off',
    /^turn it on$/,
  ],
])('are a warning where they %s', (_why, given, trouble, fix) => {
  expect(dead(given)).toMatchObject({
    state: 'warning',
    detail: expect.stringMatching(new RegExp(`: ${trouble}$`)),
    fix: expect.stringMatching(fix),
  });
});

it('are unknown where the database counts none', () => {
  expect(dead({ deadRows: null })).toMatchObject({
    state: 'unknown',
    detail: 'the database counts none',
  });
});
