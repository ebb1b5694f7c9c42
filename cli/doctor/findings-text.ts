import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import {
  type Finding,
  isOfManyTables,
  kindOf,
  ofManyTables,
  type State,
} from '../../contract/report';
import { indented } from '../terminal/tables';

const COLOURS = { ok: 'green', warning: 'yellow', failing: 'red', unknown: 'dim' } as const;

const WORST_FIRST: readonly State[] = ['failing', 'warning', 'unknown', 'ok'];

/** The heading of the findings that stand for those of many tables. */
const MANY_TABLES = 'of many tables, each with its first table as an example';

/** The heading above a finding; `null`: it is of no table. */
const sectionOf = (finding: Finding) => (isOfManyTables(finding) ? MANY_TABLES : finding.table);

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
      sectionOf(last.finding) === sectionOf(finding);
    const names = [...(isAlike ? last.names : []), kindOf(finding)];
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
    const { state, detail } = finding;
    const heading = sectionOf(finding);
    if (heading !== null && heading !== section)
      lines.push([{ colSpan: 3, content: styleText('bold', heading) }]);
    section = heading;
    lines.push([styleText(COLOURS[state], state), names.join('\n'), detail]);
  }
  return indented(lines.toString());
}

/** Above this number the tables of a requirement are counted, and not listed. */
const MOST_NAMED = 3;

/** What needs the same fixes: each requirement with its tables. */
function headingOf(findings: readonly Finding[]): string {
  const kinds = new Map<string, Set<string>>();
  for (const finding of findings) {
    const kind = kindOf(finding);
    kinds.set(kind, new Set([...(kinds.get(kind) ?? []), finding.requirement]));
  }
  const told = [...kinds].flatMap(([kind, ofKind]) =>
    ofKind.size > MOST_NAMED ? ofManyTables(kind, ofKind.size) : [...ofKind],
  );
  return told.join(', ');
}

interface Mending {
  readonly findings: Finding[];
  readonly fixes: string[];
}

/** One fix with all that it mends; and the fixes together that mend one requirement, each in another table. */
function mendings(findings: readonly Finding[]): Mending[] {
  const byFix = new Map<string, Finding[]>();
  for (const state of WORST_FIRST) {
    for (const finding of findings) {
      const { fix } = finding;
      if (finding.state === state && fix !== null)
        byFix.set(fix, [...(byFix.get(fix) ?? []), finding]);
    }
  }
  const all = new Map<string, Mending>();
  for (const [fix, mended] of byFix) {
    const kinds = new Set(mended.map(kindOf));
    const key = kinds.size === 1 ? [...kinds].join() : fix;
    const { findings: others = [], fixes = [] } = all.get(key) ?? {};
    all.set(key, { findings: [...others, ...mended], fixes: [...fixes, fix] });
  }
  return [...all.values()];
}

/** The fixes, the worst first, each on a line of its own, so that a statement can be copied. */
function fixLines(findings: readonly Finding[]): string[] {
  const lines = mendings(findings).flatMap(({ findings: mended, fixes }) => [
    '',
    `   ${headingOf(mended)}`,
    ...fixes.map((fix) => `      ${fix}`),
  ]);
  return lines.length === 0 ? [] : ['', styleText('bold', 'What to do'), ...lines];
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
  const place = (finding: Finding) =>
    isOfManyTables(finding) ? 2 : finding.table === null ? 0 : 1;
  const inOrder = findings.toSorted((one, other) => place(one) - place(other));
  const table = findingsTable(inOrder, columns);
  return [table, ...fixLines(findings), '', summary(findings, verdict)].join('\n');
}
