import { withOptions } from '../../../cli/terminal/target';

it('says options in the place of settings', () => {
  expect(withOptions('set SESSION_PURGE_TIME_ZONE, and name it in the tables setting')).toBe(
    'set --time-zone, and name it in --tables',
  );
});

it('says that what is added to a setting stands beside its default, which an option replaces', () => {
  expect(withOptions('add public.old to the tables setting; GRANT DELETE')).toBe(
    'add public.old to --tables, beside what it names now (by default django_session); GRANT DELETE',
  );
});
