import { POSTGRESQL } from '../support/engines';
import { purgeBed } from '../support/purge-bed';
import { describeSeeds } from './seeds.suite';

POSTGRESQL.describe(() => describeSeeds(POSTGRESQL));

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  test("has the columns of Django's migration", async () => {
    const columns = await bed.query(
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
    const indexes = await bed.query(
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
    await bed.insert([{ sessionKey: 'a', expireDate }]);
    expect(await bed.query('SELECT session_key, expire_date::text FROM django_session')).toEqual([
      ['a', expireDate],
    ]);
  });

  test('a seed stores the oldest session first', async () => {
    await bed.seed({ expired: 90, live: 10 });

    const keysBy = async (order: string) =>
      (await bed.query(`SELECT session_key FROM django_session ORDER BY ${order}`)).flat();
    expect(await keysBy('ctid')).toEqual(await keysBy('expire_date'));
  });
});
