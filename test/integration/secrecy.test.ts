import { insertSessions } from '../../local/django-table';
import { deploy, type Invoked } from '../support/deployed-function';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { testPostgres } from '../support/test-postgres';

let db: TestDatabase;

beforeEach(async () => {
  db = await createDatabase();
  await insertSessions(db.admin, [
    { sessionKey: KEY, sessionData: DATA, expireDate: '2020-07-11T19:20:40Z' },
    { sessionKey: 'live', sessionData: DATA, expireDate: '2096-07-25T13:50:10Z' },
  ]);
});

afterEach(() => db.close());

const KEY = '3dub24wutcq28y7lhgnfl2rasoy37646';
const DATA = 'eyJfYXV0aF91c2VyX2lkIjoiMSJ9:the-data-of-a-session';

async function invoke(env: Record<string, string> = {}, event?: unknown): Promise<Invoked> {
  const { invoke, stop } = deploy({ env: { ...db.environment, ...env, POWERTOOLS_DEV: '' } });
  return invoke(event).finally(stop);
}

function everythingSaid({ report, error, output }: Invoked): string {
  return JSON.stringify([report, error, output, db.dataApi.calls.map(({ input }) => input)]);
}

function expectNoSecretIn(said: string): void {
  const { purger, superuser } = testPostgres();
  for (const secret of [KEY, DATA, purger.password, superuser.password]) {
    expect(said.includes(secret)).toBe(false);
  }
}

describe('no session key, no session data and no password is said', () => {
  it('by a purge', async () => {
    const invoked = await invoke();

    expect(invoked.report).toMatchObject({ rowsDeleted: 1 });
    expectNoSecretIn(everythingSaid(invoked));
  });

  it('by a dry run', async () => {
    const invoked = await invoke({}, { dryRun: true });

    expect(invoked.report?.tables[0]).toMatchObject({ rowsExpired: 1 });
    expectNoSecretIn(everythingSaid(invoked));
  });

  it('by a purge that a foreign key stops', async () => {
    await db.admin.query(
      `CREATE TABLE profile (session varchar(40) REFERENCES django_session DEFERRABLE)`,
    );
    await db.admin.query('INSERT INTO profile VALUES ($1)', [KEY]);

    const invoked = await invoke();

    expect(invoked.error?.errorMessage).toContain('violates foreign key constraint');
    expect(invoked.error?.errorMessage).toContain('SQLState: 23503');
    expectNoSecretIn(everythingSaid(invoked));
  });

  it('by an error of the service that quotes the row', async () => {
    const message = `ERROR: update or delete on table "django_session" violates foreign key constraint "f" on table "p"\n  Detail: Key (session_key)=(${KEY}) is still referenced from table "p".; SQLState: 23503`;
    const faulty = await db.serve({
      onCall: ({ input }) =>
        String(input.sql).includes('DELETE FROM')
          ? { answer: { error: 'DatabaseErrorException', message } }
          : undefined,
    });

    const invoked = await invoke(db.environmentOf(faulty));

    expect(invoked.error?.errorMessage).toContain('violates foreign key constraint "f"');
    expectNoSecretIn(everythingSaid(invoked));
  });
});
