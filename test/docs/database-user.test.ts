import { randomUUID } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { readSqlOptions, type SqlOptions } from '../../cli/sql/options';
import { userScript } from '../../cli/sql/user-script';
import type { CheckReport } from '../../contract/report';
import { createSessionTable, insertSessions } from '../../local/django-table';
import { insertMysqlSessions } from '../../local/django-table-mysql';
import { type Login, serveDatabase } from '../support/data-api';
import { deploy } from '../support/deployed-function';
import { createMysqlDatabase, describeWithMariadb } from '../support/mariadb';
import { createDatabase } from '../support/postgres';
import { testMariadb } from '../support/test-mariadb';
import { testPostgres } from '../support/test-postgres';
import { codeBlocks, readPage } from './pages';

const PAGE = readPage('docs/database-user.md');
const [, POSTGRESQL = '', MYSQL = ''] = PAGE.split(/^## (?:PostgreSQL|MySQL|The secret)$/m);

/** The page's own password. */
const PASSWORD = 'choose-a-long-one';

const SESSIONS = [
  { sessionKey: 'old', expireDate: '2020-07-11T19:20:40Z' },
  { sessionKey: 'live', expireDate: '2096-07-11T19:20:40Z' },
];

/** Names for one test: users belong to the whole server. */
function ownNames() {
  const suffix = randomUUID().slice(0, 8);
  return { purger: `purge_${suffix}`, owner: `owner_${suffix}`, master: `master_${suffix}` };
}

type Names = ReturnType<typeof ownNames>;

const withNames = (sql: string, { purger, owner }: Names, database: string) =>
  sql
    .replaceAll('session_purge', purger)
    .replaceAll('shop_owner', owner)
    .replaceAll('shop.', `${database}.`);

const statementsOf = (sql: string) =>
  sql.split(/;$/m).flatMap((statement) => statement.trim() || []);

/** Statements without comments, and without the quotes that plain names do not need. */
const plain = (sql: string) =>
  statementsOf(sql.replaceAll(/^--.*\n/gm, '')).map((statement) =>
    statement.replaceAll(/["`]|@'%'/g, '').replaceAll("'session_purge'", 'session_purge'),
  );

const printed = (...args: string[]) =>
  plain(userScript(readSqlOptions([...args, '--database', 'shop']) as SqlOptions));

describe('npm run sql prints the SQL of the page', () => {
  const [, createRole = '', asOwner = '', asMaster = ''] = codeBlocks(POSTGRESQL, 'sql');
  const postgresql = ['--engine', 'postgresql'];

  it.each([
    ['in two parts for PostgreSQL', postgresql, createRole + asOwner],
    [
      'for a master user who becomes the owner',
      [...postgresql, '--owner', 'shop_owner'],
      createRole + asMaster,
    ],
    ['for MySQL', ['--engine', 'mysql'], codeBlocks(MYSQL, 'sql').join('')],
  ])('%s', (_, args, sql) => {
    expect(plain(sql).length).toBeGreaterThan(1);
    expect(printed(...args)).toEqual(plain(sql));
  });
});

/** What a purge and a check-up by the user come to that the page makes. */
async function purgeAs(
  purger: Login,
  served: Omit<Parameters<typeof serveDatabase>[0], 'purger'>,
  settings: Readonly<Record<string, string>> = {},
) {
  const { environment, close } = await serveDatabase({ ...served, purger }, {});
  const purge = deploy({ env: { ...environment, ...settings } });
  const { report: checked } = await purge.invoke({ check: true });
  const { report } = await purge.invoke();
  await Promise.all([purge.stop(), close()]);
  const { findings } = checked as unknown as CheckReport;
  const notOk = findings.filter(({ state }) => state === 'failing' || state === 'warning');
  return { report, notOk };
}

describe('the SQL for PostgreSQL', () => {
  const [findOwner = '', createRole = '', asOwner = '', asMaster = ''] = codeBlocks(
    POSTGRESQL,
    'sql',
  );
  const [removal = '', revocation = ''] = codeBlocks(readPage('docs/upgrade.md'), 'sql');

  const closings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
  });

  /** A master user who may create roles and is no superuser, and a table that belongs to somebody else. */
  async function usualCluster(
    ownsDatabase: 'master' | 'owner',
    createsOwner: 'master' | 'superuser' = 'master',
  ) {
    const db = await createDatabase();
    closings.push(db.close);
    const names = ownNames();
    const { host, port } = testPostgres();
    const as = (user: keyof Names) => ({
      /** On a connection of its own: the query editor of the console may send each statement so. */
      async query(sql: string) {
        const login = { user: names[user], password: PASSWORD, database: db.database };
        const client = new Client({ host, port, ...login });
        await client.connect();
        return client.query(sql).finally(() => client.end());
      },
    });
    await db.admin.query(`CREATE ROLE ${names.master} LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
    await (createsOwner === 'master' ? as('master') : db.admin).query(
      `CREATE ROLE ${names.owner} LOGIN PASSWORD '${PASSWORD}'`,
    );
    await db.admin.query(`ALTER DATABASE ${db.database} OWNER TO ${names[ownsDatabase]}`);
    await db.admin.query(`ALTER TABLE django_session OWNER TO ${names.owner}`);
    await insertSessions(db.admin, SESSIONS);
    const run = async (user: keyof Names, sql: string) => {
      for (const statement of statementsOf(withNames(sql, names, db.database)))
        await as(user).query(statement);
    };
    return { db, names, as, run };
  }

  it.each([
    ['the owner grants', 'master', asOwner],
    ['the owner grants, and owns the database', 'owner', asOwner],
    ['the master user grants with the rights of the owner', 'master', asMaster],
    ['the same, and the owner owns the database', 'owner', asMaster],
  ] as const)('makes a user that can purge and not read: %s', async (_, ownsDatabase, grants) => {
    const { db, names, as, run } = await usualCluster(ownsDatabase);
    const { host, port, superuser } = testPostgres();

    await run('master', createRole);
    const granting = grants === asOwner ? 'owner' : 'master';
    await run(granting, grants);
    await run(granting, grants);
    const { report, notOk } = await purgeAs(
      { username: names.purger, password: PASSWORD },
      { database: db.database, cluster: { engine: 'postgresql', host, port }, superuser },
    );
    const refused = [];
    for (const column of ['session_key', 'session_data', '*']) {
      const read = as('purger').query(`SELECT ${column} FROM django_session`);
      refused.push(await read.catch(({ code }) => code));
    }

    expect(notOk).toEqual([]);
    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    expect(refused).toEqual(['42501', '42501', '42501']);

    // As docs/upgrade.md takes it away.
    await run('master', removal);
    const { rows } = await db.admin.query(
      `SELECT rolname FROM pg_roles WHERE rolname = '${names.purger}' OR (rolname = '${names.master}' AND rolsuper)
       UNION SELECT 'member' FROM pg_auth_members WHERE member = '${names.master}'::regrole AND set_option`,
    );
    expect(rows).toEqual([]);
  });

  it('is told in parts, since neither user can do all of it', async () => {
    const { run } = await usualCluster('master');

    await expect(run('owner', createRole)).rejects.toMatchObject({ code: '42501' });
    await run('master', createRole);
    await expect(run('master', asOwner)).rejects.toMatchObject({ code: '42501' });
  });

  it("needs the owner's login from PostgreSQL 16 on, if the master user did not create the owner", async () => {
    const { run } = await usualCluster('owner', 'superuser');

    await run('master', createRole);
    await expect(run('master', asMaster)).rejects.toThrow('permission denied to grant role');
    await run('owner', asOwner);

    await expect(run('master', removal)).rejects.toThrow('permission denied to grant role');
    await run('owner', revocation);
    await run('master', 'DROP ROLE session_purge');
  });

  it('lets the user purge the table of each tenant', async () => {
    const { db, names, as, run } = await usualCluster('owner');
    const { host, port, superuser } = testPostgres();
    const [grants = ''] = codeBlocks(readPage('docs/tenants.md'), 'sql');
    await createSessionTable(as('owner'), { schema: 'acme' });
    await insertSessions(db.admin, SESSIONS, { schema: 'acme' });

    await run('master', createRole);
    await run('owner', asOwner);
    await run('owner', grants);
    const { report, notOk } = await purgeAs(
      { username: names.purger, password: PASSWORD },
      { database: db.database, cluster: { engine: 'postgresql', host, port }, superuser },
      { SESSION_PURGE_TABLES: '*.django_session' },
    );

    expect(notOk).toEqual([]);
    expect(report).toMatchObject({
      stopReason: 'drained',
      tables: [
        { table: 'acme.django_session', rowsDeleted: 1 },
        { table: 'public.django_session', rowsDeleted: 1 },
      ],
    });
  });

  it('finds the owner', async () => {
    const { as, names } = await usualCluster('master');
    const { rows } = await as('master').query(findOwner);

    expect(rows).toEqual([{ tableowner: names.owner }]);
  });
});

describeWithMariadb(() => {
  it('the SQL for MySQL makes a user that can purge and not read', async () => {
    const db = await createMysqlDatabase();
    const names = ownNames();
    const { host, port, superuser } = await testMariadb();
    await insertMysqlSessions(db.admin, SESSIONS);
    await db.admin.query(`CREATE USER ${names.master} IDENTIFIED BY '${PASSWORD}'`);
    await db.admin.query(`GRANT CREATE USER ON *.* TO ${names.master}`);
    await db.admin.query(
      `GRANT SELECT, DELETE ON ${db.database}.* TO ${names.master} WITH GRANT OPTION`,
    );
    const as = (user: string) =>
      createConnection({ host, port, user, password: PASSWORD, database: db.database });

    const master = await as(names.master);
    const [, tenant = ''] = codeBlocks(readPage('docs/tenants.md'), 'sql');
    const sql = `${codeBlocks(MYSQL, 'sql').join()}${tenant.replaceAll('acme.', 'shop.')}`;
    for (const statement of statementsOf(withNames(sql, names, db.database)))
      await master.query(statement);
    const { report, notOk } = await purgeAs(
      { username: names.purger, password: PASSWORD },
      { database: db.database, cluster: { engine: 'mysql', host, port }, superuser },
    );
    const purger = await as(names.purger);
    const refused = [];
    for (const column of ['session_key', 'session_data', '*']) {
      refused.push(
        await purger.query(`SELECT ${column} FROM django_session`).catch((e) => e.errno),
      );
    }

    expect(notOk).toEqual([]);
    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    expect(refused).toEqual([1143, 1143, 1143]);
    await Promise.all([purger.end(), master.end()]);
    await db.admin.query(`DROP USER ${names.purger}, ${names.master}`);
    await db.close();
  });
});
