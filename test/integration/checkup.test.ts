import { startDataApiServer } from '../../local/data-api-server/index';
import { createSessionTable, insertSessions, seedSessions } from '../../local/django-table';
import { grantPurge } from '../../local/purge-role';
import { checkUp, statementsOf } from '../support/checkup';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { testPostgres } from '../support/test-postgres';

const KEY = '3dub24wutcq28y7lhgnfl2rasoy37646';
const DATA = 'eyJfYXV0aF91c2VyX2lkIjoiMSJ9:the-data-of-a-session';

let db: TestDatabase;
let before: string;

async function sessions(): Promise<string> {
  const { rows } = await db.admin.query('SELECT * FROM django_session ORDER BY session_key');
  return JSON.stringify(rows);
}

beforeEach(async () => {
  db = await createDatabase();
  await insertSessions(db.admin, [
    { sessionKey: KEY, sessionData: DATA, expireDate: '2020-07-11T19:20:40Z' },
    { sessionKey: 'live', sessionData: DATA, expireDate: '2096-07-25T13:50:10Z' },
  ]);
  before = await sessions();
});

// Whatever is wrong with the table: nothing is deleted, and nothing is even tried.
afterEach(async () => {
  const now = await sessions();
  const others = statementsOf(db.dataApi).filter((sql) => !/^(SELECT|EXPLAIN \(FORMAT)/.test(sql));
  await db.close();
  expect(now).toBe(before);
  expect(others).toEqual([]);
});

const ALL = [
  ...['Data API', 'secret', 'database', 'engine version', 'timeouts', 'planner settings'],
  ...['table', 'columns', 'rights', 'least privilege', 'index on expire_date', 'index used'],
  ...['foreign keys', 'triggers', 'size', 'backlog', 'dead rows'],
];

describe('a database as docs/database-user.md makes it', () => {
  it('meets every requirement', async () => {
    const { report, invoked, inState } = await checkUp(db);

    expect(report).toMatchObject({ check: true, verdict: 'ok' });
    expect(inState('ok')).toEqual(ALL);
    expect(report.findings.filter(({ fix }) => fix !== null)).toEqual([]);
    expect(invoked.metrics).toEqual([]);
    expect(invoked.log).toEqual([
      expect.objectContaining({ level: 'INFO', message: 'check: ok', checked: report }),
    ]);
  });

  it('is described: rows, bytes, backlog, dead rows, version and settings', async () => {
    const seed = { expired: 20_000, live: 5000 };
    await db.admin.query('ALTER TABLE django_session SET (autovacuum_enabled = false)');
    await seedSessions(db.admin, seed);
    await db.admin.query(
      'DELETE FROM django_session WHERE ctid IN (SELECT ctid FROM django_session WHERE expire_date < now() LIMIT 10000)',
    );
    await db.admin.query('ANALYZE django_session');
    // Counts wait in the connection for some seconds otherwise; the pool has this one alone.
    await db.admin.query('SELECT pg_stat_force_next_flush()');
    before = await sessions();

    const { finding } = await checkUp(db);

    expect(finding('size')?.detail).toMatch(/^about 15002 rows, 1\d\.\d MB with indexes$/);
    expect(finding('backlog')?.detail).toMatch(/^about (9|10)\d\d\d rows have expired \(6\d % of/);
    expect(finding('dead rows')).toMatchObject({
      state: 'warning',
      detail: '10000 dead rows, no autovacuum yet; autovacuum is off',
    });
    expect(finding('engine version')?.detail).toMatch(/^PostgreSQL 17\.\d+$/);
    expect(finding('timeouts')?.detail).toBe(
      'lock_timeout is 1000 ms, statement_timeout is 40000 ms',
    );
    expect(finding('index used')).toMatchObject({
      state: 'ok',
      detail: 'the planner walks along django_session_expire_date_a5c62663',
    });
  });

  it('may have several tables, of which the event may choose', async () => {
    await createSessionTable(db.admin, { schema: 'tenant' });
    await grantPurge(db.admin, 'purger', { schema: 'tenant' });
    const env = { SESSION_PURGE_TABLES: '*.django_session,public.django_session' };

    const all = await checkUp(db, env);
    const one = await checkUp(db, env, db.dataApi, {
      check: true,
      tables: ['public.django_session'],
    });

    const tablesOf = ({ report }: typeof all) =>
      report.findings.map(({ requirement }) => requirement).filter((it) => it.startsWith('table'));
    expect(tablesOf(all)).toEqual([
      'table (public.django_session)',
      'table (tenant.django_session)',
    ]);
    expect(tablesOf(one)).toEqual(['table (public.django_session)']);
    expect([all.report.verdict, one.report.verdict]).toEqual(['ok', 'ok']);
  });
});

describe('what is not as it should be has a fix, which mends it', () => {
  async function expectMended(requirement: string, state: string, fix: RegExp): Promise<void> {
    const ill = await checkUp(db);
    expect(ill.finding(requirement)).toMatchObject({ state, fix: expect.stringMatching(fix) });
    expect(ill.report.verdict).toBe(state);
    for (const statement of ill.finding(requirement)?.fix?.split('; ') ?? [])
      await db.admin.query(statement);
    const well = await checkUp(db);
    expect(well.finding(requirement)).toMatchObject({ state: 'ok', fix: null });
  }

  it.each([['SELECT (ctid)'], ['SELECT (expire_date)'], ['UPDATE (expire_date)'], ['DELETE']])(
    'a missing right to %s',
    async (right) => {
      await db.admin.query(`REVOKE ${right} ON django_session FROM purger`);

      await expectMended('rights', 'failing', /^GRANT SELECT \(ctid, expire_date\), UPDATE/);
    },
  );

  it('a missing right to the schema', async () => {
    await db.admin.query('REVOKE USAGE ON SCHEMA public FROM PUBLIC, purger');
    const env = { SESSION_PURGE_TABLES: 'public.django_session' };

    const ill = await checkUp(db, env);
    for (const statement of ill.finding('rights')?.fix?.split('; ') ?? [])
      await db.admin.query(statement);

    expect(ill.finding('rights')).toMatchObject({
      state: 'failing',
      detail: 'user "purger" lacks USAGE on its schema',
      fix: expect.stringMatching(/^GRANT USAGE ON SCHEMA "public" TO "purger"; GRANT SELECT/),
    });
    expect((await checkUp(db, env)).report.verdict).toBe('ok');
  });

  it.each([
    ['SELECT', 'SELECT (session_key, session_data)'],
    ['SELECT (session_key)', 'SELECT (session_key)'],
    ['UPDATE', 'UPDATE (session_key, session_data)'],
    ['INSERT, TRUNCATE', 'INSERT, TRUNCATE'],
  ])('a right too many: %s', async (right, seen) => {
    await db.admin.query(`GRANT ${right} ON django_session TO purger`);

    expect((await checkUp(db)).finding('least privilege')?.detail).toBe(
      `user "purger" also has ${seen}, by itself or through a group`,
    );
    await expectMended('least privilege', 'warning', /^REVOKE ALL ON "public"."django_session"/);
  });

  it('a missing index', async () => {
    await db.admin.query('DROP INDEX django_session_expire_date_a5c62663');

    await expectMended('index on expire_date', 'warning', /^CREATE INDEX CONCURRENTLY ON/);
  });

  it('an index that the planner does not take', async () => {
    await seedSessions(db.admin, { expired: 20_000 });
    await db.admin.query('ANALYZE django_session');
    before = await sessions();

    const asPurger = await checkUp(db);
    const misleading = {
      ...{ enable_indexscan: 'off', enable_indexonlyscan: 'off' },
      ...{ enable_seqscan: 'on', enable_sort: 'on' },
    };
    for (const [name, value] of Object.entries(misleading))
      await db.admin.query(`ALTER ROLE purger IN DATABASE ${db.database} SET ${name} = ${value}`);
    const misled = await db.serve();
    const without = await checkUp(db, {}, misled);

    expect(asPurger.finding('index used')?.state).toBe('ok');
    expect(without.finding('index used')).toMatchObject({
      state: 'warning',
      fix: 'VACUUM (ANALYZE) "public"."django_session"',
    });
  });

  it('settings of the user that are the server’s', async () => {
    const role = `r_${db.database}`;
    await db.admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    await grantPurge(db.admin, role);
    const { host, port } = testPostgres();
    const login = { username: role, password: 'secret' };
    const startService = () =>
      startDataApiServer({
        clusters: { [db.dataApi.resourceArn]: { engine: 'postgresql', host, port } },
        secrets: { [db.dataApi.secretArn]: login },
      });
    const first = await startService();

    const ill = await checkUp(db, {}, first);
    await first.close();
    const fixes = ['timeouts', 'planner settings'].map((it) => ill.finding(it)?.fix ?? '');
    for (const statement of fixes.flatMap((fix) => fix.split('; ')))
      await db.admin.query(statement);
    const second = await startService();
    const well = await checkUp(db, {}, second);
    await second.close();
    await db.admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);

    expect(ill.inState('warning')).toEqual(['timeouts', 'planner settings']);
    expect(well.report.verdict).toBe('ok');
  });
});

describe('what else stands in the way', () => {
  it('is a superuser, who can read all, and whose settings are better left alone', async () => {
    const { finding, report } = await checkUp(db, {
      SESSION_PURGE_SECRET_ARN: db.dataApi.adminSecretArn,
    });

    expect(finding('least privilege')).toMatchObject({
      state: 'warning',
      detail: 'user "postgres" is a superuser, and can read every session',
    });
    expect(finding('planner settings')).toMatchObject({ state: 'warning' });
    expect(finding('planner settings')?.fix).toMatch(/^make the purge a user of its own/);
    expect(report.verdict).toBe('warning');
  });

  it('is the owner of the table', async () => {
    const role = `o_${db.database}`;
    await db.admin.query(`CREATE ROLE ${role}; GRANT ${role} TO purger`);
    await db.admin.query(`ALTER TABLE django_session OWNER TO ${role}`);

    const { finding } = await checkUp(db);
    await db.admin.query(`ALTER TABLE django_session OWNER TO postgres; DROP ROLE ${role}`);

    expect(finding('least privilege')).toMatchObject({
      state: 'warning',
      detail: 'user "purger" owns the table, and can read every session',
    });
  });

  it.each([
    ['', 'failing', 'visit_session_fkey of visit forbids to delete the sessions that it refers to'],
    [
      'ON DELETE CASCADE',
      'warning',
      'visit_session_fkey of visit deletes or changes rows of its table with each session',
    ],
  ])('is a foreign key %s', async (rule, state, detail) => {
    await db.admin.query(
      `CREATE TABLE visit (session varchar(40) REFERENCES django_session ${rule})`,
    );

    const { finding, report } = await checkUp(db);

    expect(finding('foreign keys')).toMatchObject({ state, detail });
    expect(report.verdict).toBe(state);
  });

  it('is a trigger that a delete fires, and no other', async () => {
    await db.admin.query(
      "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END'",
    );
    const create = (name: string, event: string) =>
      db.admin.query(
        `CREATE TRIGGER ${name} BEFORE ${event} ON django_session FOR EACH ROW EXECUTE FUNCTION keep()`,
      );
    await create('on_insert', 'INSERT');
    const without = await checkUp(db);
    await create('on_delete', 'DELETE');
    const withOne = await checkUp(db);

    expect(without.finding('triggers')?.state).toBe('ok');
    expect(withOne.finding('triggers')).toMatchObject({
      state: 'warning',
      detail: 'on_delete runs with each delete',
    });
  });

  it('is row-level security', async () => {
    await db.admin.query('ALTER TABLE django_session ENABLE ROW LEVEL SECURITY');

    expect((await checkUp(db)).finding('triggers')).toMatchObject({
      state: 'failing',
      detail: 'row-level security hides rows from the user',
    });
  });

  it.each([
    [
      'of another type',
      'CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date timestamp)',
      'the table has a column "expire_date" of type timestamp without time zone, which Django never makes',
    ],
    [
      'that is missing',
      'CREATE TABLE t (session_key varchar(40) PRIMARY KEY)',
      'the table has no column "expire_date"',
    ],
    [
      'of a view',
      'CREATE VIEW t AS SELECT * FROM django_session',
      'the table is a view, not a table',
    ],
  ])('is a column %s', async (_what, ddl, detail) => {
    await db.admin.query(ddl);

    const { finding, report } = await checkUp(db, { SESSION_PURGE_TABLES: 't' });

    expect(finding('columns')).toMatchObject({ state: 'failing', detail });
    expect(report.verdict).toBe('failing');
  });

  it('is a table that is missing, of which the rest is not known', async () => {
    const { finding, report, inState } = await checkUp(db, { SESSION_PURGE_TABLES: 'nothing' });

    expect(report.verdict).toBe('failing');
    expect(finding('table (nothing)')).toMatchObject({
      state: 'failing',
      detail: `was not found in database "${db.database}"`,
      fix: 'check the database name and the tables setting',
    });
    expect(inState('unknown')).toEqual(ALL.slice(ALL.indexOf('columns'), -1));
    expect(finding('rights')?.detail).toBe('not reached, since the table was not found');
  });
});

describe('a way to the database that is broken', () => {
  const unreached = ALL.filter((it) => !['timeouts', 'planner settings', 'dead rows'].includes(it));

  async function brokenAt(link: string, env: Record<string, string>, service = db.dataApi) {
    const { report, finding, inState } = await checkUp(db, env, service);
    expect(report.verdict).toBe('failing');
    expect(inState('failing')).toEqual([link]);
    expect([...inState('unknown'), ...inState('ok'), link].sort()).toEqual([...unreached].sort());
    return { broken: finding(link), inState };
  }

  it('at the Data API', async () => {
    const message = `HttpEndpoint is not enabled for resource ${db.dataApi.resourceArn}`;
    const off = await db.serve({
      onCall: () => ({ answer: { error: 'HttpEndpointNotEnabledException', message } }),
    });

    const { broken, inState } = await brokenAt('Data API', {}, off);

    expect(broken?.detail).toContain(message);
    expect(broken?.fix).toMatch(
      `aws rds enable-http-endpoint --resource-arn ${db.dataApi.resourceArn}`,
    );
    expect(inState('ok')).toEqual([]);
  });

  it.each([
    ['Data API', 'rds-data:ExecuteStatement'],
    ['secret', 'secretsmanager:GetSecretValue'],
    ['secret', 'kms:Decrypt'],
  ])('at the %s, for the role that may not %s', async (link, action) => {
    const message = `User is not authorized to perform: ${action} on resource: *`;
    const denied = await db.serve({
      onCall: () => ({ answer: { error: 'AccessDeniedException', message, statusCode: 403 } }),
    });

    const { broken } = await brokenAt(link, {}, denied);

    expect(broken?.fix).toMatch(/^let the caller's role use rds-data:ExecuteStatement/);
  });

  it('at a secret that is missing', async () => {
    const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:nothing-AbCdEf';

    const { broken } = await brokenAt('secret', { SESSION_PURGE_SECRET_ARN: arn });

    expect(broken?.detail).toMatch(/SecretsErrorException/);
    expect(broken?.fix).toContain(`check that ${arn} exists`);
  });

  it('at a wrong password, which is not told', async () => {
    const { host, port, purger } = testPostgres();
    const wrong = await startDataApiServer({
      clusters: { [db.dataApi.resourceArn]: { engine: 'postgresql', host, port } },
      secrets: { [db.dataApi.secretArn]: { ...purger, password: 'wr0ng-one' } },
    });

    const { broken, inState } = await brokenAt(
      'secret',
      {},
      {
        ...wrong,
        ...db.dataApi,
        endpoint: wrong.endpoint,
      },
    );
    await wrong.close();

    expect(broken?.detail).toMatch(/password authentication failed/);
    expect(JSON.stringify(broken)).not.toContain('wr0ng-one');
    expect(inState('ok')).toEqual(['Data API']);
  });

  it('at a database that is missing', async () => {
    const { broken, inState } = await brokenAt('database', { SESSION_PURGE_DATABASE: 'nothing' });

    expect(broken?.fix).toBe('name a database that exists, not "nothing"');
    expect(inState('ok')).toEqual(['Data API', 'secret']);
  });
});

it('a cluster that has to wake first is told', async () => {
  let calls = 0;
  const waking = await db.serve({
    onCall: () => {
      calls += 1;
      return calls === 1 ? { answer: { error: 'DatabaseResumingException' } } : undefined;
    },
  });

  const { finding } = await checkUp(db, {}, waking);

  expect(finding('database')).toMatchObject({
    state: 'ok',
    detail: expect.stringMatching(/ answers, once the paused cluster was awake after \d s$/),
  });
});

it('a statement that fails leaves its requirement unknown, and the others known', async () => {
  const failing = await db.serve({
    onCall: ({ input }) =>
      String(input.sql).includes('ORDER BY expire_date')
        ? { answer: { error: 'DatabaseErrorException', message: 'no; SQLState: 42501' } }
        : undefined,
  });

  const { finding, inState, report } = await checkUp(db, {}, failing);

  expect(report.verdict).toBe('ok');
  expect(inState('unknown')).toEqual(['index used']);
  expect(finding('index used')?.detail).toMatch(/^statement failed: DatabaseErrorException: no/);
});

it('no session key, no session data and no password is said', async () => {
  await db.admin.query('GRANT SELECT ON django_session TO purger');

  const { report, invoked } = await checkUp(db);

  const said = JSON.stringify([report, invoked.output, db.dataApi.calls.map(({ input }) => input)]);
  const { purger, superuser } = testPostgres();
  for (const secret of [KEY, DATA, purger.password, superuser.password])
    expect(said.includes(secret)).toBe(false);
});
