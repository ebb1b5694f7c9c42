import { BACK_TRIES } from '../../lambda/purge/parting';
import type { ServeOptions } from '../support/data-api';
import type { Engine } from '../support/engines';
import { FAST_CLOCK } from '../support/fast-clock';
import { purgeBed } from '../support/purge-bed';
import { plainSql } from '../support/sent-sql';
import { loggedReport } from './walks.suite';

/** The keys of the expired sessions, the oldest first. */
const OLDEST_FIRST =
  "SELECT session_key FROM django_session WHERE expire_date < CURRENT_TIMESTAMP - INTERVAL '1' HOUR ORDER BY expire_date, session_key";

/** What the engines do differently. */
export interface Obstacles {
  /** The calls that a part of a batch takes. */
  readonly callsEach: number;
  /** Locks a table against every statement of others, in a transaction. */
  readonly lockTable: string;
  readonly unlockTable: string;
  /** Makes statements wait for a lock for a second at the most, and as long as before; empty where the role does so. */
  readonly waitShortly: string;
  readonly waitAsBefore: string;
  /** When a foreign key of Django is looked at. */
  readonly deferred: string;
  /** The query for the number by which the server knows a connection. */
  readonly connectionId: string;
  /** The code of a lock that was not free in time. */
  readonly codeOfLocks: string;
  /** A trigger that fails for a reason of its own, whichever row goes. */
  readonly brokenTrigger: (table: string) => readonly string[];
  /** Codes of failures of a server or a connection that a trigger can raise. */
  readonly codes: readonly string[];
  /** Codes of failures that are not of a row, such as a right that is missing. */
  readonly finalCodes: readonly string[];
  /** A trigger that fails with this code, whichever row goes. */
  readonly failingTrigger: (table: string, code: string) => readonly string[];
  /** SQLSTATEs that no list of the database has. */
  readonly ownSqlStates: readonly string[];
  /** A trigger that refuses one row with this SQLSTATE, and on MySQL with this error number. */
  readonly refusingTrigger: (
    key: string,
    sqlState: string,
    errorNumber?: string,
  ) => readonly string[];
}

/** What is in the way of some rows or of a table, and what it costs. */
export function describeObstacles(engine: Engine, given: Obstacles): void {
  const bed = purgeBed(engine);

  const expiredKeys = async () => (await bed.query(OLDEST_FIRST)).flat();

  /** Makes another table refer to these sessions. */
  async function refer(keys: readonly string[], on = ''): Promise<void> {
    await bed.query(
      `CREATE TABLE profile (session_key varchar(40), CONSTRAINT profile_session FOREIGN KEY (session_key) REFERENCES django_session (session_key) ${on})`,
    );
    await bed.query('CREATE INDEX profile_key ON profile (session_key)');
    await bed.query(`INSERT INTO profile VALUES ${keys.map((key) => `('${key}')`).join()}`);
  }

  /** The rows of the query that a message has at its end. */
  const shownBy = async (message = '', before: string) =>
    bed.query(message.slice(message.indexOf(before) + before.length));

  it.each([
    { way: 'CASCADE', column: 'varchar(40)', ways: 2, after: 0, says: /are deleted/ },
    { way: 'SET NULL', column: 'varchar(40)', ways: 2, after: 1, says: /stay/ },
    { way: 'CASCADE', column: 'varchar(40) NOT NULL', ways: 1, after: 0, says: /are deleted/ },
  ])(
    'rows to which another table refers go once its constraint is as the message has it: $way, $column',
    async ({ way, column, ways, after, says }) => {
      await bed.seed({ expired: 3, live: 1 });
      const [key = ''] = await expiredKeys();
      const hostile = bed.quoted({ table: 'its "pro`file' });
      await bed.query(
        `CREATE TABLE ${hostile} (session_key ${column}, CONSTRAINT django_fk FOREIGN KEY (session_key) REFERENCES django_session (session_key) ${given.deferred})`,
      );
      await bed.query(`INSERT INTO ${hostile} VALUES ('${key}')`);

      const { error } = await bed.purge();
      const changes = await shownBy(error?.errorMessage, 'this shows the ALTER TABLE for each: ');
      const [fix = '', does] = changes.find(([sql]) => sql?.includes(`ON DELETE ${way}`)) ?? [];
      for (const change of fix.split('; ')) await bed.query(change);

      expect(changes).toHaveLength(ways);
      expect(does).toMatch(says);
      expect((await bed.purge()).report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
      expect(await bed.query(`SELECT * FROM ${hostile}`)).toHaveLength(after);
      expect(await shownBy(error?.errorMessage, 'this shows the ALTER TABLE for each: ')).toEqual(
        [],
      );
    },
  );

  describe('rows to which another table refers', () => {
    it.each<[string, (at: number) => boolean, number, number]>([
      ['the oldest ten', (at) => at < 10, 3000, 60],
      ['twelve, spread over all', (at) => at % 250 === 100, 3000, 250],
      ['two thousand in one lump at the oldest end', (at) => at < 2000, 3000, 60 + BACK_TRIES],
      ['a lump in the middle', (at) => at >= 800 && at < 1700, 3000, 90 + BACK_TRIES],
      ['nine of ten', (at) => (at * 7919) % 1000 < 910, 300, 600],
    ])('stay, and all others go in the same run: %s', async (_which, isKept, rows, mostCalls) => {
      await bed.seed({ expired: rows, live: 10 });
      const kept = (await expiredKeys()).filter((_, at) => isKept(at));
      await refer(kept);

      const invoked = await bed.purge({ SESSION_PURGE_PAUSE_RATIO: '0' });

      expect(await expiredKeys()).toEqual(kept);
      expect(await bed.left()).toEqual({ live: 10, expired: kept.length });
      const report = loggedReport(invoked);
      const [told] = report?.tables ?? [];
      expect(report).toMatchObject({
        stopReason: 'failed',
        rowsDeleted: rows - kept.length,
        tables: [
          {
            stopReason: 'failed',
            problem: expect.stringMatching(
              new RegExp(
                `^${told?.rowsSteppedOver} rows of \\S+ could not be deleted \\(.* expired at 20.*Z\\): .*profile_session`,
              ),
            ),
          },
        ],
      });
      expect((told?.rowsSteppedOver ?? 0) + (told?.rowsNotTried ?? 0)).toBe(kept.length);
      expect(report?.dataApiCalls).toBeLessThan(mostCalls * given.callsEach);
    });

    it.each<[string, number, readonly number[], number]>([
      ['of fifty', 50, [7], 30],
      ['of thousands, more than are parted together', 9000, [0, 1, 700, 8999], 150],
    ])('stay, and all others of their instant go: %s', async (_which, rows, places, mostCalls) => {
      await bed.seed({ expired: rows, live: 10, expiredOverDays: 0 });
      const keys = await expiredKeys();
      const kept = places.map((place) => keys[place] as string);
      await refer(kept);

      const report = loggedReport(await bed.purge({ SESSION_PURGE_PAUSE_RATIO: '0' }));

      expect(await expiredKeys()).toEqual(kept);
      expect(report).toMatchObject({
        rowsDeleted: rows - kept.length,
        tables: [{ rowsSteppedOver: kept.length, problem: expect.stringMatching(/^\d rows? of /) }],
      });
      expect(report?.tables[0]?.rowsNotTried).toBeUndefined();
      expect(report?.dataApiCalls).toBeLessThan(mostCalls * given.callsEach);
    });

    it('do not cost a run with a row limit more than any other', async () => {
      await bed.seed({ expired: 1100, live: 10 });
      const keys = await expiredKeys();
      await refer(keys.slice(0, 1000));

      const report = loggedReport(await bed.purge({}, { maxRows: 3 }));

      expect(report).toMatchObject({
        rowsDeleted: 3,
        tables: [{ stopReason: 'failed', problem: expect.stringMatching(/\(row-limit\)/) }],
      });
      expect(report?.dataApiCalls).toBeLessThan(80 * given.callsEach);
    });

    it('cost the next run a few calls', async () => {
      await bed.seed({ expired: 1000, live: 10 });
      const kept = await expiredKeys();
      await refer(kept);
      await bed.purge();
      const yesterday = new Date(Date.now() - 86_400_000).toISOString();
      await bed.query(
        "UPDATE django_session SET expire_date = expire_date - INTERVAL '2' DAY WHERE expire_date < CURRENT_TIMESTAMP",
      );
      await bed.insert(
        Array.from({ length: 700 }, (_, at) => ({ sessionKey: `k${at}`, expireDate: yesterday })),
      );

      const invoked = await bed.purge();

      expect(await expiredKeys()).toEqual(kept);
      expect(loggedReport(invoked)).toMatchObject({
        rowsDeleted: 700,
        tables: [{ rowsNotTried: expect.any(Number) }],
      });
      expect(loggedReport(invoked)?.dataApiCalls).toBeLessThan((60 + BACK_TRIES) * given.callsEach);
    });
  });

  /** A service that does something before the n-th delete. */
  async function serveWith(at: number, before: () => Promise<unknown>, options: ServeOptions = {}) {
    let deletes = 0;
    const served = await bed.serve({
      ...options,
      async onCall({ input }) {
        if (!/\bDELETE FROM/.test(plainSql(input.sql))) return undefined;
        deletes += 1;
        if (deletes === at) await before();
        return undefined;
      },
    });
    return bed.environmentOf(served);
  }

  it('rows that go by other hands before they are passed leave none in their place', async () => {
    await bed.seed({ expired: 3000, live: 10 });
    const keys = (await expiredKeys()).slice(600, 1000);
    await refer(keys);
    const env = await serveWith(25, async () => {
      await bed.query('DELETE FROM profile');
      await bed.query(
        `DELETE FROM django_session WHERE session_key IN (${keys.map((key) => `'${key}'`).join()})`,
      );
    });

    const report = loggedReport(await bed.purge(env));

    expect(await bed.left()).toEqual({ live: 10, expired: 0 });
    expect(report).toMatchObject({ stopReason: 'drained' });
  });

  describe('locks', () => {
    beforeEach(async () => {
      if (given.waitShortly) await bed.query(given.waitShortly);
    });

    afterEach(async () => {
      if (given.waitAsBefore) await bed.query(given.waitAsBefore);
    });

    it('on what goes along with a row leave that row behind, and are no failure', async () => {
      await bed.seed({ expired: 3000, live: 10 });
      const keys = await expiredKeys();
      await refer(keys.slice(400, 410), 'ON DELETE CASCADE');
      const held = keys[405] as string;
      const holder = await bed.begin(
        `SELECT 1 FROM profile WHERE session_key = '${held}' FOR UPDATE`,
      );

      const first = await bed.purge();
      const left = await expiredKeys();
      await holder.end('ROLLBACK');
      const second = await bed.purge();

      expect(left).toEqual([held]);
      expect(first.error).toBeUndefined();
      expect(first.report).toMatchObject({
        stopReason: 'drained',
        rowsDeleted: 2999,
        retries: 0,
        tables: [{ oldestExpired: expect.any(String) }],
      });
      expect(first.report?.dataApiCalls).toBeLessThan(50 * given.callsEach);
      expect(second.report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    });

    it.each(['django_session', 'profile'])(
      'on rows of %s show in the query for who holds them',
      async (table) => {
        await bed.seed({ expired: 3, live: 1 });
        await refer(await expiredKeys(), 'ON DELETE CASCADE');
        const holder = await bed.begin();
        const [[id = ''] = []] = await holder.query(given.connectionId);
        await holder.query(`SELECT session_key FROM ${table} FOR UPDATE`);

        const invoked = await bed.purge();
        const holders = await shownBy(
          loggedReport(invoked)?.tables[0]?.problem ?? String(loggedReport(invoked)?.warnings),
          'who may hold the rows: ',
        );
        await holder.end('ROLLBACK');

        expect(holders.map(([first]) => first)).toContain(id);
      },
    );

    it('on the oldest rows leave those behind, and all others go', async () => {
      await bed.seed({ expired: 1000, live: 10 });
      const keys = await expiredKeys();
      await refer([keys[120] as string]);
      const oldest = keys.slice(0, 100);
      const holder = await bed.begin(
        `SELECT 1 FROM django_session WHERE session_key IN (${oldest.map((key) => `'${key}'`).join()}) FOR UPDATE`,
      );

      const report = loggedReport(await bed.purge());
      const left = await expiredKeys();
      await holder.end('ROLLBACK');

      expect(left).toEqual([...oldest, keys[120]]);
      expect(report).toMatchObject({
        rowsDeleted: 899,
        tables: [
          {
            stopReason: 'failed',
            rowsSteppedOver: 1,
            problem: expect.stringMatching(
              /^1 row of .* could not be deleted \(.*\): .*profile_session/,
            ),
          },
        ],
      });
      expect(report?.dataApiCalls).toBeLessThan((60 + BACK_TRIES) * given.callsEach);
    });

    it('on one row of thousands of one instant leave no row untried without a word', async () => {
      await bed.seed({ expired: 3000, live: 10, expiredOverDays: 0 });
      const keys = await expiredKeys();
      const holder = await bed.begin(
        `SELECT 1 FROM django_session WHERE session_key = '${keys[1234]}' FOR UPDATE`,
      );

      const report = loggedReport(await bed.purge());
      const left = await expiredKeys();
      await holder.end('ROLLBACK');

      expect(report?.rowsDeleted).toBe(3000 - left.length);
      expect(left[0]).toBe(keys[1234]);
      const [told] = report?.tables ?? [];
      // On MySQL nobody can read past the locked one to those behind it.
      expect(left.length - (told?.rowsNotTried ?? 0)).toBe(1);
      expect(told).toMatchObject(
        left.length === 1
          ? { stopReason: 'drained' }
          : {
              stopReason: 'failed',
              problem: expect.stringMatching(
                /^\d+ rows of .* were not tried \(.*\), because .* locked/,
              ),
            },
      );
      expect(report?.dataApiCalls).toBeLessThan((60 + BACK_TRIES) * given.callsEach);
    });

    it('on the table are told as such, in few calls, and the next table is purged', async () => {
      await bed.seed({ expired: 3000, live: 10 });
      const shop = { schema: await bed.createSchema('shop'), table: 'django_session' };
      await bed.createTable(shop);
      await bed.grant(shop);
      await bed.insert([{ sessionKey: 'old', expireDate: '2020-07-11T19:20:40Z' }], shop);
      const holder = await bed.begin();
      const env = await serveWith(2, () => holder.query(given.lockTable), {
        statementTimeoutMs: 1500,
      });

      // The run waits for the lock for up to 90 s, and then goes on to the next table.
      const tables = { SESSION_PURGE_TABLES: `django_session,${bed.reported(shop)}` };
      const invoked = await bed.deploy({ ...env, ...FAST_CLOCK, ...tables }, 60_000).invoke();
      await holder.query(given.unlockTable);
      await holder.end('ROLLBACK');

      expect(invoked.error?.errorMessage).toMatch(/^table \S+ is locked: .*; look for /);
      expect(loggedReport(invoked)).toMatchObject({
        rowsDeleted: 501,
        tables: [
          { stopReason: 'failed', problem: expect.stringMatching(/is locked/) },
          { stopReason: 'drained', rowsDeleted: 1 },
        ],
      });
      expect(loggedReport(invoked)?.dataApiCalls).toBeLessThan(40);
    });
  });

  it('a right to read that is lost on the way is told in few calls', async () => {
    await bed.seed({ expired: 3000, live: 10 });
    const revoke = `REVOKE SELECT (expire_date) ON django_session FROM ${engine.account('purger')}`;

    const report = loggedReport(await bed.purge(await serveWith(2, () => bed.query(revoke))));

    expect(report).toMatchObject({
      rowsDeleted: 500,
      tables: [{ stopReason: 'failed', problem: expect.stringMatching(/denied.*; GRANT SELECT/) }],
    });
    expect(report?.dataApiCalls).toBeLessThan(20);
  });

  it('keeps a table whose trigger is broken to itself', async () => {
    const tables = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const table = { schema: await bed.createSchema(name), table: 'django_session' };
        await bed.createTable(table);
        await bed.grant(table);
        await bed.insert([{ sessionKey: name, expireDate: '2020-07-11T19:20:40Z' }], table);
        return table;
      }),
    );
    const [, broken] = tables.map((table) => bed.quoted(table));
    for (const statement of given.brokenTrigger(broken as string)) await bed.query(statement);

    const invoked = await bed.purge({
      SESSION_PURGE_TABLES: tables.map((table) => bed.reported(table)).join(),
    });

    expect(invoked.error?.errorMessage).toMatch(/^1 row of .*: statement failed: /);
    expect(loggedReport(invoked)).toMatchObject({
      stopReason: 'failed',
      tables: [
        { stopReason: 'failed', problem: invoked.error?.errorMessage },
        { stopReason: 'drained', rowsDeleted: 1 },
        { stopReason: 'drained', rowsDeleted: 1 },
      ],
    });
  });

  it.each(given.ownSqlStates)(
    'leaves a row that a trigger refuses with a code of its own, and all others go: %s',
    async (sqlState) => {
      await bed.seed({ expired: 300, live: 10 });
      const keys = await expiredKeys();
      const kept = keys[123] as string;
      for (const statement of given.refusingTrigger(kept, sqlState)) await bed.query(statement);

      const report = loggedReport(await bed.purge());
      const triggers = await shownBy(report?.tables[0]?.problem, '; its triggers: ');

      expect(triggers).toContainEqual(expect.arrayContaining(['refuse']));
      expect(await expiredKeys()).toEqual([kept]);
      expect(report).toMatchObject({
        rowsDeleted: 299,
        tables: [{ rowsSteppedOver: 1, problem: expect.stringContaining(`SQLState: ${sqlState}`) }],
      });
      expect(report?.dataApiCalls).toBeLessThan(60 * given.callsEach);
    },
  );

  it.each(given.finalCodes)(
    'leaves a row that a trigger keeps with the code of a failure, and all others go: %s',
    async (code) => {
      await bed.seed({ expired: 3000, live: 10 });
      const kept = (await expiredKeys())[2345] as string;
      for (const statement of given.refusingTrigger(kept, code, code)) await bed.query(statement);

      const report = loggedReport(await bed.purge({ SESSION_PURGE_PAUSE_RATIO: '0' }));

      expect(await expiredKeys()).toEqual([kept]);
      expect(report).toMatchObject({
        rowsDeleted: 2999,
        tables: [
          {
            rowsSteppedOver: 1,
            problem: expect.stringMatching(
              /^1 row of \S+ could not be deleted \(it expired .*\): statement failed: .*it stays.*: .*; .*trigger/,
            ),
          },
        ],
      });
      expect(report?.dataApiCalls).toBeLessThan(60 * given.callsEach);
    },
  );

  it('gives the words in which a trigger raises the error of a lock', async () => {
    await bed.seed({ expired: 900, live: 1 });
    for (const statement of given.failingTrigger('django_session', given.codeOfLocks))
      await bed.query(statement);

    const { error } = await bed.purge();

    expect(error?.errorMessage).toMatch(/^no row of .*"[^"]*not this time[^"]*"; look for /);
  });

  it.each(given.codes)(
    'keeps a trigger to its table that fails as a server or a connection does: %s',
    async (code) => {
      const other = { schema: await bed.createSchema('other'), table: 'django_session' };
      await bed.createTable(other);
      await bed.grant(other);
      for (const table of [{}, other])
        await bed.insert([{ sessionKey: 'old', expireDate: '2020-07-11T19:20:40Z' }], table);
      for (const statement of given.failingTrigger('django_session', code))
        await bed.query(statement);

      const tables = { SESSION_PURGE_TABLES: `django_session,${bed.reported(other)}` };
      const invoked = await bed.deploy({ ...FAST_CLOCK, ...tables }, 60_000).invoke();

      expect(invoked.error?.errorMessage).toMatch(/look for a trigger/);
      expect(loggedReport(invoked)).toMatchObject({
        tables: [
          { stopReason: 'failed', problem: expect.stringContaining('not this time') },
          { stopReason: 'drained', rowsDeleted: 1 },
        ],
      });
    },
  );
}
