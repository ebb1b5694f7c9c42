/** How a requirement stands; `unknown`: it could not be looked at, and the detail says why. */
export type State = 'ok' | 'warning' | 'failing' | 'unknown';

/** One requirement of the purge, and what was found of it. */
export interface Finding {
  /** What is required, with its table in brackets where it is one of a table. */
  readonly requirement: string;
  readonly state: State;
  readonly detail: string;
  /** A statement or a sentence that mends it; `null`: there is nothing to mend, or nobody knows what. */
  readonly fix: string | null;
}

/** The answer to `{"check": true}`, as returned to the caller and logged as one line. */
export interface CheckReport {
  readonly check: true;
  /** The worst of the findings; what is unknown does not count. */
  readonly verdict: Exclude<State, 'unknown'>;
  readonly findings: readonly Finding[];
}

/** What is asked of the way to the database, in the order in which one needs the other. */
export const OF_THE_CONNECTION = ['Data API', 'secret', 'database', 'engine version'] as const;

/** What is asked of each table, in the order of the report. */
export const OF_A_TABLE = [
  'table',
  'columns',
  'rights',
  'least privilege',
  'index on expire_date',
  'index used',
  'foreign keys',
  'triggers',
  'size',
  'backlog',
] as const;

/** One of the requirements of a table; the last is PostgreSQL's alone. */
export type TableRequirement = (typeof OF_A_TABLE)[number] | 'dead rows';

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
