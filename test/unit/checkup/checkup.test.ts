import { checkup } from '../../../lambda/checkup/checkup';
import type { Row } from '../../../lambda/data-api/rows';
import { DatabaseError } from '../../../lambda/errors';
import { CLUSTER_ARN, SECRET_ARN } from '../../support/environment';

const PLAN = {
  ...{ clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' },
  ...{ wakeBudgetSeconds: 120, graceSeconds: 3600, timeZone: 'UTC' },
};

const TABLES = [{ text: 'django_session', schema: null, table: 'django_session' }];

/** Statements are answered in the order of the script; a call beyond its end is an error. */
function checkUp(script: readonly (readonly Row[] | Error)[]) {
  const answers = [...script];
  return checkup(TABLES, PLAN, {
    async query() {
      const answer = answers.shift();
      if (answer === undefined) throw new Error('the script has no answer to this statement');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    usage: () => ({ dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: 1 }),
  });
}

const states = ({ findings }: Awaited<ReturnType<typeof checkUp>>) =>
  Object.fromEntries(findings.map(({ requirement, state }) => [requirement, state]));

describe('the first statement', () => {
  it.each([
    ['HttpEndpointNotEnabledException', null, 'HttpEndpoint is not enabled', 'Data API'],
    ['NotFoundException', null, '', 'Data API'],
    ['ForbiddenException', null, 'perform: rds-data:ExecuteStatement', 'Data API'],
    ['ETIMEDOUT', null, 'no answer within 50000 ms', 'Data API'],
    ['ValidationException', null, '', 'Data API'],
    ['InvalidSecretException', null, '', 'secret'],
    ['SecretsErrorException', null, '', 'secret'],
    ['DatabaseErrorException', '28P01', 'FATAL: password authentication failed', 'secret'],
    ['DatabaseErrorException', '28000', 'Error code: 1045; SQLState: 28000', 'secret'],
    ['DatabaseErrorException', '3D000', 'database "shop" does not exist', 'database'],
    ['DatabaseErrorException', '42000', 'Error code: 1049; SQLState: 42000', 'database'],
    ['DatabaseErrorException', '42000', 'Error code: 1044; SQLState: 42000', 'database'],
    ['DatabaseErrorException', '42501', 'permission denied for database', 'database'],
    ['DatabaseNotFoundException', null, '', 'database'],
    ['DatabaseUnavailableException', null, '', 'database'],
    ['DatabaseResumingException', null, '', 'database'],
    ['InvalidResourceStateException', null, '', 'database'],
  ])('that fails with %s %s tells which link broke: %#', async (code, sqlState, message, link) => {
    const report = await checkUp([new DatabaseError(message, code, sqlState)]);

    const broken = report.findings.filter(({ state }) => state === 'failing');
    expect(broken).toEqual([
      expect.objectContaining({ requirement: link, detail: message, fix: expect.any(String) }),
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

  it('that an engine of another kind answers ends the check-up', async () => {
    const report = await checkUp([[{ version: 'Oracle' }]]);

    expect(states(report)).toMatchObject({
      'Data API': 'ok',
      'engine version': 'failing',
      'table (django_session)': 'unknown',
    });
  });

  it('that has no answer to read leaves it unknown where the fault is, and throws nothing', async () => {
    const report = await checkUp([[]]);

    expect(report.verdict).toBe('failing');
    expect(states(report)['Data API']).toBe('failing');
  });
});

it('a catalog that is refused leaves the tables unknown', async () => {
  const report = await checkUp([[{ version: '8.0.40' }], new DatabaseError('no such view')]);

  const { findings, verdict } = report;
  expect(verdict).toBe('ok');
  expect(findings.filter(({ state }) => state === 'unknown').map(({ detail }) => detail)).toEqual(
    Array(10).fill('no such view'),
  );
});

it('an error of the function’s own is not taken for a finding', async () => {
  await expect(checkUp([new TypeError('a defect')])).rejects.toThrow('a defect');
});
