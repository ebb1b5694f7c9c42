import { randomUUID } from 'node:crypto';
import type { Cluster } from '../../local/data-api-server/index';
import type { Login } from '../support/data-api';
import type { EngineDatabase } from '../support/engine-database';
import type { Engine } from '../support/engines';
import {
  CLUSTER_ARN,
  OTHER_CLUSTER_ARN,
  type Properties,
  SECRET_ARNS,
  startStack,
  type TestStack,
} from '../support/stack';
import { strayColons } from '../support/stray-colons';

/** A database as an operator has it: an admin who is no superuser, and tables that belong to the application. */
export interface Site {
  readonly db: EngineDatabase;
  readonly cluster: Cluster;
  readonly admin: Login;
  /** Whose tables they are; where the engine has no owners, the admin once more. */
  readonly owner: Login;
  /** Creates a session table in a schema of its own, as the application does, and returns the schema's name. */
  addTenant(suffix: string): Promise<string>;
  /** Whether the server has a user of that name. */
  hasUser(user: string): Promise<boolean>;
  /** Asks as this user; resolves to the code of the refusal, or null. */
  ask(login: Login, sql: string): Promise<string | null>;
  close(): Promise<void>;
}

const SESSIONS = [
  { sessionKey: 'old', expireDate: '2020-07-11T19:20:40Z' },
  { sessionKey: 'live', expireDate: '2096-07-11T19:20:40Z' },
];

export const newPassword = () => `${randomUUID()}${randomUUID()}`.replaceAll('-', '').slice(0, 40);

export function newLogin(kind: string): Login {
  return { username: `${kind}_${randomUUID().slice(0, 8)}`, password: newPassword() };
}

type Logins = Partial<Record<'purge' | 'admin' | 'owner', Login>>;

/** A site for each test, and the stack of a purge that has not got a user yet. */
export interface DeploymentBed {
  site: Site;
  /** What the purge's secret holds. */
  purger: Login;
  stackOf(logins?: Logins, options?: Parameters<typeof startStack>[2]): Promise<TestStack>;
  /** The properties of the resource, with what a test gives instead. */
  properties(given?: Properties): Properties;
  /** What is done after the test, the last first. Of each stack it reads that nothing has said a password. */
  readonly closings: (() => Promise<unknown>)[];
}

/** Registers the hooks that make a bed anew for each test of the block. */
export function deploymentBed(startSite: () => Promise<Site>): DeploymentBed {
  const closings: DeploymentBed['closings'] = [];
  const bed = {
    closings,
    async stackOf(logins: Logins = {}, options: Parameters<typeof startStack>[2] = {}) {
      const { cluster, admin, owner } = bed.site;
      const all = { purge: bed.purger, admin, ...logins };
      const stack = await startStack(cluster, all, options);
      closings.push(async () => {
        await stack.close();
        for (const { password } of [...Object.values(all), owner])
          expect(stack.said()).not.toContain(password);
        expect(strayColons(stack.dataApi.calls)).toEqual([]);
      });
      return stack;
    },
    properties: (given: Properties = {}): Properties => ({
      ClusterArn: CLUSTER_ARN,
      SecretArn: SECRET_ARNS.purge,
      AdminSecretArn: SECRET_ARNS.admin,
      Database: bed.site.db.database,
      Tables: ['django_session'],
      TimeZone: 'UTC',
      CheckOnDeploy: 'true',
      ...given,
    }),
  } as DeploymentBed;
  beforeEach(async () => {
    bed.site = await startSite();
    bed.purger = newLogin('purge');
    await bed.site.db.insert(SESSIONS);
  });
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close();
    await bed.site.close();
  });
  return bed;
}

/** What the deployment does with the purge's user, which both engines have to do alike. */
export function describeDeployment(
  engine: Engine,
  facts: {
    readonly startSite: () => Promise<Site>;
    /** What the database says to whoever may not read a column. */
    readonly refusal: string;
    /** What the answer says when the admin may not make users. */
    readonly adminNeeds: RegExp;
    /** Only what depends on the roles of the engine's version; the rest was tried on another one. */
    readonly isOfRolesAlone?: true;
  },
): void {
  const bed = deploymentBed(facts.startSite);
  const { stackOf, properties, closings } = bed;
  let site: Site;
  let purger: Login;

  beforeEach(() => {
    ({ site, purger } = bed);
  });

  async function purgeWith(stack: TestStack, settings: Readonly<Record<string, string>> = {}) {
    const zone = { SESSION_PURGE_TIME_ZONE: 'UTC', ...settings };
    return (await stack.purge(site.db.database, zone).invoke()).report;
  }

  it('makes a user that can purge, and that cannot read a session', async () => {
    const stack = await stackOf();

    const answer = await stack.create(properties());
    const report = await purgeWith(stack);
    const refused = [];
    for (const column of ['session_key', 'session_data', '*'])
      refused.push(await site.ask(purger, `SELECT ${column} FROM ${site.db.quoted()}`));

    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `sessions/${purger.username}`,
      Data: {
        User: purger.username,
        Warnings: 'none',
      },
    });
    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    expect(refused).toEqual([facts.refusal, facts.refusal, facts.refusal]);
  });

  it('comes to the same when an event comes twice', async () => {
    const stack = await stackOf();

    await stack.create(properties());
    const created = await stack.again();
    const report = await purgeWith(stack);
    await stack.remove();
    const removed = await stack.again();

    expect(created).toMatchObject({ Status: 'SUCCESS' });
    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    expect(removed).toMatchObject({ Status: 'SUCCESS' });
    expect(await site.hasUser(purger.username)).toBe(false);
  });

  it('removes the user with all its rights', async () => {
    const stack = await stackOf();
    await stack.create(properties());
    expect(await site.hasUser(purger.username)).toBe(true);

    const answer = await stack.remove();

    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `sessions/${purger.username}`,
    });
    expect(await site.hasUser(purger.username)).toBe(false);
  });

  it('grants what was added to the tables, revokes what was removed, and goes back', async () => {
    const acme = await site.addTenant('acme');
    const stack = await stackOf();
    const canDelete = async (table: string) =>
      (await site.ask(purger, `DELETE FROM ${table} WHERE expire_date < '1990-01-01'`)) === null;
    const tables = ['django_session', `${acme}.django_session`];
    const rights = async () => [
      await canDelete(site.db.quoted()),
      await canDelete(site.db.quoted({ schema: acme })),
    ];

    await stack.create(properties());
    expect(await rights()).toEqual([true, false]);
    await stack.update(properties({ Tables: tables }));
    expect(await rights()).toEqual([true, true]);
    await stack.update(properties({ Tables: tables.slice(1), CheckOnDeploy: 'false' }));
    expect(await rights()).toEqual([false, true]);
    // The rollback of an update.
    await stack.update(properties());
    expect(await rights()).toEqual([true, false]);
    const answer = await stack.remove();
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(await site.hasUser(purger.username)).toBe(false);
  });

  it('grants for every schema there is, and in the next deployment for the new ones', async () => {
    const acme = await site.addTenant('acme');
    const stack = await stackOf();
    const tables = { Tables: ['*.django_session'] };

    const created = await stack.create(properties(tables));
    const globex = await site.addTenant('globex');
    const updated = await stack.update(properties({ ...tables, GrantAgain: 'later' }));
    for (const schema of [acme, globex]) await site.db.insert(SESSIONS, { schema });
    const report = await purgeWith(stack, { SESSION_PURGE_TABLES: '*.django_session' });

    expect([created.Status, updated.Status]).toEqual(['SUCCESS', 'SUCCESS']);
    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 3 });
  });

  it('sets the password of the secret again', async () => {
    const stack = await stackOf();
    await stack.create(properties());
    const login = { ...purger, password: newPassword() };
    const next = await stackOf({ purge: login });

    const answer = await next.update(properties(), `sessions/${purger.username}`);

    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(await site.ask(login, 'SELECT 1')).toBeNull();
    expect(await site.ask(purger, 'SELECT 1')).not.toBeNull();
  });

  it('fails with the reason when there is no such table, and the rollback leaves nothing', async () => {
    const stack = await stackOf();

    const answer = await stack.create(properties({ Tables: ['no_such_table'] }));
    const removed = await stack.remove();

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /table "no_such_table" was not found.*check the database name|table "no_such_table" was not found.*1044/,
      ),
    });
    expect(removed).toMatchObject({ Status: 'SUCCESS' });
    expect(await site.hasUser(purger.username)).toBe(false);
  });

  it('lets a table come later where there is no check-up', async () => {
    const stack = await stackOf();
    const unchecked = { CheckOnDeploy: 'false', Tables: ['later_session'] };

    const answer = await stack.create(properties(unchecked));
    await site.addTenant('late');
    const { Warnings } = answer.Data ?? {};

    expect(answer.Status).toBe('SUCCESS');
    expect(Warnings).toMatch(/^table "later_session" was not found in database .* no right/);
  });

  it('grants nothing on a table that is no table of sessions', async () => {
    await site.db.query('CREATE TABLE accounts (id int, expire_date int)');
    const stack = await stackOf();

    const answer = await stack.create(properties({ CheckOnDeploy: 'false', Tables: ['accounts'] }));

    expect(answer.Data?.Warnings).toMatch(/accounts" (has no column|does not have) "session_key"/);
    expect(
      await site.ask(purger, `DELETE FROM ${site.db.quoted({ table: 'accounts' })}`),
    ).not.toBeNull();
  });

  it('says whose password is wrong, and the rollback does not stop at it', async () => {
    const stack = await stackOf({ admin: { ...site.admin, password: newPassword() } });

    const answer = await stack.create(properties());
    const removed = await stack.remove();

    expect(answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'nothing-made',
      Reason: expect.stringContaining(`--secret-id ${SECRET_ARNS.admin}`),
    });
    expect(removed).toMatchObject({ Status: 'SUCCESS' });
  });

  it('says what the admin needs when he may not make users', async () => {
    const nobody = newLogin('nobody');
    await site.db.query(
      engine.name === 'MySQL'
        ? `CREATE USER '${nobody.username}'@'%' IDENTIFIED BY '${nobody.password}'`
        : `CREATE ROLE ${nobody.username} LOGIN PASSWORD '${nobody.password}'`,
    );
    if (engine.name === 'MySQL')
      await site.db.query(`GRANT SELECT ON ${site.db.database}.* TO '${nobody.username}'@'%'`);
    closings.push(() =>
      site.db.query(`DROP ${engine.name === 'MySQL' ? 'USER' : 'ROLE'} ${nobody.username}`),
    );
    const stack = await stackOf({ admin: nobody });

    const answer = await stack.create(properties());

    expect(answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'nothing-made',
      Reason: expect.stringMatching(facts.adminNeeds),
    });
  });

  it('does not take over the admin', async () => {
    const stack = await stackOf({ purge: site.admin });

    const answer = await stack.create(properties());

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain(`the user "${site.admin.username}" is the admin`);
    expect(await site.ask(site.admin, 'SELECT 1')).toBeNull();
  });

  it('leaves a user alone that has other rights than a purge', async () => {
    const { username, password } = purger;
    const isMysql = engine.name === 'MySQL';
    await site.db.query('CREATE TABLE accounts (id int)');
    await site.db.query(
      isMysql
        ? `CREATE USER '${username}'@'%' IDENTIFIED BY '${password}'`
        : `CREATE ROLE ${username} LOGIN CREATEDB PASSWORD '${password}'`,
    );
    const account = isMysql ? `'${username}'@'%'` : username;
    closings.push(
      () => site.db.query(`DROP ${isMysql ? 'USER' : 'ROLE'} ${account}`),
      () => site.db.query('DROP TABLE accounts'),
    );
    await site.db.query(`GRANT SELECT ON ${site.db.quoted({ table: 'accounts' })} TO ${account}`);
    const reads = `SELECT id FROM ${site.db.quoted({ table: 'accounts' })}`;
    const stack = await stackOf();

    const answer = await stack.create(properties());
    const removed = await stack.remove();

    expect(answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'nothing-made',
      Reason: expect.stringMatching(
        /^the user "\w+" .* cannot be the purge's; remove it if nobody needs it.* or give the purge another name/,
      ),
    });
    expect(removed.Status).toBe('SUCCESS');
    expect(await site.ask({ username, password }, reads)).toBeNull();
  });

  it('leaves a user alone that was there before, even one without any right', async () => {
    const before = { ...purger, password: newPassword() };
    const account = engine.name === 'MySQL' ? `'${purger.username}'@'%'` : purger.username;
    const kind = engine.name === 'MySQL' ? 'USER' : 'ROLE';
    const withPassword =
      engine.name === 'MySQL'
        ? `IDENTIFIED BY '${before.password}'`
        : `LOGIN PASSWORD '${before.password}'`;
    await site.db.query(`CREATE ${kind} ${account} ${withPassword}`);
    closings.push(() => site.db.query(`DROP ${kind} ${account}`));
    const stack = await stackOf();

    const answer = await stack.create(properties());
    const removed = [await stack.remove(), await stack.removeAs('not-known')];
    // A cluster of the same name in another region, where the stack made a user of the same name.
    const { AdminSecretArn: _, ...byHand } = properties({ CheckOnDeploy: 'false' });
    await stack.create({ ...byHand, ClusterArn: CLUSTER_ARN.replace('central', 'north') });
    const moved = await stack.update(properties(), `sessions/${purger.username}`);

    expect(answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'nothing-made',
      Reason: expect.stringMatching(
        /is there already, and this stack did not make it.*docs\/upgrade/,
      ),
    });
    expect(removed.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(moved.Reason).toContain('this stack did not make it');
    expect(await site.ask(before, 'SELECT 1')).toBeNull();
  });

  it('takes away what its own user was given by hand', async () => {
    const stack = await stackOf();
    await stack.create(properties());
    const account = engine.name === 'MySQL' ? `'${purger.username}'@'%'` : purger.username;
    await site.db.query(`GRANT SELECT ON ${site.db.quoted()} TO ${account}`);
    const read = () => site.ask(purger, `SELECT session_data FROM ${site.db.quoted()}`);
    expect(await read()).toBeNull();

    const answer = await stack.update(properties());

    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(await read()).toBe(facts.refusal);
    await stack.remove();
  });

  if (facts.isOfRolesAlone) return;

  it('takes no error from a cluster that is gone, when it removes the user', async () => {
    const stack = await stackOf();
    await stack.create(properties());
    const gone = await stackOf({}, { isGone: true });

    const answer = await gone.removeAs(`sessions/${purger.username}`, properties());

    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(gone.said()).toContain(`the user \\"${purger.username}\\" was not removed`);
    await stack.remove();
  });

  it('does not take a Data API that is off for a cluster that is gone', async () => {
    const stack = await stackOf();
    await stack.create(properties());
    const off = await stackOf({}, { isOff: true });

    const answer = await off.removeAs(`sessions/${purger.username}`, properties());

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/aws rds enable-http-endpoint .* is still there: mend/),
    });
    await stack.remove();
  });

  it('goes to another cluster, and takes back what it made there when it fails', async () => {
    const stack = await stackOf({}, { other: site.cluster });
    const before = `sessions/${purger.username}`;
    const elsewhere = { ClusterArn: OTHER_CLUSTER_ARN, AdminSecretArn: SECRET_ARNS.admin };
    const { AdminSecretArn: _, ...byHand } = properties();

    // Both names are of one server here, so that the user is not new in the other one unless it is removed.
    await stack.create({ ...byHand, CheckOnDeploy: 'false' });
    const failed = await stack.update(properties({ ...elsewhere, Tables: ['no_such_table'] }));
    const left = await site.hasUser(purger.username);
    const gone = await stack.update(properties({ ...elsewhere, CheckOnDeploy: 'false' }));
    await stack.removeAs(`others/${purger.username}`, properties(elsewhere));
    await stack.create(properties({ CheckOnDeploy: 'false' }));
    const moved = await stack.update(properties({ ...elsewhere, CheckOnDeploy: 'false' }));

    expect(failed).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'checked-only' });
    expect(left).toBe(false);
    expect(gone).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `others/${purger.username}`,
    });
    expect(moved).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `others/${purger.username}`,
      Data: { Warnings: expect.stringContaining(`stays in ${CLUSTER_ARN}, where`) },
    });
    await stack.removeAs(before, properties());
    expect(await site.hasUser(purger.username)).toBe(false);
  });

  it.each([
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'SUCCESS'],
    ['DELETE_IN_PROGRESS', 'FAILED'],
  ])('is not let to the old cluster any more: %s', async (status, outcome) => {
    const error = { error: 'AccessDeniedException', message: 'not authorized' };
    const stack = await stackOf({}, { status, onCall: () => ({ answer: error }) });

    const answer = await stack.removeAs(`sessions/${purger.username}`, properties());

    expect(answer.Status).toBe(outcome);
    expect(stack.said()).toMatch(outcome === 'SUCCESS' ? /stays in arn:aws:rds/ : /still there/);
  });

  it('leads out of a removal that cannot be done', async () => {
    const stack = await stackOf();
    await stack.create(properties());
    const locked = await stackOf({ admin: { ...site.admin, password: newPassword() } });

    const answer = await locked.removeAs(`sessions/${purger.username}`, properties());

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /the user "\w+" is still there: .*--retain-resources User .*docs\/upgrade\.md/,
      ),
    });
    await stack.remove();
  });

  it('leads out of an update that can be neither done nor taken back', async () => {
    const stack = await stackOf();
    await stack.create(properties());
    const gone = { Tables: ['no_such_table'] };

    const updated = await stack.update(properties(gone));
    const rolledBack = await stack.update(properties(gone));

    for (const { Status, Reason } of [updated, rolledBack]) {
      expect(Status).toBe('FAILED');
      expect(Reason).toContain('continue-update-rollback --stack-name arn:aws:cloudformation');
    }
    expect(await stack.remove()).toMatchObject({ Status: 'SUCCESS' });
    expect(await site.hasUser(purger.username)).toBe(false);
  });

  it('does not fail for its check-up where CloudFormation goes back', async () => {
    const stack = await stackOf({}, { status: 'UPDATE_ROLLBACK_IN_PROGRESS' });
    await stack.create(properties({ CheckOnDeploy: 'false' }));

    const answer = await stack.update(properties({ Tables: ['no_such_table'] }));

    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      Data: { Warnings: expect.stringMatching(/"no_such_table" was not found/) },
    });
    await stack.remove();
  });

  it.each([
    ['name', { username: 'a:b' }, /the username must be 1 to 32 letters/],
    ['long name', { username: 'x'.repeat(64) }, /the username must be 1 to 32 letters/],
    ['password with a colon', { password: 'aB3:E6gH9jK2' }, /the password must be 8 to 128/],
    ['password of other letters', { password: 'pässwört-ﬁ' }, /the password must be 8 to 128/],
    ['short password', { password: 'qwrtz' }, /the password must be 8 to 128/],
  ])('makes no user with an odd %s', async (_, odd, mistake) => {
    const stack = await stackOf({ purge: { ...purger, ...odd } });

    const answer = await stack.create(properties());

    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'nothing-made' });
    expect(answer.Reason).toMatch(mistake);
    expect(stack.dataApi.calls).toEqual([]);
  });

  it('does not remove the admin, whose login somebody put into the secret', async () => {
    const stack = await stackOf({ purge: site.admin });

    const answer = await stack.removeAs('not-known', properties());

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain(`the user "${site.admin.username}" is the admin`);
    expect(await site.ask(site.admin, 'SELECT 1')).toBeNull();
  });

  it('leaves nothing behind, whichever call fails', async () => {
    let calls = 0;
    let failing = 0;
    let hasFailed = true;
    const refusal = { answer: { error: 'BadRequestException', message: 'no more' } } as const;
    const onCall = () => {
      calls += 1;
      return calls === failing ? refusal : undefined;
    };
    const stack = await stackOf({}, { onCall });
    const behind: number[] = [];
    // Without the check-up, after which nothing is made any more.
    const unchecked = properties({ CheckOnDeploy: 'false' });
    do {
      failing += 1;
      calls = 0;
      await stack.create(unchecked);
      hasFailed = calls >= failing;
      calls = failing;
      const { Status } = await stack.remove();
      if (Status !== 'SUCCESS' || (await site.hasUser(purger.username))) behind.push(failing);
    } while (hasFailed);

    expect(behind).toEqual([]);
  });

  it('removes what a deployment left that got no answer through', async () => {
    const stack = await stackOf();
    await stack.create(properties());

    const answer = await stack.removeAs('SessionPurge-User-1ABC');

    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'SessionPurge-User-1ABC',
    });
    expect(await site.hasUser(purger.username)).toBe(false);
  });

  it('removes the user that was replaced, and not the one that the secret names by now', async () => {
    await (await stackOf()).create(properties());
    const next = newLogin('purge');
    const stack = await stackOf({ purge: next });

    const created = await stack.create(properties());
    await stack.removeAs(`sessions/${purger.username}`);

    expect(created.PhysicalResourceId).toBe(`sessions/${next.username}`);
    expect(await site.hasUser(purger.username)).toBe(false);
    expect(await site.hasUser(next.username)).toBe(true);
    await stack.removeAs(`sessions/${next.username}`);
  });

  it('checks a user that was made by hand, and makes none', async () => {
    const stack = await stackOf();
    const { AdminSecretArn: _, ...byHand } = properties();

    const failed = await stack.create(byHand);
    await stack.create(properties());
    const checked = await stack.update(byHand);
    const removed = await stack.remove();

    expect(failed.Status).toBe('FAILED');
    expect(failed.Reason).toContain(SECRET_ARNS.purge);
    expect(checked).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'checked-only' });
    expect(checked.Data?.Warnings).toContain(
      `the user "${purger.username}" stays in ${CLUSTER_ARN}`,
    );
    expect(removed.Status).toBe('SUCCESS');
    expect(await site.hasUser(purger.username)).toBe(true);
    await stack.removeAs(`sessions/${purger.username}`, properties());
  });

  it('answers again where an answer was not taken', async () => {
    const stack = await stackOf();
    stack.refuse([500, 503]);

    expect(await stack.create(properties())).toMatchObject({ Status: 'SUCCESS' });
  });

  it('keeps the time of the deployment in a resource that needs no database', async () => {
    const stack = await stackOf({}, { isGone: true });
    const before = Math.floor(Date.now() / 1000);

    const answer = await stack.createStart({ Schedule: 'rate(1 day)', Enabled: 'true' });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'start' });
    expect(Number(answer.Data?.DeployedAt)).toBeGreaterThanOrEqual(before);
    expect(await stack.remove()).toMatchObject({ Status: 'SUCCESS' });
    expect(stack.dataApi.calls).toEqual([]);
  });

  it('names all that is wrong with the properties', async () => {
    const stack = await stackOf();

    const { Status, Reason } = await stack.create({ Tables: 'a b', CheckOnDeploy: 'maybe' });

    expect(Status).toBe('FAILED');
    for (const name of ['ClusterArn', 'SecretArn', 'Database', 'Tables', 'CheckOnDeploy'])
      expect(Reason).toContain(name);
  });
}
