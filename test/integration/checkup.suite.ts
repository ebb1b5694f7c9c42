import type { DataApiServer } from '../../local/data-api-server/index';
import { checkUp } from '../support/checkup';
import type { Engine } from '../support/engines';
import { plainNames } from '../support/plain-names';
import { type PurgeBed, purgeBed } from '../support/purge-bed';
import { plainSql } from '../support/sent-sql';

export const KEY = '3dub24wutcq28y7lhgnfl2rasoy37646';
export const DATA = 'eyJfYXV0aF91c2VyX2lkIjoiMSJ9:the-data-of-a-session';

/** What a check-up finds out about a table, in the order of its findings. */
export const OF_A_TABLE = [
  ...['table', 'columns', 'rights', 'least privilege', 'locks'],
  ...['index on expire_date', 'index used', 'foreign keys', 'triggers', 'size', 'backlog'],
];

/** What differs between the engines. */
export interface CheckupFacts {
  /** Every requirement, in the order of the findings. */
  readonly requirements: readonly string[];
  /** Those that the purge's user may not see enough of to judge them. */
  readonly unseen: readonly string[];
  /** Those that have no finding when there is no way to the database. */
  readonly unsaid: readonly string[];
  /** Rights too many, and how the finding names them. */
  readonly excess: readonly (readonly [right: string, named: string])[];
  /** The state of a table without an index. */
  readonly withoutIndex: 'warning' | 'failing';
  /** Whose check-up sees foreign keys and triggers. */
  readonly seeing: 'purger' | 'superuser';
  /** A trigger that lets every row pass. */
  trigger(name: string, event: string): readonly string[];
  /** What the database says to a wrong password. */
  readonly wrongPassword: RegExp;
}

/** A bed with one session that has expired and one that lives. */
export function checkupBed(engine: Engine): PurgeBed {
  const bed = purgeBed(engine);
  beforeEach(() =>
    bed.insert([
      { sessionKey: KEY, sessionData: DATA, expireDate: '2020-07-11T19:20:40Z' },
      { sessionKey: 'live', sessionData: DATA, expireDate: '2096-07-25T13:50:10Z' },
    ]),
  );
  return bed;
}

/** A check-up finds `state` and names a `fix`; once the fix is made, it finds that all is well. */
export async function expectMended(
  bed: PurgeBed,
  requirement: string,
  state: string,
  fix: RegExp,
): Promise<void> {
  const ill = await checkUp(bed);
  expect(ill.finding(requirement)).toMatchObject({ state, fix: expect.stringMatching(fix) });
  expect(ill.report.verdict).toBe(state);
  const sql = ill.finding(requirement)?.fix?.replace(/^as .*?: /, '');
  for (const statement of sql?.split('; ') ?? []) await bed.query(statement);
  const well = await checkUp(bed);
  expect(well.finding(requirement)).toMatchObject({ state: 'ok', fix: null });
}

/** What a check-up finds, on either engine. */
export function describeCheckup(engine: Engine, facts: CheckupFacts): void {
  const bed = checkupBed(engine);
  const purger = engine.account('purger');

  /** A check-up by whoever sees foreign keys and triggers. */
  const checkUpSeeing = () =>
    checkUp(
      bed,
      facts.seeing === 'superuser' ? { SESSION_PURGE_SECRET_ARN: bed.dataApi.adminSecretArn } : {},
    );

  describe('a database as docs/database-user.md makes it', () => {
    it('meets every requirement that its user can see', async () => {
      const { report, invoked, inState } = await checkUp(bed);

      expect(report).toMatchObject({ check: true, verdict: 'ok' });
      expect(inState('unknown')).toEqual(facts.unseen);
      expect(inState('ok')).toEqual(facts.requirements.filter((it) => !facts.unseen.includes(it)));
      expect(invoked.metrics).toEqual([]);
      expect(invoked.log).toEqual([
        expect.objectContaining({ level: 'INFO', message: 'check: ok', checked: report }),
      ]);
    });

    it('is described: rows, bytes and backlog', async () => {
      await bed.seed({ expired: 20_000, live: 5000 });
      await bed.query(engine.analyze('django_session'));

      const { finding } = await checkUp(bed);

      expect(finding('size')?.detail).toMatch(/^about 2\d{4} rows, 1\d\.\d MB with indexes$/);
      expect(finding('backlog')?.detail).toMatch(/^about \d{5} rows have expired \(\d+ % of all\)/);
      expect(finding('index used')).toMatchObject({
        state: 'ok',
        detail: 'the planner walks along django_session_expire_date_a5c62663',
      });
    });

    it('may have several tables, of which the event may choose', async () => {
      const custom = { schema: await bed.createSchema('tenant'), table: 'custom_session' };
      await bed.createTable(custom);
      await bed.grant(custom);
      const tables = [bed.reported(), bed.reported(custom)];
      const env = { SESSION_PURGE_TABLES: tables.join() };

      const all = await checkUp(bed, env);
      const one = await checkUp(bed, env, bed.dataApi, { check: true, tables: [tables[0]] });

      const tablesOf = ({ report }: typeof all) =>
        report.findings
          .filter(({ requirement }) => /^table/.test(requirement))
          .map(({ table }) => table);
      expect(tablesOf(all)).toEqual(tables);
      expect(tablesOf(one)).toEqual(tables.slice(0, 1));
      expect([all.report.verdict, one.report.verdict]).toEqual(['ok', 'ok']);
    });
  });

  describe('what is not as it should be has a fix, which mends it', () => {
    it.each(engine.rights)('a missing right to %s', async (right) => {
      await bed.query(`REVOKE ${right} ON django_session FROM ${purger}`);

      const grant = new RegExp(`^as .*: ${engine.grant.replace(/[()]/g, '\\$&')} `);
      await expectMended(bed, 'rights', 'failing', grant);
    });

    it.each(facts.excess)('a right too many: %s', async (right, named) => {
      await bed.query(`GRANT ${right} ON django_session TO ${purger}`);

      expect((await checkUp(bed)).finding('least privilege')?.detail).toBe(
        `user "${engine.user('purger')}" also has ${named}, by itself or through a group`,
      );
      await expectMended(bed, 'least privilege', 'warning', /^as .*: REVOKE ALL ON /);
    });

    it('a missing index', async () => {
      await bed.query(engine.dropIndex('django_session_expire_date_a5c62663'));

      const { finding } = await checkUp(bed);

      expect(finding('index on expire_date')?.fix).toBe(
        engine.byOwner + engine.createIndex(plainNames(bed.quoted())),
      );
      await expectMended(bed, 'index on expire_date', facts.withoutIndex, /INDEX/);
    });
  });

  describe('what else stands in the way', () => {
    it.each([
      ['', 'warning', / keeps each session that a row of its table refers to$/],
      ['ON DELETE CASCADE', 'warning', / deletes or changes rows of its table with each session$/],
    ])('is a foreign key %s', async (rule, state, detail) => {
      await bed.query(
        `CREATE TABLE visit (session varchar(40), CONSTRAINT visits FOREIGN KEY (session) REFERENCES django_session (session_key) ${rule})`,
      );

      const { finding, report } = await checkUpSeeing();

      expect(finding('foreign keys')).toMatchObject({
        state,
        detail: expect.stringMatching(/^visits of (test_\w+\.)?visit /),
      });
      expect(finding('foreign keys')?.detail).toMatch(detail);
      expect(report.verdict).toBe(state);
    });

    it('is a trigger that a delete fires, and no other', async () => {
      for (const statement of facts.trigger('on_insert', 'INSERT')) await bed.query(statement);
      const without = await checkUpSeeing();
      for (const statement of facts.trigger('on_delete', 'DELETE')) await bed.query(statement);
      const withOne = await checkUpSeeing();

      expect(without.finding('triggers')).toMatchObject({
        state: 'ok',
        detail: 'none runs on a delete',
      });
      expect(withOne.finding('triggers')).toMatchObject({
        state: 'warning',
        detail: 'on_delete runs with each delete',
      });
    });

    it.each([
      [
        'of another type',
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date text)',
        'table "t" has a column "expire_date" of type text, which Django never makes',
      ],
      [
        'that is missing',
        'CREATE TABLE t (session_key varchar(40) PRIMARY KEY)',
        'table "t" has no column "expire_date"',
      ],
      [
        'of a view',
        'CREATE VIEW t AS SELECT * FROM django_session',
        'table "t" is a view, not a table',
        'table',
      ],
    ])('is a column %s', async (_what, ddl, detail, requirement = 'columns') => {
      await bed.query(ddl);
      await bed.query(`GRANT SELECT, DELETE ON t TO ${purger}`);

      const { finding, report } = await checkUp(bed, { SESSION_PURGE_TABLES: 't' });

      expect(finding(requirement)).toMatchObject({ state: 'failing', detail });
      expect(report.verdict).toBe('failing');
    });

    it('is a table that is missing, of which the rest is not known', async () => {
      const { finding, report, inState } = await checkUp(bed, { SESSION_PURGE_TABLES: 'nothing' });

      expect(report.verdict).toBe('failing');
      expect(finding('table (nothing)')).toMatchObject({
        state: 'failing',
        detail: `table "nothing" was not found in database "${bed.database}"`,
        fix: expect.stringMatching(/^check the database name and the tables setting/),
      });
      expect(inState('unknown')).toEqual(
        facts.requirements.filter(
          (it) => it === 'time zone' || facts.unseen.includes(it) || OF_A_TABLE.indexOf(it) > 0,
        ),
      );
      expect(finding('rights')?.detail).toBe('not reached, since the table was not found');
    });
  });

  describe('a way to the database that is broken', () => {
    async function brokenAt(
      link: string,
      env: Record<string, string>,
      service: DataApiServer = bed.dataApi,
    ) {
      const { report, finding, inState } = await checkUp(bed, env, service);
      expect(report.verdict).toBe('failing');
      expect(inState('failing')).toEqual([link]);
      expect([...inState('unknown'), ...inState('ok'), link].sort()).toEqual(
        facts.requirements.filter((it) => !facts.unsaid.includes(it)).sort(),
      );
      return { broken: finding(link), inState };
    }

    it('at the Data API', async () => {
      const message = `HttpEndpoint is not enabled for resource ${bed.dataApi.resourceArn}`;
      const off = await bed.serve({
        onCall: () => ({ answer: { error: 'HttpEndpointNotEnabledException', message } }),
      });

      const { broken, inState } = await brokenAt('Data API', {}, off);

      expect(broken?.detail).toContain(message);
      expect(broken?.fix).toMatch(
        `aws rds enable-http-endpoint --resource-arn ${bed.dataApi.resourceArn}`,
      );
      expect(inState('ok')).toEqual([]);
    });

    it.each([
      ['Data API', 'rds-data:ExecuteStatement'],
      ['secret', 'secretsmanager:GetSecretValue'],
      ['secret', 'kms:Decrypt'],
    ])('at the %s, for the role that may not %s', async (link, action) => {
      const message = `User is not authorized to perform: ${action} on resource: *`;
      const denied = await bed.serve({
        onCall: () => ({ answer: { error: 'AccessDeniedException', message, statusCode: 403 } }),
      });

      const { broken } = await brokenAt(link, {}, denied);

      expect(broken?.fix).toMatch(/^the caller's role needs rds-data:ExecuteStatement/);
    });

    it('at a secret that is missing', async () => {
      const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:nothing-AbCdEf';

      const { broken } = await brokenAt('secret', { SESSION_PURGE_SECRET_ARN: arn });

      expect(broken?.detail).toMatch(/SecretsErrorException/);
      expect(broken?.fix).toContain(`check that ${arn} exists`);
    });

    it('at a wrong password, which is not told', async () => {
      const wrong = await bed.serve({ purger: { password: 'wr0ng-one' } });

      const { broken, inState } = await brokenAt('secret', {}, wrong);

      expect(broken?.detail).toMatch(facts.wrongPassword);
      expect(JSON.stringify(broken)).not.toContain('wr0ng-one');
      expect(inState('ok')).toEqual(['Data API']);
    });

    it('at a database that is missing', async () => {
      const env = {
        SESSION_PURGE_DATABASE: 'nothing',
        // MySQL says of a database that a user has no right to, and of one that is missing, the same.
        SESSION_PURGE_SECRET_ARN: bed.dataApi.adminSecretArn,
      };

      const { broken, inState } = await brokenAt('database', env);

      expect(broken?.fix).toBe('name a database that exists, not "nothing"');
      expect(inState('ok')).toEqual(['Data API', 'secret']);
    });
  });

  it('a cluster that has to wake first is told', async () => {
    let calls = 0;
    const waking = await bed.serve({
      onCall: () => {
        calls += 1;
        return calls === 1 ? { answer: { error: 'DatabaseResumingException' } } : undefined;
      },
    });

    const { finding } = await checkUp(bed, {}, waking);

    expect(finding('database')).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/ answers, once the paused cluster was awake after \d s$/),
    });
  });

  it('a statement that fails leaves its requirement unknown, and the others known', async () => {
    const failing = await bed.serve({
      onCall: ({ input }) =>
        /^EXPLAIN .* ORDER BY expire_date /s.test(plainSql(input.sql))
          ? { answer: { error: 'DatabaseErrorException', message: 'no; SQLState: 42501' } }
          : undefined,
    });

    const { finding, inState, report } = await checkUp(bed, {}, failing);

    expect(report.verdict).toBe('ok');
    const unknown = [...facts.unseen, 'index used'];
    expect(inState('unknown')).toEqual(facts.requirements.filter((it) => unknown.includes(it)));
    expect(finding('index used')?.detail).toMatch(/^statement failed: DatabaseErrorException: no/);
  });

  it('no session key, no session data and no password is said', async () => {
    await bed.query(`GRANT SELECT ON django_session TO ${purger}`);

    const { report, invoked } = await checkUp(bed);

    const said = JSON.stringify([
      report,
      invoked.output,
      bed.dataApi.calls.map(({ input }) => input),
    ]);
    for (const secret of [KEY, DATA, ...bed.passwords]) expect(said.includes(secret)).toBe(false);
  });
}
