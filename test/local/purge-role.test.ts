import { POSTGRESQL } from '../support/engines';
import { useService } from './data-api-server/setup';

const service = useService(POSTGRESQL);
let asPurger: { secretArn: string };
beforeAll(async () => {
  asPurger = { secretArn: service.dataApi.secretArn };
  const expireDate = '2026-01-01T00:00:00.000001Z';
  await service.insert([{ sessionKey: 'a', expireDate }]);
});

test.each(['session_key', 'session_data', '*', 'count(session_key)'])(
  'may not read %s',
  async (columns) => {
    const sql = `SELECT ${columns} FROM django_session`;
    expect(await service.refusal(sql, asPurger)).toMatchObject({
      name: 'DatabaseErrorException',
      message: 'ERROR: permission denied for table django_session; SQLState: 42501',
    });
  },
);

test.each([
  "INSERT INTO django_session VALUES ('b', '', now())",
  "UPDATE django_session SET session_data = ''",
  'DELETE FROM django_session RETURNING session_key',
  'TRUNCATE django_session',
])('may not %s', async (sql) => {
  expect((await service.refusal(sql, asPurger)).message).toContain('SQLState: 42501');
});

test('may find, lock and delete expired rows', async () => {
  const find = `SELECT ctid::text, expire_date FROM django_session
    WHERE expire_date < now() ORDER BY expire_date LIMIT 5 FOR UPDATE SKIP LOCKED`;
  expect((await service.execute(find, asPurger)).records).toEqual([
    [{ stringValue: '(0,1)' }, { stringValue: '2026-01-01 00:00:00.000001' }],
  ]);

  const remove = `DELETE FROM django_session WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM django_session WHERE expire_date < now())) AND expire_date < now()`;
  expect(await service.execute(remove, asPurger)).toMatchObject({ numberOfRecordsUpdated: 1 });
});

test('has its limits in each session', async () => {
  const sql = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')";
  expect((await service.execute(sql, asPurger)).records).toEqual([
    [{ stringValue: '1s' }, { stringValue: '40s' }],
  ]);
});

test('may purge a table of another schema once that is granted', async () => {
  const table = { schema: 'tenant "a"', table: 'user_sessions_session' };
  await service.createTable({ ...table, extraColumns: ['user_id integer'] });
  const sql = `DELETE FROM "tenant ""a"""."user_sessions_session" WHERE expire_date < now()`;

  expect((await service.refusal(sql, asPurger)).message).toContain('SQLState: 42501');
  await service.grant(table);
  expect(await service.execute(sql, asPurger)).toMatchObject({ numberOfRecordsUpdated: 0 });
});
