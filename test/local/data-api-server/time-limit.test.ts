import { until } from '../until';
import { caller, setup } from './setup';

let service: Awaited<ReturnType<typeof setup>>;
beforeAll(async () => {
  service = await setup({ statementTimeoutMs: 200 });
  await service.execute('CREATE TABLE numbers (n int)');
});
afterAll(() => service.close());

const sleepers = async () => {
  const { rows } = await service.admin.query(
    `SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(%'
       AND pid <> pg_backend_pid()`,
  );
  return rows.map(({ pid }) => pid as number);
};

const insertSlowly = (seconds: number) =>
  `WITH slept AS MATERIALIZED (SELECT pg_sleep(${seconds})) INSERT INTO numbers SELECT 1 FROM slept`;

test('stops a statement that takes too long, on the database and with all its effects', async () => {
  expect(await service.refusal(insertSlowly(30))).toEqual({
    name: 'StatementTimeoutException',
    message: 'Request timed out',
    statusCode: 400,
    dbConnectionId: expect.any(Number),
  });
  expect(await sleepers()).toEqual([]);
  expect(await service.field('SELECT count(*) FROM numbers')).toEqual({ longValue: 0 });
});

test('lets a statement run on when asked to continue after the timeout', async () => {
  const failure = await service.refusal(insertSlowly(0.6), { continueAfterTimeout: true });

  expect(failure.name).toBe('StatementTimeoutException');
  expect(await sleepers()).toEqual([failure.dbConnectionId]);
  // Waits for the insert to commit.
  await service.admin.query('BEGIN; LOCK TABLE numbers IN SHARE MODE; COMMIT');
  expect(await service.field('SELECT count(*) FROM numbers')).toEqual({ longValue: 1 });
});

test('answers with what the database says when its own limit is the shorter one', async () => {
  await service.admin.query(`ALTER DATABASE ${service.database} SET statement_timeout = 50`);
  const patient = caller(await service.serve(), service.database);

  expect(await patient.refusal('SELECT count(*) FROM pg_sleep(30)')).toMatchObject({
    name: 'DatabaseErrorException',
    message: 'ERROR: canceling statement due to statement timeout; SQLState: 57014',
  });
  await service.admin.query(`ALTER DATABASE ${service.database} RESET statement_timeout`);
});

test('stops what runs when the service is closed', async () => {
  const other = await service.serve();
  const endless = caller(other, service.database).refusal('SELECT count(*) FROM pg_sleep(600)');
  await until('a running statement', async () => (await sleepers()).length > 0);

  await other.close();

  await endless;
  expect(await sleepers()).toEqual([]);
});
