import { createSessionTable, insertSessions, seedSessions } from '../../local/django-table';
import { createDatabase, type TestDatabase } from '../support/postgres';

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

const rowsOf = async (sql: string) => (await db.admin.query({ text: sql, rowMode: 'array' })).rows;

test("has the columns of Django's migration", async () => {
  const columns = await rowsOf(
    `SELECT column_name, data_type, character_maximum_length, is_nullable, column_default
     FROM information_schema.columns WHERE table_name = 'django_session' ORDER BY ordinal_position`,
  );
  expect(columns).toEqual([
    ['session_key', 'character varying', 40, 'NO', null],
    ['session_data', 'text', null, 'NO', null],
    ['expire_date', 'timestamp with time zone', null, 'NO', null],
  ]);
});

test("has the indexes of Django's migration", async () => {
  const indexes = await rowsOf(
    "SELECT indexdef FROM pg_indexes WHERE tablename = 'django_session' ORDER BY indexname",
  );
  expect(indexes.flat()).toEqual([
    'CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date)',
    'CREATE UNIQUE INDEX django_session_pkey ON public.django_session USING btree (session_key)',
    'CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops)',
  ]);
});

test('keeps the microseconds of a row that is given as text', async () => {
  const expireDate = '2026-01-01 00:00:00.123456+00';
  await insertSessions(db.admin, [{ sessionKey: 'a', expireDate }]);
  expect(await rowsOf('SELECT session_key, expire_date::text FROM django_session')).toEqual([
    ['a', expireDate],
  ]);
});

test('seeds as many expired and live sessions as asked, oldest first', async () => {
  const table = { schema: 'seeded', table: 'django_session' };
  await createSessionTable(db.admin, table);
  await seedSessions(db.admin, { ...table, expired: 90, live: 10, expiredOverDays: 9 });

  const [summary] = await rowsOf(
    `SELECT count(*) FILTER (WHERE expire_date < now())::int,
            count(*) FILTER (WHERE expire_date > now())::int,
            extract(day FROM now() - min(expire_date))::int,
            bool_and(session_key ~ '^[a-z0-9]{32}$'), avg(length(session_data))::int,
            array_agg(expire_date ORDER BY ctid) = array_agg(expire_date ORDER BY expire_date)
     FROM seeded.django_session`,
  );
  expect(summary).toEqual([90, 10, 8, true, 352, true]);
});

test.each([
  ['two hours ago, unless it is told otherwise', {}, 7200],
  ['when it is told', { newestExpiredSecondsAgo: 20 }, 20],
])('seeds a newest session that expired %s', async (_when, seed, secondsAgo) => {
  await db.admin.query('TRUNCATE django_session');
  await seedSessions(db.admin, { expired: 3, ...seed });

  const [row] = await rowsOf(
    'SELECT extract(epoch FROM now() - max(expire_date))::float8 FROM django_session',
  );

  expect(row?.[0] - secondsAgo).toBeGreaterThanOrEqual(0);
  expect(row?.[0] - secondsAgo).toBeLessThan(10);
});
