import type { CheckReport, Finding, State, TableRequirement } from '../../contract/report';

/** The requirement of one table, as a finding names it. */
export function ofTable(requirement: TableRequirement, table: string): string {
  return `${requirement} (${table})`;
}

/** A requirement that is met. */
export function ok(requirement: string, detail: string): Finding {
  return { requirement, state: 'ok', detail, fix: null };
}

/** One that could not be looked at. */
export function unknown(requirement: string, detail: string, fix: string | null = null): Finding {
  return { requirement, state: 'unknown', detail, fix };
}

/** One without which the purge goes on, at a cost. */
export function warning(requirement: string, detail: string, fix: string | null): Finding {
  return { requirement, state: 'warning', detail, fix };
}

/** One without which the purge cannot do its work. */
export function failing(requirement: string, detail: string, fix: string | null): Finding {
  return { requirement, state: 'failing', detail, fix };
}

/** The report on these findings. */
export function checkReport(findings: readonly Finding[]): CheckReport {
  const has = (state: State) => findings.some((finding) => finding.state === state);
  const verdict = has('failing') ? 'failing' : has('warning') ? 'warning' : 'ok';
  return { check: true, verdict, findings };
}
