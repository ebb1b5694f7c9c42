import type { RowDataPacket } from 'mysql2';
import {
  createMysqlSessionTable,
  insertMysqlSessions,
  seedMysqlSessions,
} from '../../local/django-table-mysql';
import {
  createMysqlDatabase,
  describeWithMariadb,
  type MysqlTestDatabase,
} from '../support/mariadb';

describeWithMariadb(() => {
  let db: MysqlTestDatabase;
  beforeAll(async () => {
    db = await createMysqlDatabase();
  });
  afterAll(() => db.close());

  const rowsOf = async (sql: string) => {
    const [rows] = await db.admin.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
    return rows;
  };

  test("has the columns of Django's migration", async () => {
    const columns = await rowsOf(
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
    const indexes = await rowsOf(
      `SELECT index_name, column_name, non_unique FROM information_schema.statistics
       WHERE table_schema = DATABASE() ORDER BY index_name`,
    );
    expect(indexes).toEqual([
      ['django_session_expire_date_a5c62663', 'expire_date', 1],
      ['PRIMARY', 'session_key', 0],
    ]);
  });

  test('stores instants in UTC, to the microsecond', async () => {
    await insertMysqlSessions(db.admin, [
      { sessionKey: 'a', expireDate: '2026-01-01T00:00:00.123456Z' },
      { sessionKey: 'b', expireDate: '2026-01-01 00:00:00.5+00' },
      { sessionKey: 'c', expireDate: new Date('2026-01-01T00:00:00.125Z') },
      { sessionKey: 'd', expireDate: '2026-01-01 02:00:00' },
    ]);
    await insertMysqlSessions(db.admin, []);
    expect(await rowsOf('SELECT * FROM django_session ORDER BY session_key')).toEqual([
      ['a', 'e30:test', '2026-01-01 00:00:00.123456'],
      ['b', 'e30:test', '2026-01-01 00:00:00.500000'],
      ['c', 'e30:test', '2026-01-01 00:00:00.125000'],
      ['d', 'e30:test', '2026-01-01 02:00:00.000000'],
    ]);
  });

  test('seeds as many expired and live sessions as asked, evenly over the time', async () => {
    const table = { schema: `${db.database}_seeded`, table: 'sessions of `a`' };
    const extraColumns = ['`user_id` integer'];
    await createMysqlSessionTable(db.admin, { ...table, extraColumns });
    await seedMysqlSessions(db.admin, {
      ...table,
      ...{ expired: 900, live: 100, newestExpiredSecondsAgo: 1, expiredOverDays: 9 },
    });

    const [summary] = await rowsOf(
      `SELECT SUM(expire_date < UTC_TIMESTAMP(6)), SUM(expire_date > UTC_TIMESTAMP(6)),
              SUM(expire_date < UTC_TIMESTAMP(6) - INTERVAL 3 DAY),
              COUNT(DISTINCT expire_date), SUM(session_key RLIKE '^[a-z0-9]{32}$'),
              AVG(LENGTH(session_data)),
              TIMESTAMPDIFF(DAY, UTC_TIMESTAMP(6), MAX(expire_date))
       FROM \`${table.schema}\`.\`sessions of \`\`a\`\`\``,
    );
    await db.admin.query(`DROP DATABASE \`${table.schema}\``);
    expect(summary?.map(Number)).toEqual([900, 100, 600, 1000, 1000, 352, 14]);
  });

  test.each([
    ['two hours ago, unless it is told otherwise', {}, 7200],
    ['when it is told', { newestExpiredSecondsAgo: 20 }, 20],
  ])('seeds a newest session that expired %s', async (_when, seed, secondsAgo) => {
    await db.admin.query('TRUNCATE django_session');
    await seedMysqlSessions(db.admin, { expired: 3, ...seed });

    const [row] = await rowsOf(
      'SELECT TIMESTAMPDIFF(SECOND, MAX(expire_date), UTC_TIMESTAMP(6)) FROM django_session',
    );

    expect(Number(row?.[0]) - secondsAgo).toBeGreaterThanOrEqual(0);
    expect(Number(row?.[0]) - secondsAgo).toBeLessThan(10);
  });
});
