import { seedSessions } from '../../local/django-table';
import { type DeployedFunction, deploy } from '../support/deployed-function';
import { createDatabase, type TestDatabase } from '../support/postgres';

let db: TestDatabase;
const deployed: DeployedFunction[] = [];

beforeEach(async () => {
  db = await createDatabase();
});

afterEach(async () => {
  await Promise.all(deployed.splice(0).map((purge) => purge.stop()));
  await db.close();
});

function deployWith(env: Record<string, string>, timeoutMs = 60_000): DeployedFunction {
  const purge = deploy({ env: { ...db.environment, ...env }, timeoutMs });
  deployed.push(purge);
  return purge;
}

async function countLeft(): Promise<number> {
  const { rows } = await db.admin.query('SELECT count(*)::int AS count FROM django_session');
  return rows[0].count;
}

/** The row limits of the deletes that reached the service. */
function batchLimits(): number[] {
  return db.dataApi.calls.flatMap(({ input }) => {
    const [, limit] = /LIMIT (\d+) FOR UPDATE/.exec(String(input.sql)) ?? [];
    return limit === undefined ? [] : [Number(limit)];
  });
}

it('takes one row more than the limit in two batches', async () => {
  await seedSessions(db.admin, { expired: 101, expiredOverDays: 1000 });
  const purge = deployWith({ SESSION_PURGE_MAX_BATCH_SIZE: '100' });

  const { report } = await purge.invoke();

  expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 101, batches: 2 });
});

it('takes as many rows as the limit, and learns by an empty batch that they were all', async () => {
  await seedSessions(db.admin, { expired: 100, expiredOverDays: 1000 });
  const purge = deployWith({ SESSION_PURGE_MAX_BATCH_SIZE: '100' });

  const { report } = await purge.invoke();

  expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 100, batches: 2 });
});

it('takes a million sessions of one instant in batches, and none beside them', async () => {
  await db.admin.query(`
    INSERT INTO django_session (session_key, session_data, expire_date)
    SELECT md5(n::text), 'x', timestamptz '2020-07-11 19:20:40.123456Z' FROM generate_series(1, 1000000) AS n`);
  await seedSessions(db.admin, { expired: 1, live: 1000, newestExpiredSecondsAgo: 1 });
  const purge = deployWith({});

  const { report } = await purge.invoke();

  expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1_000_000 });
  expect(Math.max(...batchLimits())).toBe(5000);
  expect(await countLeft()).toBe(1001);
});

it('counts a backlog without touching it, the planner helping beyond the cap', async () => {
  await seedSessions(db.admin, { expired: 150_000, live: 10_000 });
  await db.admin.query('ANALYZE django_session');
  const purge = deployWith({});

  const { report } = await purge.invoke({ dryRun: true });

  const [table] = report?.tables ?? [];
  expect(report).toMatchObject({ dryRun: true, stopReason: 'dry-run', rowsDeleted: 0 });
  expect(table).toMatchObject({ rowsExpired: 100_000, rowsExpiredCapped: true });
  expect(table?.rowsExpiredEstimate).toBeGreaterThan(130_000);
  expect(table?.rowsExpiredEstimate).toBeLessThan(170_000);
  expect(report?.estimate?.batches).toBeGreaterThanOrEqual(26);
  expect(await countLeft()).toBe(160_000);
});

it('deletes no more rows than the event allows', async () => {
  await seedSessions(db.admin, { expired: 5000 });
  const purge = deployWith({});

  const { report } = await purge.invoke({ maxRows: 1234 });

  expect(report).toMatchObject({ stopReason: 'row-limit', rowsDeleted: 1234 });
  expect(await countLeft()).toBe(5000 - 1234);
});

it('stops in time, says so, and the next run goes on', async () => {
  await seedSessions(db.admin, { expired: 20_000, expiredOverDays: 30 });
  const slow = { SESSION_PURGE_MAX_BATCH_SIZE: '100', SESSION_PURGE_TARGET_BATCH_MS: '50' };
  // The run keeps three seconds of these for the report.
  const hurried = deployWith({ ...slow, SESSION_PURGE_PAUSE_RATIO: '20' }, 5000);

  const first = await hurried.invoke();
  const second = await deployWith({}).invoke();

  expect(first.report).toMatchObject({ stopReason: 'time-budget' });
  expect(first.report?.rowsDeleted).toBeGreaterThan(0);
  expect(first.report?.tables[0]?.backlogAgeSeconds).toBeGreaterThan(0);
  expect(first.metrics[0]?.metrics).toMatchObject({
    TimeBudgetExhausted: '1 Count',
    Failures: '0 Count',
  });
  expect(second.report).toMatchObject({
    stopReason: 'drained',
    rowsDeleted: 20_000 - (first.report?.rowsDeleted ?? 0),
  });
  expect(await countLeft()).toBe(0);
});

it('asks the database once when there is nothing to do', async () => {
  await seedSessions(db.admin, { expired: 0, live: 100 });
  const purge = deployWith({});

  const { report } = await purge.invoke();

  expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 0, dataApiCalls: 1 });
  expect(db.dataApi.calls).toHaveLength(1);
});

it('purges to the end beside other runs of its own', async () => {
  await seedSessions(db.admin, { expired: 30_000, live: 100 });
  const runs = [deployWith({}), deployWith({}), deployWith({})];

  const results = await Promise.all(runs.map((purge) => purge.invoke()));

  const deleted = results.map(({ report }) => report?.rowsDeleted ?? Number.NaN);
  expect(deleted.reduce((sum, rows) => sum + rows)).toBe(30_000);
  expect(await countLeft()).toBe(100);
});
