import { randomUUID } from 'node:crypto';
import { checkUp } from '../support/checkup';
import { deployChecked } from '../support/deployed-check';
import type { Engine } from '../support/engines';
import { FAST_CLOCK } from '../support/fast-clock';
import { type PurgeBed, purgeBed } from '../support/purge-bed';

/** Something that keeps a run from deleting what has expired. */
export interface Obstacle {
  readonly name: string;
  /** The requirement that the check-up finds failing. */
  readonly requirement: string;
  /** Others that it finds failing, too. */
  readonly others?: readonly string[];
  /** Puts it in the way, as the superuser. */
  readonly statements: readonly string[] | ((bed: PurgeBed) => readonly string[]);
  readonly env?: Readonly<Record<string, string>>;
  /** Only a user with more rights can see it. */
  readonly asSuperuser?: true;
  /** The database itself refuses the run's statement, so that the run has the database's words beside the remedy. */
  readonly isRefusal?: true;
}

const ROWS = [
  { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' },
  { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' },
];

/** What stops a run is failing in the check-up and in the deployment, in the same words; where nothing does, nothing is. */
export function describeSameFacts(
  engine: Engine,
  obstacles: readonly Obstacle[],
  warnings: readonly Obstacle[] = [],
  met: readonly Obstacle[] = [],
): void {
  const bed = purgeBed(engine);

  const put = async ({ statements }: Obstacle) => {
    for (const statement of typeof statements === 'function' ? statements(bed) : statements)
      await bed.query(statement);
  };

  it.each(obstacles)(
    'what stops a run stops a dry run and a deployment and is failing in the check-up, in the same words: $name',
    async (obstacle) => {
      const { requirement, others = [], env = {}, asSuperuser, isRefusal } = obstacle;
      await bed.insert(ROWS);
      await put(obstacle);
      const seeing = asSuperuser ? { SESSION_PURGE_SECRET_ARN: bed.dataApi.adminSecretArn } : {};

      const { inState, report } = await checkUp(bed, { ...env, ...seeing });
      const deployment = await deployChecked(bed, { ...env, ...seeing });
      const purger = bed.deploy({ ...env, ...FAST_CLOCK });
      const dryRun = await purger.invoke({ dryRun: true });
      const run = await purger.invoke();

      expect(report.verdict).toBe('failing');
      expect([...new Set(inState('failing'))]).toEqual([requirement, ...others]);
      expect(deployment.Status).toBe('FAILED');
      for (const { detail, fix, state } of report.findings) {
        if (state !== 'failing') continue;
        expect(run.error?.errorMessage).toContain(fix);
        // Who deploys has given the setting, and not the variable.
        const told = detail.replace('SESSION_PURGE_TIME_ZONE', 'timeZone');
        expect(deployment.Reason).toContain(`: ${told}; ${fix}`);
        expect(dryRun.error?.errorMessage).toContain(fix);
        expect(dryRun.error?.errorMessage).toContain(detail);
        if (!isRefusal) expect(run.error?.errorMessage).toContain(detail);
      }
      if (!isRefusal) expect(dryRun.error?.errorMessage).toBe(run.error?.errorMessage);
    },
  );

  if (warnings.length > 0)
    it.each(warnings)(
      'what a run warns of is a warning in the check-up, in the same words: $name',
      async (obstacle) => {
        await bed.insert(ROWS);
        await put(obstacle);

        const { finding, inState } = await checkUp(bed);
        const deployment = await deployChecked(bed, {});
        const purger = bed.deploy();
        const dryRun = await purger.invoke({ dryRun: true });
        const { report } = await purger.invoke();

        expect(inState('warning')).toEqual([obstacle.requirement]);
        const { detail, fix } = finding(obstacle.requirement) ?? {};
        expect(report?.warnings).toEqual([`${detail}; ${fix}`]);
        expect(dryRun.report?.warnings).toEqual(report?.warnings);
        expect(deployment.Status).toBe('SUCCESS');
        expect(deployment.Data?.Warnings).toContain(`: ${detail}; ${fix}`);
      },
    );

  if (met.length > 0)
    it.each(met)(
      'what a delete meets is a warning in the check-up, the deployment and a dry run, in the same words: $name',
      async (obstacle) => {
        await bed.insert(ROWS);
        await put(obstacle);
        const seeing = { SESSION_PURGE_SECRET_ARN: bed.dataApi.adminSecretArn };

        const { finding, inState } = await checkUp(bed, seeing);
        const deployment = await deployChecked(bed, seeing);
        const { report } = await bed.purge(seeing, { dryRun: true });
        const run = await bed.purge();

        const { table, state, detail, fix } = finding(obstacle.requirement) ?? {};
        expect(state).toBe('warning');
        expect(inState('failing')).toEqual([]);
        expect(deployment.Status).toBe('SUCCESS');
        expect(deployment.Data?.Warnings).toContain(`: ${detail}; ${fix}`);
        expect(report).toMatchObject({ stopReason: 'dry-run', tables: [{ rowsExpired: 1 }] });
        expect(report?.warnings).toEqual([`${table}: ${detail}; ${fix}`]);
        expect(run.report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
      },
    );

  it('nothing is failing where a run deletes all', async () => {
    await bed.insert(ROWS);

    const { inState } = await checkUp(bed);
    const deployment = await deployChecked(bed, {});
    const { report } = await bed.purge();

    expect(inState('failing')).toEqual([]);
    expect(deployment).toMatchObject({ Status: 'SUCCESS', Data: { Warnings: 'none' } });
    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
  });
}

const referring = (rule: string) => [
  `CREATE TABLE visit (session varchar(40), CONSTRAINT visits FOREIGN KEY (session) REFERENCES django_session (session_key) ${rule})`,
  "INSERT INTO visit VALUES ('live')",
];

/** What a delete meets while no row that expired is kept. `trigger`: creates one on DELETE. */
export const metWith = (trigger: readonly string[]): readonly Obstacle[] => [
  { name: 'a trigger', requirement: 'triggers', statements: trigger },
  {
    name: 'a foreign key that no expired session is referred to by',
    requirement: 'foreign keys',
    statements: referring(''),
  },
  {
    name: 'a foreign key that deletes rows along with sessions',
    requirement: 'foreign keys',
    statements: referring('ON DELETE CASCADE'),
  },
];

/** The obstacles that are the same on either engine. */
export function obstaclesOf(engine: Engine): Obstacle[] {
  const purger = engine.account('purger');
  const other = (ddl: string) => [ddl, `GRANT SELECT, DELETE ON t TO ${purger}`];
  const env = { SESSION_PURGE_TABLES: 't' };
  // On MySQL a pattern finds the tables of the tests that run meanwhile, too.
  const ofThisTest = `t_${randomUUID().replaceAll('-', '')}`;
  return [
    ...engine.rights.map((right) => ({
      name: `a missing right to ${right}`,
      requirement: 'rights',
      statements: [`REVOKE ${right} ON django_session FROM ${purger}`],
    })),
    {
      name: 'no right at all',
      // MySQL lets nobody use a database in which he has no right.
      ...(engine.name === 'MySQL'
        ? ({ requirement: 'database', isRefusal: true } as const)
        : { requirement: 'rights' }),
      statements: [`REVOKE ALL ON django_session FROM ${purger}`],
    },
    {
      name: 'no right on one of the tables that a pattern finds',
      requirement: 'rights',
      statements: [
        `CREATE TABLE ${ofThisTest} (LIKE django_session${engine.name === 'MySQL' ? '' : ' INCLUDING ALL'})`,
        `GRANT SELECT ON ${ofThisTest} TO ${purger}`,
      ],
      env: { SESSION_PURGE_TABLES: `*.${ofThisTest}` },
    },
    {
      name: 'no column expire_date',
      requirement: 'columns',
      statements: other('CREATE TABLE t (session_key varchar(40) PRIMARY KEY)'),
      env,
    },
    {
      name: 'a missing table',
      requirement: 'table',
      statements: [],
      env: { SESSION_PURGE_TABLES: 'nothing' },
    },
    {
      name: 'no table in any schema',
      requirement: 'table',
      statements: [],
      env: { SESSION_PURGE_TABLES: '*.nothing' },
    },
    {
      name: 'an expire_date of another type',
      requirement: 'columns',
      statements: other('CREATE TABLE t (session_key varchar(40) PRIMARY KEY, expire_date text)'),
      env,
    },
    {
      name: 'another primary key',
      requirement: 'columns',
      statements: other(
        'CREATE TABLE t (id int PRIMARY KEY, session_key varchar(40), expire_date timestamp)',
      ),
      env,
    },
    {
      name: 'a view',
      requirement: 'table',
      statements: other('CREATE VIEW t AS SELECT * FROM django_session'),
      env,
    },
  ];
}
