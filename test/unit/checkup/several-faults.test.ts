import type { Finding } from '../../../contract/report';
import { checkup } from '../../../lambda/checkup/checkup';
import type { Row } from '../../../lambda/data-api/rows';
import type { Statement } from '../../../lambda/data-api/statement';
import { CLUSTER_ARN, SECRET_ARN } from '../../support/environment';
import { failedCall } from '../../support/failed-call';
import { fakeClock } from '../../support/fake-clock';
import { FOUND } from '../../support/toy-dialect';

const NOW = new Date('2026-11-22T02:17:00Z');

const INSPECTED: Row = {
  ...FOUND,
  now: NOW.toISOString(),
  isRowSecurityOff: false,
  restrictivePolicies: '[]',
  hidesColumns: false,
  isExpireDatePlain: true,
  engine: 'InnoDB',
};

const FACTS: Row = {
  at: 0,
  ...{
    readable: 'expire_date',
    writable: 'expire_date',
    otherRights: '',
    powers: '',
    takePowers: '',
  },
  ...{ blockingKeys: '', followingKeys: '', triggers: '', unidentified: '', misfit: '' },
  ...{ rows: 9, bytes: 9, deadRows: 0, lastAutovacuum: null, turnAutovacuumOn: null },
  ...{ vacuumThreshold: 50, seesForeignKeys: true, seesTriggers: true },
  ...{ limitsSelects: false, mayLackDelete: false, hasRole: false },
};

/** What a database says, as far as it is not as it should be. */
interface Faults {
  /** Each row of the inspection. */
  readonly inspected: readonly Row[];
  readonly facts?: Row;
  readonly isLocked?: true;
}

function answerTo(sql: string, engine: 'PostgreSQL' | 'MySQL', faults: Faults): readonly Row[] {
  if (/^SELECT version/i.test(sql))
    return [{ version: engine === 'MySQL' ? '8.0.40' : 'PostgreSQL 17.4' }];
  if (sql.includes('found.*')) return faults.inspected;
  if (sql.includes('pg_locks')) return faults.isLocked ? [{ at: 0, blocksReads: true }] : [];
  if (sql.includes('wanted.at,')) return [{ ...FACTS, ...faults.facts }];
  if (sql.startsWith('SELECT s.name'))
    return [{ name: 'jit', setting: 'off', user: 'purger', doesMore: false, readOnlyBy: null }];
  return [];
}

async function findingsOn(engine: 'PostgreSQL' | 'MySQL', faults: Faults) {
  const api = {
    async send({ sql }: Statement) {
      if (engine === 'MySQL' && sql.includes('pg_catalog'))
        throw failedCall('You have an error in your SQL syntax; SQLState: 42000');
      const rows = answerTo(sql.trim(), engine, faults);
      return { kind: 'rows', rows, rowsChanged: 0, durationMs: 1 } as const;
    },
    usage: () => ({ dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: 1 }),
  };
  const isPattern = faults.inspected.length > 1;
  const tables = [
    isPattern
      ? { text: '*.django_session', schema: '*', table: 'django_session' }
      : { text: 'django_session', schema: null, table: 'django_session' },
  ];
  const target = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' };
  const plan = { ...target, wakeBudgetSeconds: 120, graceSeconds: 3600, timeZone: 'UTC', tables };
  return (await checkup(tables, plan, api, fakeClock(900_000, NOW))).findings;
}

const statesOf = (findings: readonly Finding[], requirement: string) =>
  findings
    .filter((it) => it.requirement.replace(/ \(public\..*\)$/, '') === requirement)
    .map(({ state }) => state);

const NEITHER_INDEX_NOR_NOT_NULL = { hasExpireDateIndex: false, isExpireDateNullable: true };

describe('beside what stops a run, the rest is told as well: on PostgreSQL', () => {
  const STRANGER = { ...INSPECTED, schema: 'other', owner: 'stranger' };

  it.each<[string, Row, Partial<Faults>, string]>([
    ['a missing right', { missingRights: 'DELETE' }, {}, 'rights'],
    ['row-level security', { hasRowSecurity: true, hidesRows: true }, {}, 'row security'],
    ['a rule', { rules: '["keep"]' }, {}, 'rules'],
    ['no key', { isKeyedBySession: false, hasPrimaryKey: false }, {}, 'columns'],
    ['a lock', {}, { isLocked: true }, 'locks'],
    ['a lock, and a missing right', { missingRights: 'DELETE' }, { isLocked: true }, 'rights'],
    ['another owner than the pattern trusts', {}, { inspected: [STRANGER] }, 'owner'],
  ])('%s', async (_what, row, others, requirement) => {
    const faulty = { ...INSPECTED, ...NEITHER_INDEX_NOR_NOT_NULL, ...row };

    const findings = await findingsOn('PostgreSQL', {
      ...others,
      inspected: [...(others.inspected ?? []), faulty],
      facts: { powers: 'is too strong', triggers: 'seen', blockingKeys: 'visits' },
    });

    expect(statesOf(findings, requirement)).toContain('failing');
    expect(statesOf(findings, 'index on expire_date')).toEqual(['warning']);
    expect(statesOf(findings, 'columns')).toContain('warning');
    const ofFacts = ['least privilege', 'foreign keys', 'triggers'];
    const expected = others.isLocked ? 'unknown' : 'warning';
    expect(ofFacts.flatMap((it) => statesOf(findings, it))).toEqual(Array(3).fill(expected));
    const notAsked = ['index used', 'backlog'].flatMap((it) => statesOf(findings, it));
    expect(notAsked).toEqual(['unknown', 'unknown']);
    expect(statesOf(findings, 'locks')).toEqual([others.isLocked ? 'failing' : 'ok']);
  });
});

describe('beside what stops a run, the rest is told as well, or unknown: on MySQL', () => {
  it.each<[string, Row, Row, Record<string, readonly string[]>]>([
    [
      'no index',
      NEITHER_INDEX_NOR_NOT_NULL,
      {},
      { 'index on expire_date': ['failing'], columns: ['warning'], rights: ['ok'] },
    ],
    [
      'another engine and no index',
      { engine: 'MyISAM', ...NEITHER_INDEX_NOR_NOT_NULL },
      {},
      { table: ['failing'], 'index on expire_date': ['failing'], columns: ['warning'] },
    ],
    [
      'a missing right that hides the key',
      { missingRights: 'DELETE', hidesColumns: true, ...NEITHER_INDEX_NOR_NOT_NULL },
      {},
      { rights: ['failing'], 'index on expire_date': ['failing'], columns: ['warning'] },
    ],
    [
      'a missing right that hides the column',
      { missingRights: 'SELECT (expire_date)', hidesColumns: true, expireDateType: 'hidden' },
      {},
      { rights: ['failing'], 'index on expire_date': ['ok'], columns: ['unknown'] },
    ],
    [
      'a right that the catalogs do not prove, of a table that is not asked',
      { hasExpireDateIndex: false },
      { mayLackDelete: true, limitsSelects: true },
      { 'index on expire_date': ['failing'], rights: ['unknown'], size: ['unknown'] },
    ],
  ])('%s', async (_what, row, facts, expected) => {
    const findings = await findingsOn('MySQL', { inspected: [{ ...INSPECTED, ...row }], facts });

    for (const [requirement, states] of Object.entries({
      ...expected,
      'time zone': ['unknown'],
      'index used': ['unknown'],
      locks: ['unknown'],
      backlog: ['unknown'],
    }))
      expect([requirement, statesOf(findings, requirement)]).toEqual([requirement, states]);
  });
});
