import { randomUUID } from 'node:crypto';
import type { SessionTable } from '../../local/django-table';
import type { Invoked } from '../support/deployed-function';
import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';

const deletedFrom = ({ report }: Invoked) =>
  Object.fromEntries(report?.tables.map(({ table, rowsDeleted }) => [table, rowsDeleted]) ?? []);

/** Which tables are purged, and which are refused. */
export function describeConfiguredTables(engine: Engine): void {
  const bed = purgeBed(engine);

  async function addSessions(table: SessionTable = {}): Promise<void> {
    const rows = [
      { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' },
      { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' },
    ];
    await bed.insert(rows, table);
  }

  async function createFilled(table: SessionTable, ...extraColumns: string[]): Promise<void> {
    await bed.createTable({ ...table, extraColumns });
    await bed.grant(table);
    await addSessions(table);
  }

  const purge = (tables: string, event?: unknown) =>
    bed.purge({ SESSION_PURGE_TABLES: tables }, event);

  describe('the configured tables', () => {
    it.each([
      ['a table of another name', 'user_sessions_session', 'user_sessions_session'],
      ['a table of mixed case', 'MySession', 'MySession'],
      ['a table with a reserved word for a name', 'select', 'select'],
      ['a table of other letters', 'séance$1', 'séance$1'],
    ])('may be %s', async (_promise, table, configured) => {
      await createFilled({ table });

      const invoked = await purge(configured);

      expect(deletedFrom(invoked)).toEqual({ [bed.reported({ table })]: 1 });
    });

    it('may be a table in a schema, named with it', async () => {
      const schema = await bed.createSchema('Shop-1');
      await createFilled({ schema });

      const invoked = await purge(`${schema}.django_session`);

      expect(deletedFrom(invoked)).toEqual({ [`${schema}.django_session`]: 1 });
    });

    it('may be a custom session model, with columns of its own', async () => {
      await createFilled({ table: 'custom' }, 'account_id integer', "note varchar(9) DEFAULT ''");

      expect(deletedFrom(await purge('custom'))).toEqual({
        [bed.reported({ table: 'custom' })]: 1,
      });
    });

    it('are drained in turn, each schema of a tenant too, none twice', async () => {
      // On MySQL the schemas of other tests are in sight.
      const table = `tenant_session_${randomUUID().slice(0, 8)}`;
      const schemas = [await bed.createSchema('a'), await bed.createSchema('b')];
      await createFilled({ table });
      for (const schema of schemas) await createFilled({ schema, table });
      await createFilled({ table: 'other' });

      const invoked = await purge(`*.${table}, other, ${bed.reported({ table })}`);

      expect(deletedFrom(invoked)).toEqual({
        [bed.reported({ table })]: 1,
        [`${schemas[0]}.${table}`]: 1,
        [`${schemas[1]}.${table}`]: 1,
        [bed.reported({ table: 'other' })]: 1,
      });
      expect(invoked.report?.tables).toHaveLength(4);
    });

    it('may be narrowed by the event', async () => {
      await addSessions();
      await createFilled({ table: 'other' });

      expect(deletedFrom(await purge('django_session,other', { tables: ['other'] }))).toEqual({
        [bed.reported({ table: 'other' })]: 1,
      });
    });
  });

  describe('a table that is no session table', () => {
    it.each([
      [
        'does not exist',
        null,
        't',
        /^table "t" was not found in database "test_\w+"; nothing was deleted; check the database name and the tables setting$/,
      ],
      [
        'has no expire_date',
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY)',
        't',
        /^table "t" has no column "expire_date"; nothing was deleted; check the database name and the tables setting$/,
      ],
      [
        'has another key',
        'CREATE TABLE t (id int PRIMARY KEY, session_key varchar(40) UNIQUE, expire_date timestamp)',
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
        'is a view',
        'CREATE VIEW t AS SELECT * FROM django_session',
        't',
        /^table "t" is a view, not a table; nothing was deleted; check/,
      ],
      [
        'is in no schema',
        null,
        '*.nothing_here',
        /^table "\*\.nothing_here" was not found in any schema of database "test_\w+"; nothing/,
      ],
    ])(
      'is refused when it %s, and no other table is touched',
      async (_case, ddl, table, message) => {
        await addSessions();
        if (ddl !== null) {
          await bed.query(ddl);
          await bed.query(`GRANT ALL ON t TO ${engine.account('purger')}`);
        }

        const { error, metrics } = await purge(`django_session,${table}`);

        expect(error).toMatchObject({ errorType: 'TableError' });
        expect(error?.errorMessage).toMatch(message);
        expect(metrics[0]?.metrics).toMatchObject({ Failures: '1 Count', RowsDeleted: '0 Count' });
        expect(await bed.keysLeft()).toEqual(['expired', 'live']);
      },
    );

    it('is told together with all others', async () => {
      const { error } = await purge('one,two');

      expect(error?.errorMessage).toMatch(
        /^table "one" was not found in .*; table "two" was not found in .*; nothing was deleted; check/,
      );
    });
  });

  it.each(engine.rights)(
    'a missing right to %s is named, with the GRANT that gives it',
    async (right) => {
      await addSessions();
      const account = engine.account('purger');
      await bed.query(`REVOKE ${right} ON django_session FROM ${account}`);

      const { error } = await purge('django_session');

      expect(error).toMatchObject({ errorType: 'TableError' });
      expect(error?.errorMessage).toBe(
        `user "${engine.user('purger')}" lacks ${right} on table "django_session"; nothing was deleted; ${engine.grant} ${bed.quoted()} TO ${account}`,
      );
    },
  );

  it('a missing index is a warning in the report and the log, and the purge goes on', async () => {
    await addSessions();
    await bed.query(engine.dropIndex('django_session_expire_date_a5c62663'));

    const { report, log } = await purge('django_session');

    const warning = `table "django_session" has no index that starts with expire_date: each batch reads the whole table; ${engine.createIndex(bed.quoted())}`;
    expect(report).toMatchObject({ rowsDeleted: 1, warnings: [warning] });
    expect(log).toContainEqual(expect.objectContaining({ level: 'WARN', message: warning }));
  });
}
