import {
  type CheckReport,
  type Finding,
  kindOf,
  ofManyTables,
  type PurgeReport,
  type State,
  type StopReason,
  type TableReport,
  type TablesLeftOut,
} from '../contract/report';
import { fitting } from '../contract/text';

// Whoever has thousands of tables gets an answer of some 80 KB at the most. Lambda cuts a line of the log at 256 KB, and
// the queries of CloudWatch read the first 200 fields of a line.

const MOST_TABLES = 100;
const TABLES_BYTES = 50_000;
const MOST_WARNINGS = 50;
const WARNINGS_BYTES = 8000;
const ERROR_LENGTH = 8000;

/** For the findings that stand for themselves. There are fewer than 60 that stand for others. */
const FINDINGS_BYTES = 50_000;

const isFinished = ({ stopReason }: TableReport) =>
  stopReason === 'drained' || stopReason === 'dry-run';

const rowsOf = ({ rowsDeleted, rowsExpired }: TableReport) => rowsDeleted + (rowsExpired ?? 0);

const byProblem = (one: TableReport, other: TableReport) =>
  Number(one.problem === undefined) - Number(other.problem === undefined);

/** The tables that have the most to tell come first: a problem, then work that is left, then many rows. */
function byWhatTheyTell(one: TableReport, other: TableReport): number {
  return (
    byProblem(one, other) ||
    Number(isFinished(one)) - Number(isFinished(other)) ||
    rowsOf(other) - rowsOf(one)
  );
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

function leftOutOf(tables: readonly TableReport[], dryRun: boolean): TablesLeftOut {
  const stopReasons: Partial<Record<StopReason, number>> = {};
  for (const { stopReason } of tables) stopReasons[stopReason] = (stopReasons[stopReason] ?? 0) + 1;
  return {
    count: tables.length,
    stopReasons,
    rowsDeleted: sum(tables.map(({ rowsDeleted }) => rowsDeleted)),
    rowsExpired: dryRun ? sum(tables.map(({ rowsExpired }) => rowsExpired ?? 0)) : null,
  };
}

function boundedWarnings(warnings: readonly string[]): readonly string[] {
  const told = fitting(warnings.slice(0, MOST_WARNINGS), WARNINGS_BYTES);
  const more = warnings.length - told.length;
  return more === 0 ? told : [...told, `and ${more} more warnings`];
}

/**
 * The report as it is returned and logged: the tables with a problem before the others. Where there are too many tables, it
 * has those that have something to tell, and says what the others have come to. The tables are its last field.
 */
export function boundedReport({ tables, warnings, ...totals }: PurgeReport): PurgeReport {
  const sorted = fitting(tables.toSorted(byWhatTheyTell).slice(0, MOST_TABLES), TABLES_BYTES);
  const isWhole = sorted.length === tables.length;
  const others = tables.filter((table) => !sorted.includes(table));
  return {
    ...totals,
    ...(warnings !== undefined && { warnings: boundedWarnings(warnings) }),
    ...(!isWhole && { tablesLeftOut: leftOutOf(others, totals.dryRun) }),
    tables: isWhole ? tables.toSorted(byProblem) : [...sorted],
  };
}

/** The report of a run that failed, with the error in words, at most 8000 characters of them. */
export function withError({ tables, ...totals }: PurgeReport, failure: unknown): PurgeReport {
  const { name, message } = failure instanceof Error ? failure : new Error(String(failure));
  return { ...totals, error: `${name}: ${message}`.slice(0, ERROR_LENGTH), tables };
}

const SEVERITY: readonly State[] = ['failing', 'warning', 'unknown', 'ok'];

const bySeverity = (one: Finding, other: Finding) =>
  SEVERITY.indexOf(one.state) - SEVERITY.indexOf(other.state);

/** One finding for each requirement and state, in the place of many. */
function standIns(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, { readonly first: Finding; readonly count: number }>();
  for (const finding of findings) {
    const group = `${finding.state} ${kindOf(finding)}`;
    const { first = finding, count = 0 } = counts.get(group) ?? {};
    counts.set(group, { first, count: count + 1 });
  }
  return [...counts.values()].map(({ first, count }) => ({
    ...first,
    requirement: ofManyTables(kindOf(first), count),
    table: null,
    detail: `${first.table}: ${first.detail}${count > 1 ? '; the others likewise' : ''}`,
  }));
}

/**
 * The check-up as it is returned and logged. Where there are too many findings, it has the worst of the tables', and one
 * for each requirement and state in the place of the others.
 */
export function boundedCheck({ findings, ...check }: CheckReport): CheckReport {
  if (fitting(findings, FINDINGS_BYTES).length === findings.length) return { ...check, findings };
  const ofTables = findings.filter(({ table }) => table !== null);
  const isBad = ({ state }: Finding) => state !== 'ok';
  const told = new Set(fitting(ofTables.filter(isBad).toSorted(bySeverity), FINDINGS_BYTES));
  return {
    ...check,
    findings: [
      ...findings.filter((finding) => finding.table === null || told.has(finding)),
      ...standIns(ofTables.filter((finding) => !told.has(finding))),
    ],
  };
}
