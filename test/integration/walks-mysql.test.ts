import { seedMysqlSessions } from '../../local/django-table-mysql';
import { deploy, type Invoked } from '../support/deployed-function';
import {
  createMysqlDatabase,
  describeWithMariadb,
  type MysqlTestDatabase,
} from '../support/mariadb';

describeWithMariadb(() => {
  let db: MysqlTestDatabase;

  beforeEach(async () => {
    db = await createMysqlDatabase();
  });

  afterEach(() => db.close());

  async function purge(env: Record<string, string> = {}, event?: unknown): Promise<Invoked> {
    const { invoke, stop } = deploy({ env: { ...db.environment, ...env } });
    return invoke(event).finally(stop);
  }

  async function left(): Promise<number[]> {
    const [[row]] = (await db.admin.query(`
      SELECT CAST(COALESCE(SUM(expire_date >= UTC_TIMESTAMP()), 0) AS SIGNED) AS live,
        CAST(COALESCE(SUM(expire_date < UTC_TIMESTAMP() - INTERVAL 1 HOUR), 0) AS SIGNED) AS expired
      FROM django_session`)) as unknown as [[{ live: number; expired: number }]];
    return [row.live, row.expired];
  }

  async function seed(expired: number, live: number): Promise<void> {
    await seedMysqlSessions(db.admin, { expired, live });
  }

  it('walks along the index, whatever the user may read, and names no session key', async () => {
    await seed(5000, 100);
    await db.admin.query("GRANT SELECT (session_key) ON django_session TO 'purger'@'%'");

    const { report } = await purge();

    expect(report).toMatchObject({
      rowsDeleted: 5000,
      stopReason: 'drained',
      tables: [{ walk: 'index', walkReason: expect.stringMatching(/^only PostgreSQL/) }],
    });
    expect(await left()).toEqual([100, 0]);
    const deletes = db.dataApi.calls
      .map(({ input }) => String(input.sql))
      .filter((sql) => sql.startsWith('DELETE'));
    expect(deletes.length).toBeGreaterThan(1);
    expect(deletes.filter((sql) => sql.includes('session_key'))).toEqual([]);
  });

  it('has no batch of more rows than allowed, nor more than asked for in all', async () => {
    await seed(10_000, 100);

    const { report } = await purge({ SESSION_PURGE_MAX_BATCH_SIZE: '700' }, { maxRows: 5001 });

    expect(report).toMatchObject({ rowsDeleted: 5001, stopReason: 'row-limit' });
    expect(await left()).toEqual([100, 4999]);
  });

  it('steps over a row that another table refers to, and tells its constraint', async () => {
    await seed(1200, 10);
    await db.admin.query(
      `CREATE TABLE profile (session_key varchar(40), CONSTRAINT profile_session FOREIGN KEY (session_key) REFERENCES django_session (session_key))`,
    );
    await db.admin.query(
      'INSERT INTO profile SELECT session_key FROM django_session ORDER BY expire_date LIMIT 1 OFFSET 700',
    );

    const { error, log } = await purge();

    expect(error?.errorMessage).toMatch(/was stepped over: .*profile_session/);
    expect(log.find((line) => line.report)?.report).toMatchObject({
      rowsDeleted: 1199,
      tables: [{ rowsSteppedOver: 1 }],
    });
    expect(await left()).toEqual([10, 1]);
  });

  it('ends the table after a few calls when every delete is refused', async () => {
    await seed(9, 1);
    const message =
      'Database returned SQL exception: refused; SQLState: 45000; Error code: 1644; no delete today';
    const faulty = await db.serve({
      onCall: ({ input }) =>
        String(input.sql).startsWith('DELETE')
          ? { answer: { error: 'DatabaseErrorException', message } }
          : undefined,
    });

    const { error, log } = await purge(db.environmentOf(faulty));

    const report = log.find((line) => line.report)?.report;
    expect(error?.errorMessage).toContain('no delete today');
    expect(report).toMatchObject({ stopReason: 'failed', rowsDeleted: 0 });
    expect(report?.dataApiCalls).toBeLessThan(60);
    expect(await left()).toEqual([1, 9]);
  });

  it('asks twice when there is nothing to do: once in the grammar of PostgreSQL', async () => {
    await seed(0, 10);

    const { report } = await purge();

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 0, dataApiCalls: 2 });
  });
});
