import { setTimeout } from 'node:timers/promises';
import type { PoolConnection } from 'mysql2/promise';
import type { Statement } from '../../lambda/data-api/statement';
import { mysql } from '../../lambda/database/mysql';
import type { Call, Fault } from '../../local/data-api-server/index';
import {
  createMysqlSessionTable,
  insertMysqlSessions,
  seedMysqlSessions,
} from '../../local/django-table-mysql';
import { grantMysqlPurge } from '../../local/purge-role-mysql';
import { hold } from '../support/conversation';
import { deploy, type Invoked } from '../support/deployed-function';
import {
  createMysqlDatabase,
  describeWithMariadb,
  type MysqlTestDatabase,
} from '../support/mariadb';

const LONG_AGO = '2020-07-11T19:20:40Z';

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

  async function keysLeft(): Promise<string[]> {
    const [rows] = await db.admin.query('SELECT session_key FROM django_session ORDER BY 1');
    return (rows as { session_key: string }[]).map(({ session_key }) => session_key);
  }

  async function begin(...statements: string[]): Promise<PoolConnection> {
    const connection = await db.admin.getConnection();
    for (const statement of ['BEGIN', ...statements]) await connection.query(statement);
    return connection;
  }

  async function end(connection: PoolConnection, how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await connection.query(how);
    connection.release();
  }

  /** The connections whose DELETE waits for a lock; the server looks anew a tenth of a second after the last look. */
  async function untilADeleteWaits(): Promise<number[]> {
    for (;;) {
      const [rows] = await db.admin.query(
        `SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx
         WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE ?`,
        [`DELETE%${db.database}%`],
      );
      const ids = (rows as { id: number }[]).map(({ id }) => id);
      if (ids.length > 0) return ids;
      await setTimeout(150);
    }
  }

  describe('on MySQL (MariaDB)', () => {
    it('purges on schedule, looks without deleting, and knows its engine', async () => {
      await seedMysqlSessions(db.admin, { expired: 3000, live: 300, expiredOverDays: 900 });
      const cutoff = { cutoff: new Date(Date.now() - 1000).toISOString() };

      const dry = await purge({}, { ...cutoff, dryRun: true });
      const real = await purge({}, cutoff);

      const expired = dry.report?.tables[0]?.rowsExpired ?? 0;
      expect(expired).toBeGreaterThan(2990);
      expect(real.report).toMatchObject({
        engine: 'mysql',
        stopReason: 'drained',
        rowsDeleted: expired,
        tables: [{ table: `${db.database}.django_session`, backlogAgeSeconds: 0 }],
      });
      expect(await keysLeft()).toHaveLength(3300 - expired);
    });

    it('parts the sessions at the cutoff to the microsecond', async () => {
      await insertMysqlSessions(db.admin, [
        { sessionKey: 'a microsecond before', expireDate: '2020-07-12T23:00:36.122999Z' },
        { sessionKey: 'at the cutoff', expireDate: '2020-07-12T23:00:36.123000Z' },
        { sessionKey: 'a microsecond after', expireDate: '2020-07-12T23:00:36.123001Z' },
      ]);

      const { report } = await purge({}, { cutoff: '2020-07-12T23:00:36.123Z' });

      expect(report).toMatchObject({ rowsDeleted: 1 });
      expect(await keysLeft()).toEqual(['a microsecond after', 'at the cutoff']);
    });

    it('takes many sessions of one instant in batches, and none beside them', async () => {
      await db.admin.query(`INSERT INTO django_session
        SELECT MD5(seq), 'x', '2020-07-11 19:20:40.123456' FROM seq_1_to_20000`);
      await insertMysqlSessions(db.admin, [
        { sessionKey: 'live', expireDate: '2096-01-01T00:00:00Z' },
      ]);

      const { report } = await purge({ SESSION_PURGE_MAX_BATCH_SIZE: '1000' });

      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 20_000 });
      expect(report?.batches).toBeGreaterThanOrEqual(20);
      expect(await keysLeft()).toEqual(['live']);
    });

    it('keeps a session that is renewed while its batch waits for it', async () => {
      await insertMysqlSessions(db.admin, [
        { sessionKey: 'expired', expireDate: LONG_AGO },
        { sessionKey: 'renewed', expireDate: LONG_AGO },
      ]);
      const application = await begin(
        `UPDATE django_session SET expire_date = '2096-01-01' WHERE session_key = 'renewed'`,
      );

      const run = purge();
      await untilADeleteWaits();
      await end(application, 'COMMIT');
      const { report } = await run;

      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
      expect(await keysLeft()).toEqual(['renewed']);
    });
  });

  describe('the local time of Django without USE_TZ', () => {
    /** What Django writes as the expiry of a session, in its own local time. */
    async function stored(...expireDates: string[]): Promise<void> {
      const rows = expireDates.map((expireDate) => ({
        sessionKey: expireDate,
        expireDate: `${expireDate.replace(' ', 'T')}Z`,
      }));
      await insertMysqlSessions(db.admin, rows);
    }

    it.each([
      ['America/Los_Angeles', '2026-07-12T07:00:00Z', '2026-07-11 23:59:59', '2026-07-12 00:00:00'],
      ['Asia/Kolkata', '2026-07-12T07:00:00Z', '2026-07-12 12:29:59', '2026-07-12 12:30:00'],
      ['UTC', '2026-07-12T07:00:00Z', '2026-07-12 06:59:59', '2026-07-12 07:00:00'],
      // The clocks go back from 02:00 to 01:00 at 01:00Z: half past one comes again.
      ['Europe/Lisbon', '2025-10-26T00:45:00Z', '2025-10-26 00:59:59', '2025-10-26 01:00:00'],
      ['Europe/Lisbon', '2025-10-26T01:45:00Z', '2025-10-26 01:44:59', '2025-10-26 01:45:00'],
      // They go forward from 01:00 to 02:00 at 01:00Z: half past one never comes.
      ['Europe/Lisbon', '2026-03-29T01:00:00Z', '2026-03-29 01:30:00', '2026-03-29 02:00:00'],
    ])('in %s at %s takes %s and keeps %s', async (zone, cutoff, gone, kept) => {
      await stored(gone, kept);

      const { report } = await purge({ SESSION_PURGE_TIME_ZONE: zone }, { cutoff });

      expect(report).toMatchObject({ cutoff: new Date(cutoff).toISOString(), rowsDeleted: 1 });
      expect(await keysLeft()).toEqual([kept]);
    });

    it('is told as the instant that it is', async () => {
      await stored('2026-07-11 17:00:00');

      const { report } = await purge(
        { SESSION_PURGE_TIME_ZONE: 'America/Los_Angeles' },
        { cutoff: '2026-07-12T01:00:00Z', dryRun: true },
      );

      expect(report?.tables[0]).toMatchObject({
        oldestExpired: '2026-07-12T00:00:00.000Z',
        backlogAgeSeconds: 3600,
      });
    });
  });

  describe('the last batch', () => {
    const cutoff = new Date('2020-07-12T00:00:00Z');
    const insert = `INSERT INTO django_session VALUES ('new', '', '2020-07-13 00:00:00')`;

    /** In a transaction that stays open, so that its locks can be looked at. */
    async function deleteInTransaction(sql: string, values: unknown[]): Promise<PoolConnection> {
      const connection = await begin();
      await connection.query(sql, values);
      return connection;
    }

    async function insertAsTheApplicationDoes(): Promise<unknown> {
      const application = await db.admin.getConnection();
      await application.query('SET SESSION innodb_lock_wait_timeout = 1');
      const outcome = await application.query(insert).catch(({ errno }) => errno);
      application.release();
      return outcome;
    }

    beforeEach(() =>
      insertMysqlSessions(db.admin, [
        { sessionKey: 'expired', expireDate: LONG_AGO },
        { sessionKey: 'live', expireDate: '2020-07-25T13:50:10Z' },
      ]),
    );

    it('locks no gap in which a new session would be inserted', async () => {
      const table = { schema: db.database, table: 'django_session' };
      const next = '2020-07-11 19:20:40.000000';
      const batch = { cutoff, from: { walk: 'index', at: next }, limit: 5000 } as const;
      const [, { sql, parameters }] = hold(mysql('UTC').index.batch(table, batch), [
        [{ taken: 1, next }],
      ]).statements as [Statement, Statement];
      const named = sql.replace(/:(\w+)/g, (_, name) => db.admin.escape(parameters[name]));

      const deletion = await deleteInTransaction(named, []);
      const outcome = await insertAsTheApplicationDoes();
      await end(deletion, 'COMMIT');

      expect(outcome).not.toBe(1205);
      expect(await keysLeft()).toEqual(['live', 'new']);
    });

    it('would lock it with a limit that the rows do not fill: this test can tell', async () => {
      const deletion = await deleteInTransaction(
        'DELETE FROM django_session WHERE expire_date < ? ORDER BY expire_date LIMIT 5000',
        ['2020-07-12 00:00:00'],
      );
      const outcome = await insertAsTheApplicationDoes();
      await end(deletion, 'COMMIT');

      expect(outcome).toBe(1205);
    });
  });

  describe('the configured tables', () => {
    const live = { sessionKey: 'live', expireDate: '2096-01-01T00:00:00Z' };
    const old = { sessionKey: 'expired', expireDate: LONG_AGO };

    it('may be of another name and case, and have columns of their own', async () => {
      const table = { table: 'MySession' };
      await createMysqlSessionTable(db.admin, { ...table, extraColumns: ['`account_id` int'] });
      await grantMysqlPurge(db.admin, 'purger', table);
      await insertMysqlSessions(db.admin, [old, live], table);

      const { report } = await purge({ SESSION_PURGE_TABLES: 'MySession' });

      expect(report?.tables).toMatchObject([{ table: `${db.database}.MySession`, rowsDeleted: 1 }]);
    });

    it('may be those of several schemas', async () => {
      const schemas = ['a', 'b'].map((suffix) => `${db.database}_${suffix}`);
      for (const schema of schemas) {
        await db.admin.query(`CREATE DATABASE ${schema}`);
        await createMysqlSessionTable(db.admin, { schema, table: 'tenant_session' });
        await grantMysqlPurge(db.admin, 'purger', { schema, table: 'tenant_session' });
        await insertMysqlSessions(db.admin, [old, live], { schema, table: 'tenant_session' });
      }

      const { report } = await purge({ SESSION_PURGE_TABLES: '*.tenant_session' });
      for (const schema of schemas) await db.admin.query(`DROP DATABASE ${schema}`);

      expect(report?.tables.map(({ table, rowsDeleted }) => [table, rowsDeleted])).toEqual(
        schemas.map((schema) => [`${schema}.tenant_session`, 1]),
      );
    });

    it.each([
      [
        'is missing',
        '',
        /^table "t" was not found in database "test_\w+"; nothing was deleted; check the database name and the tables setting$/,
      ],
      [
        'has another key',
        'CREATE TABLE t (id int PRIMARY KEY, session_key varchar(40) UNIQUE, expire_date datetime(6))',
        /^table "t" does not have "session_key" as its primary key; nothing was deleted; check/,
      ],
      [
        'has no expire_date',
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY)',
        /^table "t" has no column "expire_date"; nothing was deleted; check/,
      ],
      [
        'keeps its expire_date as text',
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date varchar(40))',
        /^table "t" has a column "expire_date" of type varchar\(40\), which Django never makes; nothing/,
      ],
      [
        'is a view',
        'CREATE VIEW t AS SELECT * FROM django_session',
        /^table "t" is a view, not a table; nothing was deleted; check/,
      ],
    ])('are refused when one %s', async (_case, ddl, message) => {
      if (ddl) await db.admin.query(ddl);
      if (ddl) await db.admin.query("GRANT ALL ON t TO 'purger'@'%'");
      await insertMysqlSessions(db.admin, [old, live]);

      const { error } = await purge({ SESSION_PURGE_TABLES: 'django_session,t' });

      expect(error).toMatchObject({ errorType: 'TableError' });
      expect(error?.errorMessage).toMatch(message);
      expect(await keysLeft()).toEqual(['expired', 'live']);
    });

    it.each([
      ['SELECT (expire_date)', 'SELECT (expire_date)'],
      ['DELETE', 'DELETE'],
    ])('name the missing right to %s', async (right, named) => {
      await db.admin.query(`REVOKE ${right} ON django_session FROM 'purger'@'%'`);

      const { error } = await purge();

      expect(error?.errorMessage).toBe(
        `user "purger@%" lacks ${named} on table "django_session"; nothing was deleted; GRANT SELECT (expire_date), DELETE ON \`${db.database}\`.\`django_session\` TO 'purger'@'%'`,
      );
    });
  });

  it("deletes what has zeros for a date in MySQL's own mode, which refuses that, and all after it", async () => {
    const old = ['a', 'b', 'c'].map((sessionKey) => ({ sessionKey, expireDate: LONG_AGO }));
    const expireDate = new Date(Date.now() + 86_400_000);
    await insertMysqlSessions(db.admin, [...old, { sessionKey: 'd', expireDate }]);
    const lax = await db.admin.getConnection();
    await lax.query(`SET SESSION sql_mode = ''`);
    await lax.query(
      `UPDATE django_session SET expire_date = '0000-00-00' WHERE session_key IN ('a', 'b')`,
    );
    lax.destroy();
    const [modes] = await db.admin.query('SELECT @@GLOBAL.sql_mode AS mode');
    const [before] = modes as { mode: string }[];
    await db.admin.query(
      `SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'`,
    );

    const { report } = await purge({ SESSION_PURGE_MAX_BATCH_SIZE: '1' });
    await db.admin.query('SET GLOBAL sql_mode = ?', [before?.mode]);

    expect(report).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: 3,
      tables: [{ oldestExpired: null }],
    });
    expect(await keysLeft()).toEqual(['d']);
  });

  describe('what befalls a delete', () => {
    const isDelete = ({ input }: Call) => String(input.sql).startsWith('DELETE');

    async function purgeWithFirstDelete(fault: Fault): Promise<Invoked> {
      await insertMysqlSessions(db.admin, [{ sessionKey: 'old', expireDate: LONG_AGO }]);
      let isFirst = true;
      const faulty = await db.serve({
        onCall: (call) => {
          if (!isFirst || !isDelete(call)) return undefined;
          isFirst = false;
          return fault;
        },
      });
      return purge(db.environmentOf(faulty));
    }

    const databaseError = (message: string): Fault => ({
      answer: { error: 'DatabaseErrorException', message },
    });

    it.each([
      ['a deadlock', 'Deadlock found; Error code: 1213; SQLState: 40001', { retries: 1 }],
      ['a lock timeout', 'Lock wait timeout; Error code: 1205; SQLState: HY000', { retries: 1 }],
      ['a failover', 'running with --read-only; Error code: 1290; SQLState: HY000', { retries: 1 }],
      ['a read-only server', 'read only mode; Error code: 1836; SQLState: HY000', { retries: 1 }],
      ['a killed statement', 'interrupted; Error code: 1317; SQLState: 70100', { retries: 0 }],
      [
        'a killed connection',
        'Communications link failure; Error code: 0; SQLState: 08S01',
        { unknownOutcomes: 1 },
      ],
    ])('%s is passed over', async (_what, message, expected) => {
      const { report } = await purgeWithFirstDelete(databaseError(message));

      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1, ...expected });
      expect(await keysLeft()).toEqual([]);
    });

    it('a table dropped meanwhile ends the run, and says so', async () => {
      const { error } = await purgeWithFirstDelete(
        databaseError(
          "Table 'shop.django_session' doesn't exist; Error code: 1146; SQLState: 42S02",
        ),
      );

      expect(error?.errorMessage).toMatch(/^statement failed: .* doesn't exist; Error code: 1146/);
      expect(await keysLeft()).toEqual(['old']);
    });

    it('a database that does not exist ends the run, and says what to check', async () => {
      const { error } = await purge({ SESSION_PURGE_DATABASE: 'nowhere' });

      expect(error?.errorMessage).toMatch(
        /^statement failed: DatabaseErrorException: .*nowhere.*$/,
      );
      expect(error?.errorMessage).not.toMatch(/understands neither/);
    });

    it('a connection killed for real loses no row from the count or from the table', async () => {
      await insertMysqlSessions(db.admin, [{ sessionKey: 'old', expireDate: LONG_AGO }]);
      const application = await begin(`SELECT 1 FROM django_session FOR UPDATE`);

      const run = purge();
      for (const id of await untilADeleteWaits()) await db.admin.query(`KILL ${id}`);
      await end(application, 'ROLLBACK');
      const { report, error } = await run;

      expect(error).toBeUndefined();
      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
      expect(await keysLeft()).toEqual([]);
    });
  });
});
