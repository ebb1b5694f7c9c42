import { checkup } from '../../../lambda/checkup/checkup';
import { REPORT_MARGIN_MS } from '../../../lambda/clock';
import type { Row } from '../../../lambda/data-api/rows';
import type { Statement } from '../../../lambda/data-api/statement';
import { DatabaseError } from '../../../lambda/errors';
import { CLUSTER_ARN, SECRET_ARN } from '../../support/environment';
import { failedCall, failureOf } from '../../support/failed-call';
import { fakeClock } from '../../support/fake-clock';
import { FOUND } from '../../support/toy-dialect';

const TABLES = [{ text: 'django_session', schema: null, table: 'django_session' }];

const PLAN = {
  clusterArn: CLUSTER_ARN,
  secretArn: SECRET_ARN,
  database: 'shop',
  wakeBudgetSeconds: 120,
  graceSeconds: 3600,
  timeZone: 'UTC',
  tables: TABLES,
};

/** The function's time, and the database's in `INSPECTED`. */
const NOW = new Date('2026-11-22T02:17:00Z');

/** Statements are answered in the order of the script; a call beyond its end is an error. */
function checkUp(script: readonly (readonly Row[] | Error)[], given: Partial<typeof PLAN> = {}) {
  const answers = [...script];
  const api = {
    async send() {
      const answer = answers.shift();
      if (answer === undefined) throw new Error('the script has no answer to this statement');
      if (answer instanceof Error) throw answer;
      return { kind: 'rows', rows: answer, rowsChanged: 0, durationMs: 1 } as const;
    },
    usage: () => ({ dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: 1 }),
  };
  return checkup(TABLES, { ...PLAN, ...given }, api, {
    timeOfDay: () => NOW,
    now: () => 0,
    timeLeft: () => 900_000,
  });
}

/** What PostgreSQL says of a table in which nothing is wrong. */
const INSPECTED = {
  ...FOUND,
  now: NOW.toISOString(),
  isRowSecurityOff: false,
  restrictivePolicies: '[]',
};

const states = ({ findings }: Awaited<ReturnType<typeof checkUp>>) =>
  Object.fromEntries(findings.map(({ requirement, state }) => [requirement, state]));

describe('the first statement', () => {
  const DATABASE_ERROR = 'DatabaseErrorException';

  it.each([
    ['HttpEndpointNotEnabledException', 'HttpEndpoint is not enabled', 'Data API', CLUSTER_ARN],
    ['NotFoundException', '', 'Data API', CLUSTER_ARN],
    ['ForbiddenException', 'perform: rds-data:ExecuteStatement', 'Data API', CLUSTER_ARN],
    ['ETIMEDOUT', 'no answer within 50000 ms', 'Data API', 'can reach the service'],
    ['ValidationException', '', 'Data API', 'check the region'],
    ['AccessDeniedException', 'perform: secretsmanager:GetSecretValue', 'secret', SECRET_ARN],
    ['InvalidSecretException', '', 'secret', SECRET_ARN],
    ['SecretsErrorException', '', 'secret', SECRET_ARN],
    [
      DATABASE_ERROR,
      'FATAL: password authentication failed; SQLState: 28P01',
      'secret',
      SECRET_ARN,
    ],
    [DATABASE_ERROR, 'Error code: 1045; SQLState: 28000', 'secret', SECRET_ARN],
    [DATABASE_ERROR, 'does not exist; SQLState: 3D000', 'database', 'not "shop"'],
    [DATABASE_ERROR, 'Error code: 1049; SQLState: 42000', 'database', 'not "shop"'],
    [DATABASE_ERROR, 'Error code: 1044; SQLState: 42000', 'database', 'GRANT'],
    [
      DATABASE_ERROR,
      'permission denied for database "shop"; SQLState: 42501',
      'database',
      'GRANT CONNECT',
    ],
    [DATABASE_ERROR, 'too many clients; SQLState: 53300', 'database', 'look for a leak'],
    [DATABASE_ERROR, 'starting up; SQLState: 57P03', 'database', 'state and events in RDS'],
    ['DatabaseNotFoundException', '', 'database', 'add a writer'],
    ['DatabaseUnavailableException', '', 'database', 'events in RDS'],
    ['InvalidResourceStateException', '', 'database', '--db-cluster-identifier shop'],
  ])('that fails with %s %s tells which link broke: %#', async (code, message, link, fix) => {
    const report = await checkUp([failedCall(message, code)]);

    const broken = report.findings.filter(({ state }) => state === 'failing');
    expect(broken).toEqual([
      expect.objectContaining({
        requirement: link,
        detail: `${code}: ${message}`,
        fix: expect.stringContaining(fix),
      }),
    ]);
    expect(states(report)).toMatchObject({
      'engine version': 'unknown',
      'table (django_session)': 'unknown',
      'backlog (django_session)': 'unknown',
    });
    expect(new Set(report.findings.map(({ table }) => table))).toEqual(
      new Set([null, 'django_session']),
    );
    expect(report.verdict).toBe('failing');
  });

  it('that meets a cluster that does not wake says what the run would say', async () => {
    const failure = { ...failureOf('DatabaseResumingException', ''), remedy: 'raise the budget' };

    const { findings } = await checkUp([new DatabaseError('did not wake', failure)]);

    expect(findings.find(({ state }) => state === 'failing')).toMatchObject({
      requirement: 'database',
      fix: 'raise the budget',
    });
  });

  it.each([
    ['28P01', { 'Data API': 'ok', secret: 'failing', database: 'unknown' }],
    ['3D000', { 'Data API': 'ok', secret: 'ok', database: 'failing' }],
    // Before a server looks at the password.
    ['53300', { 'Data API': 'ok', secret: 'unknown', database: 'failing' }],
  ])('that the database itself refused with %s shows what works before it', async (state, seen) => {
    const report = await checkUp([failedCall(`no; SQLState: ${state}`)]);

    expect(states(report)).toMatchObject(seen);
  });

  it.each([
    ['ECONNREFUSED', { 'Data API': 'failing', secret: 'unknown', database: 'unknown' }],
    ['SecretsErrorException', { 'Data API': 'unknown', secret: 'failing', database: 'unknown' }],
    ['DatabaseNotFoundException', { secret: 'unknown', database: 'failing' }],
  ])('that never came to the database leaves the rest unknown: %s', async (code, seen) => {
    expect(states(await checkUp([failedCall('no', code)]))).toMatchObject(seen);
  });

  it.each([
    [
      'in another region',
      SECRET_ARN.replace('eu-west-1', 'us-east-1'),
      'the secret must be in the cluster\'s region eu-west-1, got "us-east-1"',
      'failing',
    ],
    [
      'of another account',
      SECRET_ARN.replace('123456789012', '210987654321'),
      'the secret must be in the cluster\'s account 123456789012, got "210987654321"',
      'failing',
    ],
    [
      'without its end',
      SECRET_ARN.replace('-AbCdEf', ''),
      expect.stringMatching(/^the secret's ARN lacks its end, a hyphen and six letters or digits/),
      'warning',
    ],
  ])("tells of a secret's ARN %s", async (_what, secretArn, detail, state) => {
    const broken = await checkUp([failedCall('no', 'SecretsErrorException')], { secretArn });
    const sound = await checkUp([[{ version: 'Oracle' }]], { secretArn });

    const about = ({ requirement }: { readonly requirement: string }) =>
      requirement === "secret's ARN";
    expect(broken.findings.filter(about)).toMatchObject([{ state, detail }]);
    expect(sound.findings.filter(about)).toMatchObject([{ state: 'warning', detail }]);
  });

  it('that an engine of another kind answers ends the check-up', async () => {
    const report = await checkUp([[{ version: 'Oracle' }]]);

    expect(states(report)).toMatchObject({
      'Data API': 'ok',
      'engine version': 'failing',
      'table (django_session)': 'unknown',
    });
  });

  it('that is foreign to the server is asked again in its own words', async () => {
    const foreign = failedCall('You have an error in your SQL syntax; SQLState: 42000');

    const report = await checkUp([foreign, [{ version: '8.0.40' }], [], failedCall('no')]);

    expect(states(report)).toMatchObject({ database: 'ok', 'engine version': 'ok' });
  });

  it('that has no answer to read leaves it unknown where the fault is, and throws nothing', async () => {
    const report = await checkUp([[]]);

    expect(report.verdict).toBe('failing');
    expect(states(report)['Data API']).toBe('failing');
  });
});

it('a catalog that is refused is failing, as it would be in a run, and leaves the rest unknown', async () => {
  const refused = failedCall('permission denied; SQLState: 42501');

  const { findings, verdict } = await checkUp([[{ version: '8.0.40' }], [], refused]);

  expect(verdict).toBe('failing');
  expect(findings.filter(({ state }) => state === 'failing')).toEqual([
    {
      requirement: 'table (django_session)',
      table: 'django_session',
      state: 'failing',
      detail: 'DatabaseErrorException: permission denied; SQLState: 42501',
      fix: expect.stringMatching(/^GRANT /),
    },
  ]);
  const unknown = findings.filter(({ state, table }) => state === 'unknown' && table !== null);
  expect(unknown.map(({ detail }) => detail)).toEqual(
    Array(10).fill('not reached, since the table could not be looked for'),
  );
});

it('settings that are refused leave the requirements on the server unknown', async () => {
  const report = await checkUp([
    ...[[{ version: 'PostgreSQL 17.4' }], new DatabaseError('no such view')],
    ...[[INSPECTED], [], [], [], []],
  ]);

  expect(states(report)).toMatchObject({
    writes: 'unknown',
    timeouts: 'unknown',
    'planner settings': 'unknown',
    'table (public.django_session)': 'ok',
    'rights (public.django_session)': 'ok',
  });
});

it('an answer of another shape leaves unknown what is read from it, and nothing else', async () => {
  const report = await checkUp([
    [{ version: 'PostgreSQL 17.4' }],
    [{ name: 'jit', setting: 'off', user: 'purger', doesMore: false, readOnlyBy: null }],
    [INSPECTED],
    [],
    [{ at: 0, blockingKeys: '', followingKeys: '', unidentified: '', misfit: '' }],
    [{ 'QUERY PLAN': 'no JSON' }],
    [{ 'QUERY PLAN': '[{"Plan":{"Plan Rows":7}}]' }],
  ]);

  const unknown = report.findings.filter(({ state }) => state === 'unknown');
  expect(unknown.map(({ requirement, detail }) => [requirement.split(' (')[0], detail])).toEqual([
    ['least privilege', 'unexpected answer: column "powers" must be text, got undefined'],
    ['index used', 'unexpected answer: the plan must be JSON'],
    ['triggers', 'unexpected answer: column "triggers" must be text, got undefined'],
    ['size', 'unexpected answer: column "rows" must be a count, got undefined'],
    ['dead rows', 'unexpected answer: column "deadRows" must be a count, got undefined'],
  ]);
  expect(states(report)).toMatchObject({
    'foreign keys (public.django_session)': 'ok',
    'publications (public.django_session)': 'ok',
    'backlog (public.django_session)': 'ok',
  });
});

it('clocks that disagree are failing, in the words of the run', async () => {
  const later = [{ ...INSPECTED, now: '2026-11-22T02:28:00Z' }];
  const report = await checkUp([[{ version: 'PostgreSQL 17.4' }], [], later, [], [], [], []]);

  expect(report.findings.find(({ requirement }) => requirement === 'clocks')).toMatchObject({
    state: 'failing',
    detail:
      "the database's clock says 2026-11-22T02:28:00.000Z and the function's 2026-11-22T02:17:00.000Z, more than 10 minutes apart",
    fix: expect.stringMatching(/^set the clock that is wrong/),
  });
});

it('an error of the function’s own is not taken for a finding', async () => {
  await expect(checkUp([new TypeError('a defect')])).rejects.toThrow('a defect');
});

describe('many tables', () => {
  const EMPTY = [{ text: '*.django_session', schema: '*', table: 'django_session' }];

  const FACTS = {
    readable: 'expire_date',
    writable: 'expire_date',
    otherRights: '',
    powers: '',
    blockingKeys: '',
    followingKeys: '',
    triggers: '',
    unidentified: '',
    misfit: '',
    rows: 0,
    bytes: 0,
    deadRows: 0,
    lastAutovacuum: null,
    vacuumThreshold: 50,
    turnAutovacuumOn: null,
  };

  const PLAN_OF_ONE = { 'Node Type': 'Index Scan', 'Index Name': 'i', 'Plan Rows': 0 };

  function answerOf(sql: string, parameters: Readonly<Record<string, unknown>>): Row[] {
    if (sql.startsWith('SELECT version')) return [{ version: 'PostgreSQL 17.4' }];
    if (sql.startsWith('SELECT s.name'))
      return [{ name: 'jit', setting: 'off', user: 'purger', doesMore: false, readOnlyBy: null }];
    if (sql.startsWith('SELECT found'))
      return parameters.at === -1 ? inspected.slice(0, 400) : inspected.slice(400);
    if (sql.includes('pg_locks')) return locked;
    if (sql.startsWith('SELECT wanted.at')) {
      const asked: unknown[] = JSON.parse(String(parameters.tables));
      return asked.map((_, at) => ({ at, ...FACTS }));
    }
    if (!sql.startsWith('EXPLAIN')) return [];
    const selects = sql.split(' UNION ALL ');
    const parts = selects.map(() => PLAN_OF_ONE);
    const Plan = selects.length === 1 ? PLAN_OF_ONE : { 'Node Type': 'Append', Plans: parts };
    return [{ 'QUERY PLAN': JSON.stringify([{ Plan }]) }];
  }

  const inspected = Array.from({ length: 500 }, (_, at) => ({
    ...INSPECTED,
    schema: `t${String(at).padStart(3, '0')}`,
  }));

  let locked: Row[] = [];

  /** `durationMs`: of each statement. `refused`: in a statement, it makes the database refuse it. */
  async function checkUpMany(timeLeftMs: number, durationMs: number, refused = / nothing /) {
    const clock = fakeClock(timeLeftMs, NOW);
    let calls = 0;
    const api = {
      async send({ sql, parameters }: Statement) {
        calls += 1;
        clock.pass(durationMs);
        if (refused.test(sql)) throw failedCall('no; SQLState: 42501');
        const rows = answerOf(sql.trim(), parameters);
        return { kind: 'rows', rows, rowsChanged: 0, durationMs } as const;
      },
      usage: () => ({ dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: 1 }),
    };
    const report = await checkup(EMPTY, { ...PLAN, tables: EMPTY }, api, clock);
    return { report, calls, timeLeftMs: clock.timeLeft() };
  }

  it('are asked about in few statements', async () => {
    const { report, calls } = await checkUpMany(900_000, 20);

    expect(report.findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(calls).toBe(2 + 2 + 5 + 5 + 20 + 20);
  });

  it('of which one is locked are told so, and nothing waits for that one', async () => {
    locked = [{ at: 33, blocksReads: true }];
    const { report, calls } = await checkUpMany(900_000, 20).finally(() => {
      locked = [];
    });

    const failing = report.findings.filter(({ state }) => state === 'failing');
    expect(failing.slice(0, 1)).toEqual([
      {
        requirement: 'locks (t033.django_session)',
        table: 't033.django_session',
        state: 'failing',
        detail:
          'table "t033.django_session" is locked: another session holds a lock on the whole table, or waits for one',
        fix: expect.stringMatching(
          /: SELECT .* pg_locks .* n\.nspname = 't033' AND c.relname = 'django_session'/,
        ),
      },
    ]);
    expect(states(report)).toMatchObject({
      'rights (t033.django_session)': 'ok',
      'size (t033.django_session)': 'unknown',
      'locks (t034.django_session)': 'ok',
    });
    expect(calls).toBe(2 + 2 + 5 + 5 + 20 + 20);
  });

  it('of which one is refused are asked again without it', async () => {
    const { report } = await checkUpMany(900_000, 20, /EXPLAIN.*"t333"/s);

    const unknown = report.findings.filter(({ state }) => state !== 'ok');
    expect(unknown.map(({ requirement, detail }) => [requirement, detail])).toEqual([
      ['index used (t333.django_session)', 'no; SQLState: 42501'],
      ['backlog (t333.django_session)', 'no; SQLState: 42501'],
    ]);
  });

  it.each([
    ['the facts', 11, 'least privilege'],
    ['the plans', 25, 'index used'],
    ['the estimates', 45, 'backlog'],
    ['the tables themselves', 2, 'table'],
  ])(
    'for which there is no time left at %s are unknown, and no verdict says that all is well',
    async (_what, statements, requirement) => {
      const { report, timeLeftMs } = await checkUpMany(REPORT_MARGIN_MS + statements * 1000, 999);

      expect(timeLeftMs).toBeGreaterThanOrEqual(REPORT_MARGIN_MS);
      const missed = report.findings.filter(({ detail }) =>
        /^not looked at, since the time/.test(detail),
      );
      const { table: last } = missed.at(-1) ?? {};
      const first = missed.find(({ table }) => table === last);
      expect(first?.requirement).toMatch(new RegExp(`^${requirement} \\(`));
      expect(first?.detail).toMatch(/; check fewer tables at once: /);
      expect(new Set(missed.map(({ state }) => state))).toEqual(new Set(['unknown']));
      expect(report.verdict).toBe('warning');
      expect(states(report).time).toBe('warning');
    },
  );
});
