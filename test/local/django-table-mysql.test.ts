import { MYSQL } from '../support/engines';
import { purgeBed } from '../support/purge-bed';
import { describeSeeds } from './seeds.suite';

MYSQL.describe(() => describeSeeds(MYSQL));

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL);

  test("has the columns of Django's migration", async () => {
    const columns = await bed.query(
      `SELECT column_name, column_type, is_nullable, column_default
       FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name = 'django_session' ORDER BY ordinal_position`,
    );
    expect(columns).toEqual([
      ['session_key', 'varchar(40)', 'NO', null],
      ['session_data', 'longtext', 'NO', null],
      ['expire_date', 'datetime(6)', 'NO', null],
    ]);
  });

  test("has the indexes of Django's migration", async () => {
    const indexes = await bed.query(
      `SELECT index_name, column_name, non_unique FROM information_schema.statistics
       WHERE table_schema = DATABASE() ORDER BY index_name`,
    );
    expect(indexes).toEqual([
      ['django_session_expire_date_a5c62663', 'expire_date', 1],
      ['PRIMARY', 'session_key', 0],
    ]);
  });

  test('stores instants in UTC, to the microsecond', async () => {
    await bed.insert([
      { sessionKey: 'a', expireDate: '2026-01-01T00:00:00.123456Z' },
      { sessionKey: 'b', expireDate: '2026-01-01 00:00:00.5+00' },
      { sessionKey: 'c', expireDate: new Date('2026-01-01T00:00:00.125Z') },
      { sessionKey: 'd', expireDate: '2026-01-01 02:00:00' },
    ]);
    await bed.insert([]);
    expect(await bed.query('SELECT * FROM django_session ORDER BY session_key')).toEqual([
      ['a', 'e30:test', '2026-01-01 00:00:00.123456'],
      ['b', 'e30:test', '2026-01-01 00:00:00.500000'],
      ['c', 'e30:test', '2026-01-01 00:00:00.125000'],
      ['d', 'e30:test', '2026-01-01 02:00:00.000000'],
    ]);
  });
});
