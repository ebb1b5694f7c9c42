import { seedSessions } from '../../local/django-table';
import { deploy, type Invoked } from '../support/deployed-function';
import { createDatabase, type TestDatabase } from '../support/postgres';

let db: TestDatabase;

beforeEach(async () => {
  db = await createDatabase();
});

afterEach(() => db.close());

async function purge(env: Record<string, string> = {}, event?: unknown): Promise<Invoked> {
  const { invoke, stop } = deploy({ env: { ...db.environment, ...env } });
  return invoke(event).finally(stop);
}

async function seed(expired: number, live: number): Promise<void> {
  await seedSessions(db.admin, { expired, live });
}

async function left(): Promise<{ live: number; expired: number }> {
  const { rows } = await db.admin.query(`
    SELECT count(*) FILTER (WHERE expire_date >= now())::int AS live,
      count(*) FILTER (WHERE expire_date < now() - interval '1 hour')::int AS expired
    FROM django_session`);
  return rows[0];
}

const deletes = () => db.dataApi.calls.filter(({ input }) => /DELETE FROM/.test(String(input.sql)));
const isStorage = (sql: unknown) => /ctid > CAST\(:after/.test(String(sql));

describe('a table of which most has expired', () => {
  it.each<[string, string[]]>([
    ['with fresh statistics', ['VACUUM ANALYZE django_session']],
    ['that was never analyzed', []],
  ])('is walked in the order of storage, %s', async (_name, statements) => {
    await seed(30_000, 5000);
    for (const statement of statements) await db.admin.query(statement);
    const before = await left();

    const { report } = await purge();

    expect(report?.tables[0]).toMatchObject({
      walk: 'storage',
      stopReason: 'drained',
      oldestExpired: null,
      walkReason: expect.stringMatching(/^a sample of 100 of \d+ blocks has \d+\.\d expired rows/),
    });
    expect(await left()).toEqual({ live: before.live, expired: 0 });
  });

  it('is walked so whatever statistics from before the rows expired say', async () => {
    await db.admin.query('ALTER TABLE django_session SET (autovacuum_enabled = off)');
    await seedSessions(db.admin, { expired: 0, live: 30_000 });
    await db.admin.query('ANALYZE django_session');
    await db.admin.query(
      `UPDATE django_session SET expire_date = expire_date - interval '60 days'`,
    );

    const { report } = await purge();

    const slow = deletes().filter(({ input }) => isStorage(input.sql));
    expect(report).toMatchObject({ rowsDeleted: 30_000, tables: [{ walk: 'storage' }] });
    // A plan along the index would read all that is left, batch by batch: 30 000 rows instead of 5000.
    expect(report?.slowestBatchMs).toBeLessThan(5000);
    expect(slow.length).toBeGreaterThan(5);
  });

  it('has no batch of more rows than allowed, nor more than asked for in all', async () => {
    await seed(20_000, 100);

    const { report } = await purge({ SESSION_PURGE_MAX_BATCH_SIZE: '700' }, { maxRows: 9001 });

    expect(report).toMatchObject({ rowsDeleted: 9001, stopReason: 'row-limit' });
    expect((await left()).expired).toBe(20_000 - 9001);
    const limits = deletes().map(({ input }) =>
      Number(/(?:LIMIT|<=) (\d+)/.exec(String(input.sql))?.[1]),
    );
    expect(Math.max(...limits)).toBe(700);
  });

  it('keeps rows that the application holds locked, does not wait for them, and tells of them', async () => {
    await seed(20_000, 100);
    const application = await db.admin.connect();
    await application.query('BEGIN');
    const { rows } = await application.query(
      `SELECT expire_date FROM django_session WHERE session_key =
        (SELECT session_key FROM django_session ORDER BY expire_date OFFSET 5000 LIMIT 1) FOR UPDATE`,
    );

    const { report } = await purge();
    await application.query('ROLLBACK');
    application.release();

    expect(report).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: 19_999,
      tables: [{ walk: 'storage', oldestExpired: rows[0].expire_date.toISOString() }],
    });
    expect((await left()).expired).toBe(1);
  });

  it('costs no more while an old snapshot is held', async () => {
    await seed(20_000, 1000);
    const report = await db.admin.connect();
    await report.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await report.query('SELECT count(*) FROM django_session');

    const invoked = await purge();
    const seen = await report.query('SELECT count(*)::int AS count FROM django_session');
    await report.query('ROLLBACK');
    report.release();

    expect(invoked.report).toMatchObject({ rowsDeleted: 20_000, tables: [{ walk: 'storage' }] });
    expect(seen.rows[0].count).toBe(21_000);
  });

  it('goes on where the time ran out, in the next run', async () => {
    await seed(20_000, 100);
    const { invoke, stop } = deploy({
      env: {
        ...db.environment,
        SESSION_PURGE_MAX_BATCH_SIZE: '500',
        SESSION_PURGE_PAUSE_RATIO: '20',
      },
      timeoutMs: 5000,
    });
    const cut = await invoke().finally(stop);
    const rest = await purge();

    expect(cut.report?.stopReason).toBe('time-budget');
    expect(cut.report?.tables[0]?.oldestExpired).not.toBeNull();
    expect((cut.report?.rowsDeleted ?? 0) + (rest.report?.rowsDeleted ?? 0)).toBe(20_000);
    expect((await left()).expired).toBe(0);
  });
});

it('walks a table of which little has expired along the index, and says why', async () => {
  await seed(2000, 60_000);

  const { report } = await purge();

  expect(report).toMatchObject({
    rowsDeleted: 2000,
    tables: [{ walk: 'index', walkReason: expect.stringMatching(/has 0\.\d expired rows/) }],
  });
});

describe('a row that may not go', () => {
  const obstacles: [string, string[], RegExp][] = [
    [
      'since another table refers to it',
      [
        'CREATE TABLE profile (session_key varchar(40) CONSTRAINT profile_session REFERENCES django_session)',
        'INSERT INTO profile SELECT session_key FROM django_session ORDER BY expire_date OFFSET 700 LIMIT 1',
      ],
      /violates foreign key constraint "profile_session"/,
    ],
    [
      'since a trigger objects',
      [
        'CREATE TABLE kept AS SELECT session_key FROM django_session ORDER BY expire_date OFFSET 700 LIMIT 1',
        'GRANT SELECT ON kept TO PUBLIC',
        `CREATE FUNCTION object() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
          BEGIN
            IF EXISTS (SELECT FROM kept WHERE kept.session_key = OLD.session_key) THEN
              RAISE EXCEPTION 'this one stays';
            END IF;
            RETURN OLD;
          END $$`,
        'CREATE TRIGGER object BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION object()',
      ],
      /this one stays/,
    ],
  ];

  it.each(obstacles)('%s, is stepped over and told; all else goes', async (_why, sql, reason) => {
    await seed(1500, 10);
    for (const statement of sql) await db.admin.query(statement);

    const { error, log } = await purge();

    const report = log.find((line) => line.report)?.report;
    expect(error?.errorMessage).toMatch(
      /^a row of public\.django_session that expired at .* was stepped over: /,
    );
    expect(error?.errorMessage).toMatch(reason);
    expect(report).toMatchObject({
      stopReason: 'failed',
      rowsDeleted: 1499,
      tables: [{ stopReason: 'failed', rowsSteppedOver: 1 }],
    });
    expect((await left()).expired).toBe(1);
  });

  it('among others of its instant, is the only one that stays', async () => {
    await db.admin.query(`
      INSERT INTO django_session (session_key, session_data, expire_date)
      SELECT md5(n::text), 'x', timestamptz '2020-07-11 19:20:40.123456Z' FROM generate_series(1, 400) AS n`);
    await db.admin.query(
      'CREATE TABLE profile (session_key varchar(40) REFERENCES django_session)',
    );
    await db.admin.query('INSERT INTO profile VALUES (md5(200::text))');

    const { error } = await purge();

    expect(error?.errorType).toBe('DatabaseError');
    expect((await left()).expired).toBe(1);
  });
});

describe('an obstacle that is no row', () => {
  it('ends the table with its own error, after one repeat', async () => {
    await seed(9, 1);
    await db.admin.query(`
      CREATE FUNCTION object() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no delete today'; END $$`);
    await db.admin.query(
      'CREATE TRIGGER object BEFORE DELETE ON django_session FOR EACH STATEMENT EXECUTE FUNCTION object()',
    );

    const { error, log } = await purge();

    const report = log.find((line) => line.report)?.report;
    expect(error?.errorMessage).toContain('no delete today');
    expect(report).toMatchObject({ stopReason: 'failed', rowsDeleted: 0 });
    // For each row: a delete that is refused and a look for the row; then the delete that finds none, twice.
    expect(report?.dataApiCalls).toBeLessThan(40);
    expect((await left()).expired).toBe(9);
  });
});

it('refuses to purge by a clock that is more than a cookie behind, unless a cutoff is named', async () => {
  await seed(100, 10);
  await db.admin.query(`
    INSERT INTO django_session VALUES ('far', 'x', now() + interval '400 days')`);
  const env = { SESSION_PURGE_MAX_COOKIE_AGE_DAYS: '366' };

  const refused = await purge(env);
  const untouched = await left();
  const named = await purge(env, { cutoff: new Date(Date.now() - 3_600_000).toISOString() });

  expect(refused.error?.errorMessage).toMatch(/more than 366 days ahead; nothing was deleted/);
  expect(untouched.expired).toBe(100);
  expect(named.report?.rowsDeleted).toBe(100);
});
