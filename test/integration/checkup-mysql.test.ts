import { startDataApiServer } from '../../local/data-api-server/index';
import {
  createMysqlSessionTable,
  insertMysqlSessions,
  seedMysqlSessions,
} from '../../local/django-table-mysql';
import { grantMysqlPurge } from '../../local/purge-role-mysql';
import { checkUp, statementsOf } from '../support/checkup';
import {
  createMysqlDatabase,
  describeWithMariadb,
  type MysqlTestDatabase,
} from '../support/mariadb';
import { testMariadb } from '../support/test-mariadb';

const KEY = '3dub24wutcq28y7lhgnfl2rasoy37646';

describeWithMariadb(() => {
  let db: MysqlTestDatabase;
  let before: string;

  async function sessions(): Promise<string> {
    const [rows] = await db.admin.query('SELECT * FROM django_session ORDER BY session_key');
    return JSON.stringify(rows);
  }

  beforeEach(async () => {
    db = await createMysqlDatabase();
    await insertMysqlSessions(db.admin, [
      { sessionKey: KEY, expireDate: '2020-07-11T19:20:40Z' },
      { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' },
    ]);
    before = await sessions();
  });

  // Whatever is wrong with the table: nothing is deleted, and nothing is even tried.
  afterEach(async () => {
    const now = await sessions();
    const others = statementsOf(db.dataApi).filter((sql) => !/^(SELECT|EXPLAIN SELECT)/.test(sql));
    await db.close();
    expect(now).toBe(before);
    expect(others).toEqual([]);
  });

  const OF_A_TABLE = [
    ...['table', 'columns', 'rights', 'least privilege', 'index on expire_date', 'index used'],
    ...['foreign keys', 'triggers', 'size', 'backlog'],
  ];

  describe('on MySQL (MariaDB), a database as docs/database-user.md makes it', () => {
    it('meets every requirement that its user is shown', async () => {
      const { report, inState, finding } = await checkUp(db);

      expect(report.verdict).toBe('ok');
      expect(inState('unknown')).toEqual(['engine version', 'foreign keys', 'triggers']);
      expect(inState('ok')).toEqual([
        ...['Data API', 'secret', 'database'],
        ...OF_A_TABLE.filter((it) => it !== 'foreign keys' && it !== 'triggers'),
      ]);
      expect(finding('engine version')?.detail).toMatch(
        /^MariaDB 1\d\.\d+\.\d+, which Aurora does/,
      );
      expect(finding('index used')?.detail).toBe(
        'the planner walks along django_session_expire_date_a5c62663',
      );
    });

    it('tells somebody with more rights how to see the rest', async () => {
      const { finding } = await checkUp(db);
      await db.admin.query(
        'CREATE TABLE visit (session varchar(40), CONSTRAINT fk FOREIGN KEY (session) REFERENCES django_session (session_key))',
      );
      await db.admin.query(
        'CREATE TRIGGER gone BEFORE DELETE ON django_session FOR EACH ROW SET @gone = 1',
      );

      const seen = [];
      for (const requirement of ['foreign keys', 'triggers']) {
        const [, query = ''] = /: (SELECT .*)$/.exec(finding(requirement)?.fix ?? '') ?? [];
        seen.push((await db.admin.query(query))[0]);
      }

      expect(seen).toEqual([
        [expect.objectContaining({ TABLE_NAME: 'visit', CONSTRAINT_NAME: 'fk' })],
        [expect.objectContaining({ TRIGGER_NAME: 'gone' })],
      ]);
    });

    it('is described: rows, bytes and backlog', async () => {
      await seedMysqlSessions(db.admin, { expired: 20_000, live: 5000 });
      await db.admin.query('ANALYZE TABLE django_session');
      before = await sessions();

      const { finding } = await checkUp(db);

      expect(finding('size')?.detail).toMatch(/^about 2\d{4} rows, 1\d\.\d MB with indexes$/);
      expect(finding('backlog')?.detail).toMatch(/^about \d{5} rows have expired \(\d+ % of all\)/);
    });
  });

  describe('on MySQL (MariaDB), what is not as it should be has a fix, which mends it', () => {
    async function expectMended(requirement: string, state: string, fix: RegExp): Promise<void> {
      const ill = await checkUp(db);
      expect(ill.finding(requirement)).toMatchObject({ state, fix: expect.stringMatching(fix) });
      expect(ill.report.verdict).toBe(state);
      for (const statement of ill.finding(requirement)?.fix?.split('; ') ?? [])
        await db.admin.query(statement);
      const well = await checkUp(db);
      expect(well.finding(requirement)).toMatchObject({ state: 'ok', fix: null });
    }

    it.each([['SELECT (expire_date)'], ['DELETE']])('a missing right to %s', async (right) => {
      await db.admin.query(`REVOKE ${right} ON django_session FROM 'purger'@'%'`);

      await expectMended('rights', 'failing', /^GRANT SELECT \(expire_date\), DELETE ON /);
    });

    it.each([
      ['SELECT', 'SELECT (session_key, session_data), by itself or through a group'],
      ['SELECT (session_key)', 'SELECT (session_key), by itself or through a group'],
      ['UPDATE', 'UPDATE (session_key, session_data, expire_date), by itself or through a group'],
      ['INSERT', 'INSERT, by itself or through a group'],
    ])('a right too many: %s', async (right, seen) => {
      await db.admin.query(`GRANT ${right} ON django_session TO 'purger'@'%'`);

      expect((await checkUp(db)).finding('least privilege')?.detail).toBe(
        `user "purger@%" also has ${seen}`,
      );
      await expectMended('least privilege', 'warning', /^REVOKE ALL ON /);
    });

    it('a missing index', async () => {
      await db.admin.query('DROP INDEX django_session_expire_date_a5c62663 ON django_session');

      await expectMended('index on expire_date', 'warning', /^ALTER TABLE .* ADD INDEX/);
    });
  });

  describe('on MySQL (MariaDB), what else stands in the way', () => {
    const asAdmin = () => checkUp(db, { SESSION_PURGE_SECRET_ARN: db.dataApi.adminSecretArn });

    it('is a user who may do everything', async () => {
      const { finding, report } = await asAdmin();

      expect(finding('least privilege')?.detail).toMatch(
        /^user "root@\S+" has rights to every schema, and can read every session$/,
      );
      expect(finding('foreign keys')?.detail).toBe('no other table refers to it');
      expect(finding('triggers')?.detail).toBe('none runs on a delete');
      expect(report.verdict).toBe('warning');
    });

    it('is a user who may do everything in the schema', async () => {
      await db.admin.query(`GRANT ALL ON ${db.database}.* TO 'purger'@'%'`);
      const { finding } = await checkUp(db);
      await db.admin.query(`REVOKE ALL ON ${db.database}.* FROM 'purger'@'%'`);

      expect(finding('least privilege')?.detail).toBe(
        'user "purger@%" has rights to all of the schema, and can read every session',
      );
    });

    it.each([
      ['', 'failing', /^fk of test_\w+\.visit forbids to delete the sessions that it refers to$/],
      ['ON DELETE CASCADE', 'warning', /^fk of test_\w+\.visit deletes or changes rows/],
    ])('is a foreign key %s', async (rule, state, detail) => {
      await db.admin.query(
        `CREATE TABLE visit (session varchar(40), CONSTRAINT fk FOREIGN KEY (session) REFERENCES django_session (session_key) ${rule})`,
      );

      expect((await asAdmin()).finding('foreign keys')).toMatchObject({
        state,
        detail: expect.stringMatching(detail),
      });
    });

    it('is a trigger that a delete fires, and no other', async () => {
      const create = (name: string, event: string) =>
        db.admin.query(
          `CREATE TRIGGER ${name} BEFORE ${event} ON django_session FOR EACH ROW SET @seen = 1`,
        );
      await create('on_insert', 'INSERT');
      await create('on_delete', 'DELETE');

      expect((await asAdmin()).finding('triggers')).toMatchObject({
        state: 'warning',
        detail: 'on_delete runs with each delete',
      });
    });

    it('is a column of another type', async () => {
      await db.admin.query(
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date varchar(40))',
      );
      await db.admin.query("GRANT SELECT (expire_date), DELETE ON t TO 'purger'@'%'");

      expect((await checkUp(db, { SESSION_PURGE_TABLES: 't' })).finding('columns')).toMatchObject({
        state: 'failing',
        detail:
          'the table has a column "expire_date" of type varchar(40), which Django never makes',
      });
    });

    it('is a table that is missing, of which the rest is not known', async () => {
      const { finding, inState } = await checkUp(db, { SESSION_PURGE_TABLES: 'nothing' });

      expect(finding('table (nothing)')?.detail).toBe(`was not found in database "${db.database}"`);
      expect(inState('unknown')).toEqual(['engine version', ...OF_A_TABLE.slice(1)]);
    });

    it('is told of the table that is meant, whatever others differ in case alone', async () => {
      await createMysqlSessionTable(db.admin, { table: 'Django_Session' });
      await grantMysqlPurge(db.admin, 'purger', { table: 'Django_Session' });
      await db.admin.query("GRANT INSERT ON Django_Session TO 'purger'@'%'");

      const env = { SESSION_PURGE_TABLES: 'django_session,Django_Session' };
      const { finding } = await checkUp(db, env);

      const stateOf = (table: string) =>
        finding(`least privilege (${db.database}.${table})`)?.state;
      expect([stateOf('django_session'), stateOf('Django_Session')]).toEqual(['ok', 'warning']);
    });
  });

  describe('on MySQL (MariaDB), a way to the database that is broken', () => {
    it('at a wrong password, which is not told', async () => {
      const { host, port, purger } = await testMariadb();
      const wrong = await startDataApiServer({
        clusters: { [db.dataApi.resourceArn]: { engine: 'mysql', host, port } },
        secrets: { [db.dataApi.secretArn]: { ...purger, password: 'wr0ng-one' } },
      });

      const { finding, report } = await checkUp(db, {}, wrong);
      await wrong.close();

      expect(finding('secret')).toMatchObject({
        state: 'failing',
        detail: expect.stringMatching(/Access denied for user .*Error code: 1045/),
      });
      expect(finding('Data API')?.state).toBe('ok');
      expect(JSON.stringify(report)).not.toContain('wr0ng-one');
    });

    // MySQL tells who may not use a database less than who may: for this user none is missing.
    it('at a database that is missing, or that the user may not use', async () => {
      const env = { SESSION_PURGE_DATABASE: 'nothing' };

      const asUser = await checkUp(db, env);
      const asRoot = await checkUp(db, {
        ...env,
        SESSION_PURGE_SECRET_ARN: db.dataApi.adminSecretArn,
      });

      expect(asUser.finding('database')).toMatchObject({
        state: 'failing',
        fix: "give the purge's user a right to the database",
      });
      expect(asRoot.finding('database')).toMatchObject({
        state: 'failing',
        fix: 'name a database that exists, not "nothing"',
      });
    });
  });
});
