import type { CheckReport, Finding, PurgeReport, TableReport } from '../../contract/report';
import { verdictOf } from '../../contract/report';
import { boundedCheck, boundedReport, withError } from '../../lambda/bounded';
import { failing, ofTable, ok, unknown, warning } from '../../lambda/checkup/findings';
import { TableError } from '../../lambda/errors';
import { openReport, openTableReport } from '../../lambda/purge/report';
import { expired, type Given, setup } from './purge/setup';

const LIMIT_BYTES = 100_000;

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

const TENANTS = Array.from({ length: 1500 }, (_, at) => `tenant_${String(at).padStart(4, '0')}`);
const named = (tenant: string) => `${tenant}.django_session`;

/** As many expired sessions in each tenant as given. */
const tablesOf = (rowsOf: (at: number) => number) =>
  Object.fromEntries(TENANTS.map((tenant, at) => [named(tenant), expired(rowsOf(at))]));

/** Runs a purge of tables in memory, and shows what the function would return. */
async function purged(given: Given) {
  const { failure, ...report } = await setup(given).run();
  return { failure, whole: report, told: boundedReport(report) };
}

const aTable = (given: Partial<TableReport> = {}): TableReport => ({
  ...openTableReport('public.django_session'),
  stopReason: 'drained',
  backlogAgeSeconds: 0,
  ...given,
});

const aReport = (tables: TableReport[], given: Partial<PurgeReport> = {}): PurgeReport => ({
  ...openReport({ dryRun: false }),
  stopReason: 'drained',
  ...given,
  tables,
});

describe('the report of a few tables', () => {
  it('has all of them, in their order', () => {
    const tables = TENANTS.slice(0, 100).map((tenant, at) =>
      aTable({ table: named(tenant), rowsDeleted: at }),
    );

    expect(boundedReport(aReport(tables))).toEqual(aReport(tables));
  });

  it('ends with the tables, so that queries find whatever else it has', () => {
    const report = aReport([aTable()], { reason: 'why', warnings: ['mend this'] });

    expect(Object.keys(boundedReport(report)).slice(-2)).toEqual(['warnings', 'tables']);
  });
});

describe('the report of a run that failed, with its error', () => {
  it('says the error in words, before the tables', () => {
    const report = withError(aReport([aTable()]), new TableError('mend this'));

    expect(report.error).toBe('TableError: mend this');
    expect(Object.keys(report).slice(-2)).toEqual(['error', 'tables']);
  });

  it('is far smaller than the 256 KiB that a Step Functions state takes, whatever it has to say', () => {
    const long = 'x'.repeat(100_000);
    const tables = TENANTS.map((table) => aTable({ table, problem: long.slice(0, 5000) }));
    const warnings = TENANTS.map((tenant) => `${tenant}: ${long.slice(0, 500)}`);
    const reason = long.slice(0, 600);
    const report = boundedReport(aReport(tables, { warnings, reason, engine: 'postgresql' }));

    expect(bytesOf(withError(report, new TableError(long)))).toBeLessThan(LIMIT_BYTES);
  });
});

describe('the report of 1500 tables', () => {
  it('has those with the most rows, and what the others have come to', async () => {
    const { whole, told } = await purged({ tables: tablesOf((at) => (at % 3 === 0 ? 2 : 0)) });

    expect(bytesOf(told)).toBeLessThan(LIMIT_BYTES);
    expect(told).toMatchObject({ stopReason: 'drained', rowsDeleted: 1000, batches: 500 });
    expect(told.tables).toHaveLength(100);
    expect(told.tables.map(({ rowsDeleted }) => rowsDeleted)).toEqual(Array(100).fill(2));
    expect(told.tablesLeftOut).toEqual({
      count: 1400,
      stopReasons: { drained: 1400 },
      rowsDeleted: 800,
      rowsExpired: null,
    });
    expect(whole.tables).toHaveLength(1500);
  });

  it('has what a dry run counted in the others', async () => {
    const tables = tablesOf((at) => (at < 300 ? 3 : 1));

    const { told } = await purged({ tables, request: { dryRun: true } });

    expect(bytesOf(told)).toBeLessThan(LIMIT_BYTES);
    expect(told.tables.map(({ rowsExpired }) => rowsExpired)).toEqual(Array(100).fill(3));
    expect(told.tablesLeftOut).toEqual({
      count: 1400,
      stopReasons: { 'dry-run': 1400 },
      rowsDeleted: 0,
      rowsExpired: 200 * 3 + 1200,
    });
  });

  it('begins with those that have a problem, then with those that were not finished', async () => {
    const tables = tablesOf(() => 1);
    const lacks = 'user "purger" lacks DELETE; GRANT DELETE ON ...';
    const unfit = { 'broken.django_session': new TableError(lacks) };

    const { told, failure } = await purged({ tables, unfit, request: { maxRows: 1450 } });

    expect(failure).toMatchObject({ message: lacks });
    expect(told.tables[0]).toMatchObject({ table: 'broken.django_session', problem: lacks });
    const [, ...others] = told.tables.map(({ stopReason }) => stopReason);
    expect(others).toEqual([...Array(51).fill('row-limit'), ...Array(48).fill('drained')]);
    expect(told.tablesLeftOut).toMatchObject({ count: 1401, stopReasons: { drained: 1401 } });
  });

  it('stays below its limit where each has a long problem, and so does the error', async () => {
    const problem = (tenant: string) =>
      new TableError(`user "purger" lacks DELETE on "${tenant}"; ${'GRANT ... '.repeat(100)}`);
    const unfit = Object.fromEntries(TENANTS.map((tenant) => [named(tenant), problem(tenant)]));

    const { told, failure } = await purged({ tables: {}, unfit });

    const { message, stack } = failure as Error;
    expect(bytesOf({ error: { message, stack }, report: told })).toBeLessThan(LIMIT_BYTES);
    expect(told.tables.length).toBeGreaterThan(20);
    expect(told.tablesLeftOut?.stopReasons).toEqual({ failed: 1500 - told.tables.length });
    expect(message).toMatch(
      /^1500 tables were not purged, or not wholly: \(1\) tenant_0000.django_session: user "purger" lacks DELETE on "tenant_0000"; .*; and 1\d{3} more, which the report has as far as it has room$/,
    );
  });

  it('stays below its limit where each has a warning, and says how many it leaves out', () => {
    const warnings = TENANTS.map((tenant) => `table "${tenant}" has no index on expire_date`);

    const told = boundedReport(aReport([], { warnings })).warnings ?? [];

    expect(told.slice(0, -1)).toEqual(warnings.slice(0, told.length - 1));
    expect(told.at(-1)).toBe(`and ${1501 - told.length} more warnings`);
    expect(bytesOf(told)).toBeLessThan(10_000);
  });
});

describe('a check-up', () => {
  const findingsOf = (tenant: string, rights: Finding = ok('', '')): Finding[] => [
    ok(ofTable('table', named(tenant)), 'is there'),
    { ...rights, ...ofTable('rights', named(tenant)) },
    unknown(ofTable('index used', named(tenant)), 'so few rows'),
  ];
  const check = (findings: readonly Finding[]): CheckReport => ({
    check: true,
    verdict: verdictOf(findings),
    findings: [ok('Data API', 'on, and answers'), ...findings],
  });

  it('of a few tables has all findings, in their order', () => {
    const whole = check(TENANTS.slice(0, 50).flatMap((tenant) => findingsOf(tenant)));

    expect(boundedCheck(whole)).toEqual(whole);
  });

  it('of 1500 tables sums up what is ok, and lists what is not', () => {
    const lacks = failing('', 'user "purger" lacks DELETE', 'GRANT DELETE ...');
    const slow = warning('', 'no index', 'CREATE INDEX ...');
    const whole = check(
      TENANTS.flatMap((tenant, at) =>
        findingsOf(tenant, at === 1499 ? lacks : at === 1400 ? slow : ok('', 'has all')),
      ),
    );

    const told = boundedCheck(whole);

    expect(bytesOf(told)).toBeLessThan(LIMIT_BYTES);
    expect(told.verdict).toBe('failing');
    expect(told.findings[0]).toEqual(ok('Data API', 'on, and answers'));
    const rights = told.findings.filter(({ requirement }) => requirement.startsWith('rights'));
    expect(rights).toEqual([
      { ...slow, ...ofTable('rights', 'tenant_1400.django_session') },
      { ...lacks, ...ofTable('rights', 'tenant_1499.django_session') },
      ok('rights (1498 tables)', 'tenant_0000.django_session: has all; the others likewise'),
    ]);
    expect(told.findings).toContainEqual(
      ok('table (1500 tables)', 'tenant_0000.django_session: is there; the others likewise'),
    );
  });

  it('of 1500 tables that all fail lists some, and says how many others there are', () => {
    const lacks = failing('', 'user "purger" lacks DELETE', 'GRANT DELETE ...');
    const whole = check(TENANTS.flatMap((tenant) => findingsOf(tenant, lacks)));

    const told = boundedCheck(whole);

    expect(bytesOf(told)).toBeLessThan(LIMIT_BYTES);
    const failures = told.findings.filter(({ state }) => state === 'failing');
    expect(failures.length).toBeGreaterThan(100);
    expect(failures.at(-1)).toMatchObject({
      requirement: `rights (${1501 - failures.length} tables)`,
      table: null,
      fix: 'GRANT DELETE ...',
    });
    expect(told.findings.filter(({ state }) => state === 'unknown')).toEqual([
      expect.objectContaining({ requirement: 'index used (1500 tables)' }),
    ]);
  });
});
