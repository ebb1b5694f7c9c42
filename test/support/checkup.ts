import type { CheckReport, Finding } from '../../contract/report';
import type { DataApiServer } from '../../local/data-api-server/index';
import { deploy, type Invoked } from './deployed-function';
import type { EngineDatabase } from './engine-database';
import { plainSql } from './sent-sql';

/** What a check-up by the bundle came to. */
export interface CheckedUp {
  readonly report: CheckReport;
  readonly invoked: Invoked;
  /** The finding on a requirement, with or without its table in brackets. */
  finding(requirement: string): Finding | undefined;
  /** Requirements by their state, those of a table without its name. */
  inState(state: Finding['state']): string[];
}

const withoutTable = ({ requirement, table }: Finding) => requirement.replace(` (${table})`, '');

/**
 * Sends `{"check": true}` to the bundle, in front of a service of the database. Whatever is wrong with the table, each
 * session has to be as it was, and nothing may be sent that could change one.
 */
export async function checkUp(
  db: EngineDatabase,
  env: Readonly<Record<string, string>> = {},
  service: DataApiServer = db.dataApi,
  event: object = { check: true },
): Promise<CheckedUp> {
  const sessions = async () =>
    JSON.stringify(await db.query('SELECT * FROM django_session ORDER BY session_key'));
  const before = await sessions();
  const callsBefore = service.calls.length;
  const { invoke, stop } = deploy({ env: { ...db.environmentOf(service), ...env } });
  const invoked = await invoke(event).finally(stop);
  expect((await sessions()) === before).toBe(true);
  const sent = service.calls.slice(callsBefore).map(({ input }) => plainSql(input.sql).trim());
  expect(
    sent.filter(
      (sql) =>
        !/^((EXPLAIN \(|EXPLAIN \(FORMAT JSON\) \()?SELECT|SHOW VARIABLES|EXPLAIN DELETE FROM .* WHERE FALSE AND)/.test(
          sql,
        ),
    ),
  ).toEqual([]);
  if (invoked.error) throw new Error(`the check-up failed: ${invoked.error.errorMessage}`);
  const report = invoked.report as unknown as CheckReport;
  return {
    report,
    invoked,
    finding: (requirement) =>
      report.findings.find((it) => it.requirement === requirement) ??
      report.findings.find((it) => withoutTable(it) === requirement),
    inState: (state) => report.findings.filter((it) => it.state === state).map(withoutTable),
  };
}
