import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import type { Finding, State } from '../../contract/report';
import { indented } from '../terminal/tables';

const COLOURS = { ok: 'green', warning: 'yellow', failing: 'red', unknown: 'dim' } as const;

const WORST_FIRST: readonly State[] = ['failing', 'warning', 'unknown', 'ok'];

/** What the report writes as `rights (public.django_session)` stands below the heading of its table as `rights`. */
const nameOf = ({ requirement, table }: Finding) =>
  table === null ? requirement : requirement.replace(` (${table})`, '');

interface Row {
  readonly finding: Finding;
  /** One line each. */
  readonly names: readonly string[];
}

/** Puts what is unknown for the same reason into one row. */
function rowsOf(findings: readonly Finding[]): Row[] {
  const rows: Row[] = [];
  for (const finding of findings) {
    const last = rows.at(-1);
    const isAlike =
      last?.finding.state === 'unknown' &&
      last.finding.detail === finding.detail &&
      last.finding.table === finding.table;
    const names = [...(isAlike ? last.names : []), nameOf(finding)];
    if (isAlike) rows.pop();
    rows.push({ finding, names });
  }
  return rows;
}

const STATE_WIDTH = 9;

/** The longest requirement, `index on expire_date`, and the space around it. */
const REQUIREMENT_WIDTH = 22;

/** A table that wraps what does not fit into this number of columns. */
function findingsTable(findings: readonly Finding[], columns: number): string {
  const borders = 4;
  const indent = 3;
  const foundWidth = Math.max(40, columns - indent - borders - STATE_WIDTH - REQUIREMENT_WIDTH);
  const lines = new CliTable({
    head: ['state', 'requirement', 'found'],
    style: { head: [], border: [], compact: true },
    colWidths: [STATE_WIDTH, REQUIREMENT_WIDTH, foundWidth],
    wordWrap: true,
  });
  let section: string | null = null;
  for (const { finding, names } of rowsOf(findings)) {
    const { table, state, detail } = finding;
    if (table !== null && table !== section)
      lines.push([{ colSpan: 3, content: styleText('bold', table) }]);
    section = table;
    lines.push([styleText(COLOURS[state], state), names.join('\n'), detail]);
  }
  return indented(lines.toString());
}

/** The fixes, the worst first, each on lines of its own, so that a statement can be copied. */
function fixLines(findings: readonly Finding[]): string[] {
  const byFix = new Map<string, string[]>();
  for (const state of WORST_FIRST) {
    for (const { requirement, fix } of findings.filter((finding) => finding.state === state)) {
      if (fix !== null) byFix.set(fix, [...(byFix.get(fix) ?? []), requirement]);
    }
  }
  if (byFix.size === 0) return [];
  return [
    '',
    styleText('bold', 'What to do'),
    ...[...byFix].flatMap(([fix, names]) => ['', `   ${names.join(', ')}`, `      ${fix}`]),
  ];
}

function summary(findings: readonly Finding[], verdict: State): string {
  const counts = WORST_FIRST.flatMap((state) => {
    const count = findings.filter((finding) => finding.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return `${styleText('bold', styleText(COLOURS[verdict], verdict))}: ${counts.join(', ')}`;
}

/** All findings as a table for a terminal of this width, then their fixes and the verdict. */
export function findingsText(
  findings: readonly Finding[],
  verdict: State,
  columns: number,
): string {
  const ofTables = findings.filter(({ table }) => table !== null);
  const inOrder = [...findings.filter(({ table }) => table === null), ...ofTables];
  const table = findingsTable(inOrder, columns);
  return [table, ...fixLines(findings), '', summary(findings, verdict)].join('\n');
}
