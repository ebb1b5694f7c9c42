import { verdictOf } from '../../../contract/report';
import { failing, ofTable, ok, unknown, warning } from '../../../lambda/checkup/findings';
import { settingsFindings } from '../../../lambda/checkup/role-settings';
import { planFinding } from '../../../lambda/checkup/table-index';
import { backlogFinding, sizeFinding } from '../../../lambda/checkup/table-size';
import { mysqlCheckup } from '../../../lambda/database/mysql/checkup';
import { postgresqlCheckup } from '../../../lambda/database/postgresql/checkup';

const AT_PUBLIC = {
  engine: postgresqlCheckup,
  table: { schema: 'public', table: 'django_session' },
  name: 'public.django_session',
  user: 'purger',
};

describe('the verdict', () => {
  it.each([
    ['ok', []],
    ['ok', [ok('a', ''), unknown('b', '')]],
    ['warning', [warning('a', '', null), ok('b', '')]],
    ['failing', [failing('a', '', null), warning('b', '', null), unknown('c', '')]],
  ])('is %s', (verdict, findings) => {
    expect(verdictOf(findings)).toBe(verdict);
  });
});

describe('a finding', () => {
  it.each([ok, unknown, warning, failing] as const)('names its table in a field: %p', (finding) => {
    expect(finding(ofTable('rights', 'public.s'), 'why', null)).toMatchObject({
      requirement: 'rights (public.s)',
      table: 'public.s',
      detail: 'why',
    });
    expect(finding('secret', 'why', null)).toMatchObject({ requirement: 'secret', table: null });
  });
});

describe('the settings of the user', () => {
  const RECOMMENDED = {
    lock_timeout: '1000',
    statement_timeout: '40000',
    jit: 'off',
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
    enable_sort: 'off',
  };

  const findings = (given: Record<string, string>, doesMore = false) =>
    settingsFindings({
      values: new Map(Object.entries({ ...RECOMMENDED, ...given })),
      role: { quoted: 'purger', doesMore },
      refusal: null,
    });

  it.each([
    ['lock_timeout', '0', 'lock_timeout is off', "ALTER ROLE purger SET lock_timeout = '1s'"],
    [
      'statement_timeout',
      '45000',
      'statement_timeout is 45000 ms',
      "ALTER ROLE purger SET statement_timeout = '40s'",
    ],
  ])('%s = %s is a warning', (name, value, seen, fix) => {
    const [timeouts, planner] = findings({ [name]: value });

    expect(timeouts).toMatchObject({ state: 'warning', fix });
    expect(timeouts?.detail).toContain(`${seen}: `);
    expect(planner?.state).toBe('ok');
  });

  it.each(['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'jit'])(
    '%s = on is a warning',
    (name) => {
      const [timeouts, planner] = findings({ [name]: 'on' });

      expect(timeouts?.state).toBe('ok');
      expect(planner).toMatchObject({
        state: 'warning',
        fix: `ALTER ROLE purger SET ${name} = off`,
      });
    },
  );

  it('may be other timeouts that do', () => {
    const [timeouts] = findings({ lock_timeout: '500', statement_timeout: '44999' });

    expect(timeouts).toMatchObject({
      state: 'ok',
      detail: 'lock_timeout is 500 ms, statement_timeout is 44999 ms',
    });
  });

  it('are not to be changed for a user who does other work, too', () => {
    const [, planner] = findings({ jit: 'on' }, true);

    expect(planner?.fix).not.toContain('ALTER ROLE');
  });
});

describe('the planner’s walk', () => {
  const plan = (index: string | null, sorts: boolean, rows: number | null, hasIndex = true) =>
    planFinding(AT_PUBLIC, { index, sorts }, { hasIndex, rows }).state;

  it.each([
    ['along an index', 'ok', plan('i', false, 1_000_000)],
    ['over the table', 'warning', plan(null, true, 1_000_000)],
    ['along an index of another order', 'warning', plan('i', true, 1_000_000)],
    ['over a table of unknown size', 'warning', plan(null, true, null)],
    ['over a table of few rows', 'unknown', plan(null, true, 9999)],
    ['over a table of more', 'warning', plan(null, true, 10_000)],
    ['without an index', 'unknown', plan(null, true, 1_000_000, false)],
  ])('%s is %s', (_walk, expected, state) => {
    expect(state).toBe(expected);
  });

  it.each([
    ['Index Only Scan', false],
    ['Incremental Sort', true],
    ['Sort', true],
  ])('of PostgreSQL is read where it lies deep: %s', (type, sorts) => {
    const Plan = {
      'Node Type': 'Limit',
      Plans: [{ 'Node Type': type, Plans: [{ 'Node Type': 'Scan', 'Index Name': 'i' }] }],
    };

    const rows = [{ 'QUERY PLAN': JSON.stringify([{ Plan }]) }];

    expect(postgresqlCheckup.readPlans(rows, 1)).toEqual([{ index: 'i', sorts }]);
  });

  it('of PostgreSQL has a shape', () => {
    expect(() => postgresqlCheckup.readPlans([{ 'QUERY PLAN': '[{}]' }], 1)).toThrow(
      'unexpected answer: the plan must have a "Plan"',
    );
  });

  it('of PostgreSQL is read for each of several tables', () => {
    const Plan = {
      'Node Type': 'Append',
      Plans: [
        { 'Node Type': 'Limit', 'Plan Rows': 7, Plans: [{ 'Node Type': 'Sort' }] },
        { 'Node Type': 'Limit', 'Plan Rows': 9, Plans: [{ 'Index Name': 'i' }] },
      ],
    };
    const rows = [{ 'QUERY PLAN': JSON.stringify([{ Plan }]) }];

    expect(postgresqlCheckup.readPlans(rows, 2)).toEqual([
      { index: null, sorts: true },
      { index: 'i', sorts: false },
    ]);
    expect(postgresqlCheckup.readEstimates(rows, 2)).toEqual([7, 9]);
    expect(() => postgresqlCheckup.readEstimates(rows, 3)).toThrow(
      'unexpected answer: the plan must have a part for each table',
    );
  });

  it('of MySQL is read for each of several tables', () => {
    const rows = [
      { id: 2, key: null, Extra: 'Using filesort', rows: '9' },
      { id: 1, key: 'i', Extra: null, rows: 7 },
      { id: null, key: null, Extra: 'Using temporary', rows: null },
    ];
    const checkup = mysqlCheckup('UTC');

    expect(checkup.readPlans(rows, 2)).toEqual([
      { index: 'i', sorts: false },
      { index: null, sorts: true },
    ]);
    expect(checkup.readEstimates(rows, 2)).toEqual([7, 9]);
    expect(() => checkup.readEstimates(rows, 3)).toThrow(
      'unexpected answer: the plan must have a line for each table',
    );
  });

  it.each([
    [
      { key: 'i', Extra: 'Using where; Using index' },
      { index: 'i', sorts: false },
    ],
    [
      { key: null, Extra: 'Using where; Using filesort' },
      { index: null, sorts: true },
    ],
    [
      { key: null, Extra: null },
      { index: null, sorts: false },
    ],
  ])('of MySQL is read: %j', (row, expected) => {
    expect(mysqlCheckup('UTC').readPlans([row], 1)).toEqual([expected]);
  });
});

describe('the size of a table', () => {
  const size = (rows: number | null, bytes: number | null) =>
    sizeFinding(AT_PUBLIC, { rows, bytes }, { refusal: null });

  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 kB'],
    [1024 ** 2 - 1, '1024.0 kB'],
    [1024 ** 2, '1.0 MB'],
    [95 * 1024 ** 3, '95.0 GB'],
    [3 * 1024 ** 5, '3072.0 TB'],
  ])('of %i bytes is %s', (bytes, shown) => {
    expect(size(7, bytes).detail).toBe(`about 7 rows, ${shown} with indexes`);
  });

  it('is unknown where nobody counted', () => {
    expect(size(null, null)).toMatchObject({
      state: 'unknown',
      detail: 'rows not counted yet, size unknown',
      fix: 'VACUUM (ANALYZE) public.django_session',
    });
  });
});

it.each([
  [750, 1000, 'about 750 rows have expired (75 % of all), as the planner estimates'],
  [163, 0, 'about 0 rows have expired, as the planner estimates'],
  [163, null, 'about 163 rows have expired, as the planner estimates'],
  [2000, 1000, 'about 1000 rows have expired (100 % of all), as the planner estimates'],
])('a backlog of %s of %s rows is told', (expired, rows, detail) => {
  expect(backlogFinding(AT_PUBLIC, expired, rows).detail).toBe(detail);
});
