import { insertSessions, seedSessions } from '../../local/django-table';
import { type DeployedFunction, deploy } from '../support/deployed-function';
import { createDatabase, type TestDatabase } from '../support/postgres';

let db: TestDatabase;
let purge: DeployedFunction;

beforeEach(async () => {
  db = await createDatabase();
  purge = deploy({ env: db.environment });
});

afterEach(async () => {
  await purge.stop();
  await db.close();
});

const LONG_AGO = '2020-07-11T19:20:40Z';
const CUTOFF = '2020-07-12T23:00:36.123Z';

async function keysLeft(): Promise<string[]> {
  const { rows } = await db.admin.query('SELECT session_key FROM django_session ORDER BY 1');
  return rows.map(({ session_key }) => session_key);
}

/** Runs statements in a transaction that stays open until it is ended. */
async function begin(...statements: string[]) {
  const application = await db.admin.connect();
  for (const statement of ['BEGIN', ...statements]) await application.query(statement);
  return async (how: 'COMMIT' | 'ROLLBACK') => {
    await application.query(how);
    application.release();
  };
}

const RENEW = `UPDATE django_session SET expire_date = now() + interval '14 days' WHERE session_key = 'renewed'`;

/** The recipe found in most places, which this project exists not to use. */
const USUAL_RECIPE = `
  DELETE FROM django_session WHERE session_key IN (
    SELECT session_key FROM django_session WHERE expire_date < now() LIMIT 10)`;

describe('a session that the application renews while its batch runs', () => {
  beforeEach(() =>
    insertSessions(db.admin, [
      { sessionKey: 'renewed', expireDate: LONG_AGO },
      { sessionKey: 'expired', expireDate: LONG_AGO },
    ]),
  );

  it('survives, and holds up neither the purge nor the other rows', async () => {
    const end = await begin(RENEW);

    const { report } = await purge.invoke();
    await end('COMMIT');

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    expect(await keysLeft()).toEqual(['renewed']);
  });

  it('is lost by the usual recipe: this test can tell', async () => {
    const end = await begin(RENEW);

    const recipe = db.admin.query(USUAL_RECIPE);
    await untilSomeoneWaits();
    await end('COMMIT');
    await recipe;

    expect(await keysLeft()).toEqual([]);
  });

  it('is told as overdue while it is locked, and goes with the next run if it was not renewed', async () => {
    const end = await begin(RENEW);

    const during = await purge.invoke();
    await end('ROLLBACK');
    const after = await purge.invoke();

    expect(during.report?.tables[0]).toMatchObject({ oldestExpired: '2020-07-11T19:20:40.000Z' });
    expect(after.report).toMatchObject({ rowsDeleted: 1 });
    expect(await keysLeft()).toEqual([]);
  });

  async function untilSomeoneWaits(): Promise<void> {
    const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    while ((await db.admin.query(waiting)).rowCount === 0);
  }
});

it('loses no session of an application that renews at random all through a purge', async () => {
  await seedSessions(db.admin, { expired: 60_000 });
  let isPurging = true;
  const renewed: string[] = [];
  const renewAtRandom = async () => {
    while (isPurging) {
      const { rows } = await db.admin.query(`
        UPDATE django_session SET expire_date = now() + interval '14 days'
        WHERE session_key IN (SELECT session_key FROM django_session TABLESAMPLE SYSTEM (1) LIMIT 20)
          AND expire_date < now()
        RETURNING session_key`);
      renewed.push(...rows.map(({ session_key }) => session_key));
    }
  };

  const renewals = [renewAtRandom(), renewAtRandom()];
  const { report, error } = await deploySlowly().finally(() => {
    isPurging = false;
  });
  await Promise.all(renewals);

  expect(error).toBeUndefined();
  expect(renewed.length).toBeGreaterThan(100);
  const left = new Set(await keysLeft());
  expect(renewed.filter((key) => !left.has(key))).toEqual([]);
  expect(report?.rowsDeleted).toBeGreaterThan(10_000);

  async function deploySlowly() {
    const small = deploy({ env: { ...db.environment, SESSION_PURGE_MAX_BATCH_SIZE: '500' } });
    return small.invoke().finally(() => small.stop());
  }
});

describe('the cutoff', () => {
  it('parts the sessions to the microsecond', async () => {
    await insertSessions(db.admin, [
      { sessionKey: 'a microsecond before', expireDate: '2020-07-12T23:00:36.122999Z' },
      { sessionKey: 'at the cutoff', expireDate: '2020-07-12T23:00:36.123000Z' },
      { sessionKey: 'a microsecond after', expireDate: '2020-07-12T23:00:36.123001Z' },
    ]);

    const { report } = await purge.invoke({ cutoff: CUTOFF });

    expect(report).toMatchObject({ cutoff: CUTOFF, rowsDeleted: 1 });
    expect(await keysLeft()).toEqual(['a microsecond after', 'at the cutoff']);
  });

  it('is an hour before the time of the database unless it is given', async () => {
    const ago = async (interval: string) =>
      (await db.admin.query(`SELECT now() - interval '${interval}' AS t`)).rows[0].t as Date;
    await insertSessions(db.admin, [
      { sessionKey: 'gone', expireDate: await ago('61 minutes') },
      { sessionKey: 'kept', expireDate: await ago('59 minutes') },
    ]);

    await purge.invoke();

    expect(await keysLeft()).toEqual(['kept']);
  });

  it('may not lie in the future of the database', async () => {
    await insertSessions(db.admin, [{ sessionKey: 'live', expireDate: '2096-01-01T00:00:00Z' }]);

    const { error } = await purge.invoke({ cutoff: '2097-01-01T00:00:00Z' });

    expect(error).toMatchObject({
      errorType: 'RequestError',
      errorMessage: expect.stringMatching(
        /^cutoff must not lie ahead of the database's clock \(.*\), got 2097-01-01T00:00:00.000Z; nothing was deleted$/,
      ),
    });
    expect(await keysLeft()).toEqual(['live']);
  });
});
