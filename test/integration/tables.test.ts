import { createSessionTable, insertSessions, type SessionTable } from '../../local/django-table';
import { grantPurge } from '../../local/purge-role';
import { deploy, type Invoked } from '../support/deployed-function';
import { createDatabase, type TestDatabase } from '../support/postgres';

const ROLE = 'purger';

let db: TestDatabase;

beforeEach(async () => {
  db = await createDatabase();
});

afterEach(() => db.close());

async function createGranted(table: SessionTable, extraColumns: string[] = []): Promise<void> {
  await createSessionTable(db.admin, { ...table, extraColumns });
  await grantPurge(db.admin, ROLE, table);
  await addSessions(table);
}

async function addSessions(table: SessionTable = {}): Promise<void> {
  const rows = [
    { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' },
    { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' },
  ];
  await insertSessions(db.admin, rows, table);
}

async function purge(tables: string, event?: unknown): Promise<Invoked> {
  const { invoke, stop } = deploy({ env: { ...db.environment, SESSION_PURGE_TABLES: tables } });
  return invoke(event).finally(stop);
}

const deletedFrom = ({ report }: Invoked) =>
  Object.fromEntries(report?.tables.map(({ table, rowsDeleted }) => [table, rowsDeleted]) ?? []);

describe('the configured tables', () => {
  it.each<[string, SessionTable, string]>([
    ['a table of another name', { table: 'user_sessions_session' }, 'user_sessions_session'],
    ['a table of mixed case', { table: 'MySession' }, 'MySession'],
    ['a table in a schema', { schema: 'Shop-1', table: 'django_session' }, 'Shop-1.django_session'],
    ['a table with a reserved word for a name', { table: 'select' }, 'select'],
    ['a table of other letters', { table: 'séance$1' }, 'public.séance$1'],
  ])('may be %s', async (_promise, table, configured) => {
    await createGranted(table);

    const invoked = await purge(configured);

    expect(deletedFrom(invoked)).toEqual({ [`${table.schema ?? 'public'}.${table.table}`]: 1 });
  });

  it('may be a custom session model, with columns of its own', async () => {
    await createGranted({ table: 'custom' }, [`"account_id" integer`, `"note" text DEFAULT ''`]);

    expect(deletedFrom(await purge('custom'))).toEqual({ 'public.custom': 1 });
  });

  it('are drained in turn, each schema of a tenant too, none twice', async () => {
    await addSessions();
    await createGranted({ schema: 'tenant_a' });
    await createGranted({ schema: 'tenant_b' });
    await createGranted({ table: 'other' });

    const invoked = await purge('*.django_session, other, public.django_session');

    expect(deletedFrom(invoked)).toEqual({
      'public.django_session': 1,
      'tenant_a.django_session': 1,
      'tenant_b.django_session': 1,
      'public.other': 1,
    });
    expect(invoked.report?.tables).toHaveLength(4);
  });

  it('may be narrowed by the event', async () => {
    await addSessions();
    await createGranted({ table: 'other' });

    expect(deletedFrom(await purge('django_session,other', { tables: ['other'] }))).toEqual({
      'public.other': 1,
    });
  });
});

describe('a table that is no session table', () => {
  it.each([
    [
      'does not exist',
      '',
      'nothing_here',
      /^table "nothing_here" was not found in database "test_\w+"; nothing was deleted; check the database name and the tables setting$/,
    ],
    [
      'has no expire_date',
      'CREATE TABLE t (session_key varchar(40) PRIMARY KEY)',
      't',
      /^table "t" has no column "expire_date"; nothing was deleted; check the database name and the tables setting$/,
    ],
    [
      'has no session_key',
      'CREATE TABLE t (id int PRIMARY KEY, expire_date timestamptz)',
      't',
      /^table "t" has no column "session_key"; nothing was deleted; check/,
    ],
    [
      'has another key',
      'CREATE TABLE t (id int PRIMARY KEY, session_key varchar(40) UNIQUE, expire_date timestamptz)',
      't',
      /^table "t" does not have "session_key" as its primary key; nothing was deleted; check/,
    ],
    [
      'keeps its expire_date as text',
      'CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date text)',
      't',
      /^table "t" has a column "expire_date" of type text, which Django never makes; nothing was deleted; check/,
    ],
    [
      'keeps its expire_date without a zone',
      'CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date timestamp)',
      't',
      /^table "t" has a column "expire_date" of type timestamp without time zone, which Django never makes; nothing/,
    ],
    [
      'is a view',
      'CREATE VIEW t AS SELECT * FROM django_session',
      't',
      /^table "t" is a view, not a table; nothing was deleted; check/,
    ],
    [
      'is in no schema',
      '',
      '*.nothing_here',
      /^table "\*\.nothing_here" was not found in any schema of database "test_\w+"; nothing/,
    ],
  ])('is refused when it %s, and no other table is touched', async (_case, ddl, table, message) => {
    await addSessions();
    await db.admin.query(ddl);
    await db.admin.query(ddl && `GRANT ALL ON ${table} TO ${ROLE}`);

    const { error, metrics } = await purge(`django_session,${table}`);

    expect(error).toMatchObject({ errorType: 'TableError' });
    expect(error?.errorMessage).toMatch(message);
    expect(metrics[0]?.metrics).toMatchObject({ Failures: '1 Count', RowsDeleted: '0 Count' });
    const { rowCount } = await db.admin.query('SELECT FROM django_session');
    expect(rowCount).toBe(2);
  });

  it('is told together with all others', async () => {
    const { error } = await purge('one,two');

    expect(error?.errorMessage).toMatch(
      /^table "one" was not found in .*; table "two" was not found in .*; nothing was deleted; check/,
    );
  });
});

it.each([
  ['SELECT (ctid)', 'SELECT (ctid)'],
  ['SELECT (expire_date)', 'SELECT (expire_date)'],
  ['UPDATE (expire_date)', 'UPDATE (expire_date)'],
  ['DELETE', 'DELETE'],
])('a missing right to %s is named, with the GRANT that gives it', async (right, named) => {
  await addSessions();
  await db.admin.query(`REVOKE ${right} ON django_session FROM ${ROLE}`);

  const { error } = await purge('django_session');

  expect(error).toMatchObject({
    errorType: 'TableError',
    errorMessage: `user "purger" lacks ${named} on table "django_session"; nothing was deleted; GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON "public"."django_session" TO "purger"`,
  });
});

it('a missing index is a warning in the report and the log, and the purge goes on', async () => {
  await addSessions();
  await db.admin.query('DROP INDEX django_session_expire_date_a5c62663');

  const { report, log } = await purge('django_session');

  const warning =
    'table "django_session" has no index that starts with expire_date: each batch reads the whole table; CREATE INDEX CONCURRENTLY ON "public"."django_session" (expire_date)';
  expect(report).toMatchObject({ rowsDeleted: 1, warnings: [warning] });
  expect(log).toContainEqual(expect.objectContaining({ level: 'WARN', message: warning }));
});
