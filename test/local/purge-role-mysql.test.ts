import { MYSQL } from '../support/engines';
import { useService } from './data-api-server/setup';

MYSQL.describe(() => {
  const service = useService(MYSQL);
  let asPurger: { secretArn: string };
  beforeAll(async () => {
    asPurger = { secretArn: service.dataApi.secretArn };
  });
  beforeEach(() =>
    service.query(
      "REPLACE INTO django_session VALUES ('a', '', '2026-01-01'), ('b', '', '2026-01-02 00:00:00.000001')",
    ),
  );

  test.each([
    ['session_key', 'SELECT session_key FROM django_session'],
    ['session_key', 'SELECT * FROM django_session'],
    ['session_key', "SELECT COUNT(*) FROM django_session WHERE session_key LIKE 'a%'"],
    ['session_key', "DELETE FROM django_session WHERE session_key = 'a'"],
    ['session_data', 'SELECT MAX(session_data) FROM django_session'],
  ])('may not read %s: %s', async (column, sql) => {
    expect(await service.refusal(sql, asPurger)).toMatchObject({
      name: 'DatabaseErrorException',
      message: `SELECT command denied to user 'purger'@'127.0.0.1' for column '${column}' in table 'django_session'; Error code: 1143; SQLState: 42000`,
    });
  });

  test.each([
    "INSERT INTO django_session VALUES ('b', '', NOW())",
    "UPDATE django_session SET session_data = ''",
    'TRUNCATE django_session',
    'ANALYZE TABLE django_session',
    'SELECT * FROM mysql.global_priv',
  ])('may not %s', async (sql) => {
    expect((await service.refusal(sql, asPurger)).message).toMatch(
      /Error code: 1142; SQLState: 42000$/,
    );
  });

  test.each([
    ['SELECT expire_date FROM django_session ORDER BY expire_date LIMIT 1', '2026-01-01 00:00:00'],
    ['SELECT MAX(expire_date) FROM django_session', '2026-01-02 00:00:00.000001'],
    ['SELECT CAST(COUNT(*) AS CHAR) FROM django_session', '2'],
  ])('may ask when sessions expire: %s', async (sql, stringValue) => {
    expect(await service.field(sql, asPurger)).toEqual({ stringValue });
  });

  test('may run EXPLAIN', async () => {
    const where = "FROM django_session WHERE expire_date < '2026-01-02'";
    for (const sql of [`EXPLAIN SELECT expire_date ${where}`, `EXPLAIN DELETE ${where}`])
      expect((await service.execute(sql, asPurger)).records?.flat()).toContainEqual({
        stringValue: 'django_session_expire_date_a5c62663',
      });
  });

  test('may delete expired rows along the index', async () => {
    const sql = `DELETE FROM django_session WHERE expire_date < '2026-01-02'
      ORDER BY expire_date LIMIT 5`;
    expect(await service.execute(sql, asPurger)).toMatchObject({ numberOfRecordsUpdated: 1 });
  });

  test('may purge a table of another database once that is granted', async () => {
    const table = { schema: await service.createSchema('tenant'), table: 'user_sessions_session' };
    await service.createTable({ ...table, extraColumns: ['user_id integer'] });
    const sql = `DELETE FROM \`${table.schema}\`.user_sessions_session WHERE expire_date < NOW()`;

    expect((await service.refusal(sql, asPurger)).message).toContain('Error code: 1142');
    await service.grant(table);
    expect(await service.execute(sql, asPurger)).toMatchObject({ numberOfRecordsUpdated: 0 });
  });
});
