import type { CheckReport, Finding } from '../../contract/report';
import type { DataApiServer } from '../../local/data-api-server/index';
import type { ServedDatabase } from './data-api';
import { deploy, type Invoked } from './deployed-function';

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

/** Sends `{"check": true}` to the bundle, in front of a service of the database. */
export async function checkUp(
  db: ServedDatabase,
  env: Readonly<Record<string, string>> = {},
  service: DataApiServer = db.dataApi,
  event: object = { check: true },
): Promise<CheckedUp> {
  const { invoke, stop } = deploy({ env: { ...db.environmentOf(service), ...env } });
  const invoked = await invoke(event).finally(stop);
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

/** The statements that a service was sent. */
export function statementsOf({ calls }: DataApiServer): string[] {
  return calls.map(({ input }) => String(input.sql).trim());
}
