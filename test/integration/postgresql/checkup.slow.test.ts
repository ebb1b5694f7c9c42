import { OF_A_POSTGRESQL_TABLE } from '../../../contract/report';
import { checkUp } from '../../support/checkup';
import { POSTGRESQL } from '../../support/engines';
import { checkupBed, describeCheckup, OF_A_TABLE } from '../checkup.suite';

POSTGRESQL.describe(() =>
  describeCheckup(POSTGRESQL, {
    requirements: [
      ...['Data API', 'secret', 'database', 'engine version', 'writes', 'timeouts'],
      ...['planner settings', 'clocks', ...OF_A_TABLE, ...OF_A_POSTGRESQL_TABLE],
    ],
    unseen: [],
    unsaid: ['writes', 'timeouts', 'planner settings', 'clocks', ...OF_A_POSTGRESQL_TABLE],
    excess: [
      ['SELECT', 'SELECT (session_key, session_data)'],
      ['SELECT (session_key)', 'SELECT (session_key)'],
      ['UPDATE', 'UPDATE (session_key, session_data)'],
      ['INSERT, TRUNCATE', 'INSERT, TRUNCATE'],
    ],
    withoutIndex: 'warning',
    seeing: 'purger',
    trigger: (name, event) => [
      "CREATE OR REPLACE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END'",
      `CREATE TRIGGER ${name} BEFORE ${event} ON django_session FOR EACH ROW EXECUTE FUNCTION keep()`,
    ],
    wrongPassword: /password authentication failed/,
  }),
);

POSTGRESQL.describe(() => {
  const bed = checkupBed(POSTGRESQL);

  it('finds each table of a pattern once', async () => {
    await bed.createTable({ schema: 'tenant' });
    await bed.grant({ schema: 'tenant' });

    const env = { SESSION_PURGE_TABLES: '*.django_session,public.django_session' };
    const { report } = await checkUp(bed, env);

    const tables = report.findings
      .map(({ requirement }) => requirement)
      .filter((it) => it.startsWith('table'));
    expect(tables).toEqual(['table (public.django_session)', 'table (tenant.django_session)']);
    expect(report.verdict).toBe('ok');
  });

  it('describes rows, bytes, backlog, dead rows, version and settings', async () => {
    await bed.query('ALTER TABLE django_session SET (autovacuum_enabled = false)');
    await bed.seed({ expired: 20_000, live: 5000 });
    await bed.query(
      'DELETE FROM django_session WHERE ctid IN (SELECT ctid FROM django_session WHERE expire_date < now() LIMIT 10000)',
    );
    await bed.query('ANALYZE django_session');
    // Counts wait in the connection for some seconds otherwise; the pool has this one alone.
    await bed.query('SELECT pg_stat_force_next_flush()');

    const { finding } = await checkUp(bed);

    expect(finding('size')?.detail).toMatch(/^about 15002 rows, 1\d\.\d MB with indexes$/);
    expect(finding('backlog')?.detail).toMatch(/^about (9|10)\d\d\d rows have expired \(6\d % of/);
    expect(finding('dead rows')).toMatchObject({
      state: 'warning',
      detail: '10000 dead rows, no autovacuum yet: autovacuum is off',
      fix: 'ALTER TABLE public.django_session RESET (autovacuum_enabled)',
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

  it('takes the dead rows of a purge for healthy until a vacuum has left them', async () => {
    await bed.seed({ expired: 20_000, live: 5000 });
    await bed.query('ALTER TABLE django_session SET (autovacuum_vacuum_scale_factor = 0.1)');
    await bed.query('ANALYZE django_session');
    const old = await bed.begin(...POSTGRESQL.snapshot, 'SELECT count(*) FROM django_session');
    await bed.query('DELETE FROM django_session WHERE expire_date < now()');
    await bed.query('SELECT pg_stat_force_next_flush()');

    const afterPurge = await checkUp(bed);
    // What autovacuum does when it comes, which may take a minute.
    await bed.query('VACUUM (ANALYZE) django_session');
    await bed.query('SELECT pg_stat_force_next_flush()');
    const afterVacuum = await checkUp(bed);
    await old.end('ROLLBACK');

    expect(afterPurge.finding('dead rows')).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/^2000\d dead rows, /),
    });
    expect(afterVacuum.finding('dead rows')).toMatchObject({
      state: 'warning',
      detail: expect.stringMatching(/: the last vacuum could not clear \d{5} of them$/),
    });
  });

  it('a missing right to the schema has a fix, which mends it', async () => {
    await bed.query('REVOKE USAGE ON SCHEMA public FROM PUBLIC, purger');
    const env = { SESSION_PURGE_TABLES: 'public.django_session' };

    const ill = await checkUp(bed, env);
    const sql = ill.finding('rights')?.fix?.replace(/^as .*?: /, '');
    for (const statement of sql?.split('; ') ?? []) await bed.query(statement);

    expect(ill.finding('rights')).toMatchObject({
      state: 'failing',
      detail: 'user "purger" lacks USAGE on schema "public" of table "public.django_session"',
      fix: 'as an administrator: GRANT USAGE ON SCHEMA public TO purger',
    });
    expect((await checkUp(bed, env)).report.verdict).toBe('ok');
  });

  it('warns of an index that the planner does not take', async () => {
    await bed.seed({ expired: 20_000 });
    await bed.query('ANALYZE django_session');

    const asPurger = await checkUp(bed);
    const misleading = {
      enable_indexscan: 'off',
      enable_indexonlyscan: 'off',
      enable_seqscan: 'on',
      enable_sort: 'on',
    };
    for (const [name, value] of Object.entries(misleading))
      await bed.query(`ALTER ROLE purger IN DATABASE ${bed.database} SET ${name} = ${value}`);
    const misled = await bed.serve();
    const without = await checkUp(bed, {}, misled);

    expect(asPurger.finding('index used')?.state).toBe('ok');
    expect(without.finding('index used')).toMatchObject({
      state: 'warning',
      fix: 'VACUUM (ANALYZE) public.django_session',
    });
  });

  it('warns of settings of the user that are the server’s, with a fix', async () => {
    const role = `r_${bed.database}`;
    await bed.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    await bed.grant({}, role);
    const serve = () => bed.serve({ purger: { username: role, password: 'secret' } });

    const ill = await checkUp(bed, {}, await serve());
    const fixes = ['timeouts', 'planner settings'].map((it) => ill.finding(it)?.fix ?? '');
    for (const statement of fixes.flatMap((fix) => fix.split('; '))) await bed.query(statement);
    const well = await checkUp(bed, {}, await serve());
    await bed.query(`DROP OWNED BY ${role}`);
    await bed.query(`DROP ROLE ${role}`);

    expect(ill.inState('warning')).toEqual(['timeouts', 'planner settings']);
    expect(well.report.verdict).toBe('ok');
  });

  it('warns of a superuser, who can read all, and whose settings are better left alone', async () => {
    const { finding, report } = await checkUp(bed, {
      SESSION_PURGE_SECRET_ARN: bed.dataApi.adminSecretArn,
    });

    expect(finding('least privilege')).toMatchObject({
      state: 'warning',
      detail: 'user "postgres" is a superuser, and can read every session',
    });
    expect(finding('planner settings')).toMatchObject({ state: 'warning' });
    expect(finding('planner settings')?.fix).toMatch(/^make the purge a user of its own/);
    expect(report.verdict).toBe('warning');
  });

  it('warns of a member of the owner of the table, who is made an own user by what it tells', async () => {
    const role = `o_${bed.database}`;
    await bed.query(`CREATE ROLE ${role}`);
    await bed.query(`CREATE ROLE "${role}:2" IN ROLE ${role}`);
    await bed.query(`GRANT "${role}:2" TO purger`);
    await bed.query(`ALTER TABLE django_session OWNER TO ${role}`);

    const ill = (await checkUp(bed)).finding('least privilege');
    const [, grant = '', revoke = ''] =
      /: (GRANT .*); as an administrator: (REVOKE .*)$/.exec(ill?.fix ?? '') ?? [];
    await bed.query(grant);
    await bed.query(revoke);
    const well = (await checkUp(bed)).finding('least privilege');
    await bed.query('ALTER TABLE django_session OWNER TO postgres');
    await bed.query(`DROP ROLE "${role}:2", ${role}`);

    expect(ill).toMatchObject({
      state: 'warning',
      detail: `user "purger" is a member of the owner of the table ("${role}"), and can read every session`,
      fix: `make the purge a user of its own, as docs/database-user.md does, and store it in the secret; if nothing but the purge uses it, as the owner of the table ("${role}"): ${POSTGRESQL.grant} public.django_session TO purger; as an administrator: REVOKE "${role}:2" FROM purger`,
    });
    expect(well?.state).toBe('ok');
  });

  it('warns of the owner of the table', async () => {
    const role = `o_${bed.database}`;
    await bed.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    await bed.query(`ALTER TABLE django_session OWNER TO ${role}`);
    const service = await bed.serve({ purger: { username: role, password: 'secret' } });

    const { finding } = await checkUp(bed, {}, service);
    await bed.query('ALTER TABLE django_session OWNER TO postgres');
    await bed.query(`DROP ROLE ${role}`);

    expect(finding('least privilege')).toMatchObject({
      state: 'warning',
      detail: `user "${role}" owns the table, and can read every session`,
      fix: expect.stringMatching(/^make the purge a user of its own, .* in the secret$/),
    });
  });
});
