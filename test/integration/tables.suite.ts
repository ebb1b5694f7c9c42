import { randomUUID } from 'node:crypto';
import type { SessionTable } from '../../local/django-table';
import type { Invoked } from '../support/deployed-function';
import type { Engine } from '../support/engines';
import { plainNames } from '../support/plain-names';
import { purgeBed } from '../support/purge-bed';
import { loggedReport } from './walks.suite';

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
        'nowhere',
        /^table "nowhere" was not found in database "test_\w+"; check the database name and the tables setting/,
      ],
      [
        'has no expire_date',
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY)',
        't',
        /^table "t" has no column "expire_date"; check the database name and the tables setting$/,
      ],
      [
        'has another key',
        'CREATE TABLE t (id int PRIMARY KEY, session_key varchar(40) UNIQUE, expire_date timestamp)',
        't',
        /^table "t" does not have "session_key" as its primary key; check/,
      ],
      [
        'keeps its expire_date as text',
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date text)',
        't',
        /^table "t" has a column "expire_date" of type text, which Django never makes; check/,
      ],
      [
        'is a view',
        'CREATE VIEW t AS SELECT * FROM django_session',
        't',
        /^table "t" is a view, not a table; name the table that it shows, and not the view, in the tables setting$/,
      ],
      [
        'is in no schema',
        null,
        '*.nothing_here',
        /^table "\*\.nothing_here" was not found in any schema of database "test_\w+"; check/,
      ],
    ])('is told when it %s, and the others are purged', async (_case, ddl, table, message) => {
      await addSessions();
      if (ddl !== null) {
        await bed.query(ddl);
        await bed.query(`GRANT ALL ON t TO ${engine.account('purger')}`);
      }

      const invoked = await purge(`django_session,${table}`);
      const { error, metrics } = invoked;

      expect(error).toMatchObject({ errorType: 'TableError' });
      expect(error?.errorMessage).toMatch(message);
      expect(metrics[0]?.metrics).toMatchObject({ Failures: '1 Count', RowsDeleted: '1 Count' });
      expect(loggedReport(invoked)?.tables).toMatchObject([
        { stopReason: 'failed', problem: error?.errorMessage },
        { table: bed.reported(), stopReason: 'drained' },
      ]);
      expect(await bed.keysLeft()).toEqual(['live']);
    });

    it('is told together with all others', async () => {
      const { error } = await purge('one,two');

      expect(error?.errorMessage).toMatch(
        /^2 tables were not purged, or not wholly: \(1\) table "one" was not found in .*; \(2\) table "two" was not found in /,
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
      expect(error?.errorMessage.replace(/ as [^:]+:/, '')).toBe(
        `user "${engine.user('purger')}" lacks ${right} on table "django_session"; ${plainNames(`${engine.grant} ${bed.quoted()} TO ${account}`)}`,
      );
    },
  );

  it('a missing right to one table is told, and the others are purged', async () => {
    await addSessions();
    await createFilled({ table: 'other' });
    const account = engine.account('purger');
    await bed.query(`REVOKE DELETE ON ${bed.quoted({ table: 'other' })} FROM ${account}`);

    const invoked = await purge('django_session,other');
    const { error } = invoked;

    expect(loggedReport(invoked)?.tables).toMatchObject([
      {
        table: bed.reported({ table: 'other' }),
        stopReason: 'failed',
        problem: error?.errorMessage,
      },
      { table: bed.reported(), stopReason: 'drained', rowsDeleted: 1 },
    ]);
    expect(error?.errorMessage).toMatch(/lacks DELETE on table "other"; as .*: GRANT/);
  });

  it('tables of similar names are told where one is not found, as the setting takes them', async () => {
    const schema = await bed.createSchema('123.shop');
    await createFilled({ schema, table: 'Wanted' });

    const { error } = await purge('wanted');
    const [, near = ''] =
      /; if you mean (.*?), name it so in the tables setting/.exec(error?.errorMessage ?? '') ?? [];

    expect(deletedFrom(await purge(near))).toEqual({ [`"${schema}".Wanted`]: 1 });
  });

  it('a table of sessions with a similar name is told where one is not found', async () => {
    // On MySQL the user also sees the tables of the tests that run beside this one, so it has a name of its own.
    const table = { table: 'visits_of_shop' };
    await createFilled(table);

    const { error } = await purge('visit_of_shop');
    const [, near = ''] =
      /; if you mean (.*?), name it so in the tables setting/.exec(error?.errorMessage ?? '') ?? [];

    expect(near).toBe(bed.reported(table));
    expect(deletedFrom(await purge(near))).toEqual({ [bed.reported(table)]: 1 });
  });

  it('a table with odd names is purged by its quoted name', async () => {
    const schema = await bed.createSchema('1. "a", b');
    const table = { schema, table: '2`nd; --' };
    await createFilled(table);

    const quoted = [schema, table.table].map((name) => `"${name.replaceAll('"', '""')}"`).join('.');

    expect(deletedFrom(await purge(`django_session,${quoted}`))).toMatchObject({ [quoted]: 1 });
  });

  describe('a column that takes NULL', () => {
    it('keeps no other session from going, and is a warning', async () => {
      await bed.query(engine.allowNull(bed.quoted()));
      await addSessions();
      await bed.query(
        `INSERT INTO ${bed.quoted()} (session_key, session_data, expire_date) VALUES ('none', '', NULL)`,
      );

      const { report, error } = await purge('django_session');

      expect(error).toBeUndefined();
      expect(report).toMatchObject({
        rowsDeleted: 1,
        stopReason: 'drained',
        warnings: [
          expect.stringMatching(
            /^table "django_session" takes NULL for expire_date.*; if that shows 0: ALTER TABLE /,
          ),
        ],
      });
      expect(await bed.keysLeft()).toEqual(['live', 'none']);
    });

    it('can be mended as the warning says', async () => {
      await bed.query(engine.allowNull(bed.quoted()));
      const { report } = await purge('django_session');
      const [, statement = ''] = /: (ALTER TABLE .*?); if/.exec(report?.warnings?.[0] ?? '') ?? [];

      await bed.query(statement);

      expect((await purge('django_session')).report).not.toHaveProperty('warnings');
    });
  });

  it.each(['9999-12-31 23:59:59.999999', ...engine.lastInstants])(
    'a session that expires at %s decides nothing',
    async (expireDate) => {
      await addSessions();
      await bed.insert([{ sessionKey: 'last', expireDate }]);

      const { report, error } = await purge('django_session');

      expect(error).toBeUndefined();
      expect(report).toMatchObject({ rowsDeleted: 1, stopReason: 'drained' });
      expect(await bed.keysLeft()).toEqual(['last', 'live']);
    },
  );

  it('an idle run over named tables takes as few calls as one over a single table', async () => {
    await createFilled({ table: 'other' });
    await purge('django_session,other');

    const { report } = await purge('django_session,other');

    expect(report).toMatchObject({ rowsDeleted: 0, dataApiCalls: engine.callsToOpen });
  });
}
