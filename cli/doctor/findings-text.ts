import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import type { Finding, State } from './findings';

const COLOURS = { ok: 'green', warning: 'yellow', failing: 'red', unknown: 'dim' } as const;

const WORST_FIRST: readonly State[] = ['failing', 'warning', 'unknown', 'ok'];

/** A finding with the table that stands in brackets after its requirement; `''`: it is one of no table. */
interface Placed extends Finding {
  readonly table: string;
}

function placed(finding: Finding): Placed {
  const [, requirement, table] = /^(.+?) \((.+)\)$/.exec(finding.requirement) ?? [];
  return requirement && table ? { ...finding, requirement, table } : { ...finding, table: '' };
}

/** What is unknown for one and the same reason, as one line of a table. */
function grouped(findings: readonly Placed[]): Placed[] {
  const groups: Placed[] = [];
  for (const finding of findings) {
    const last = groups.at(-1);
    const isAlike =
      last?.state === 'unknown' && last.detail === finding.detail && last.table === finding.table;
    if (!isAlike) groups.push(finding);
    else
      groups.splice(-1, 1, { ...last, requirement: `${last.requirement}\n${finding.requirement}` });
  }
  return groups;
}

const STATE_WIDTH = 9;

/** As wide as the longest of them, `dead rows` or `index on expire_date`, and the space around it. */
const REQUIREMENT_WIDTH = 22;

/** The lines of a table, which wraps what is wider than the rest of the terminal. */
function table(findings: readonly Placed[], columns: number): string {
  const borders = 4;
  const indent = 3;
  const foundWidth = Math.max(40, columns - indent - borders - STATE_WIDTH - REQUIREMENT_WIDTH);
  const lines = new CliTable({
    head: ['state', 'requirement', 'found'],
    style: { head: [], border: [], compact: true },
    colWidths: [STATE_WIDTH, REQUIREMENT_WIDTH, foundWidth],
    wordWrap: true,
  });
  let section = '';
  for (const { table, state, requirement, detail } of grouped(findings)) {
    if (table !== section) lines.push([{ colSpan: 3, content: styleText('bold', table) }]);
    section = table;
    lines.push([styleText(COLOURS[state], state), requirement, detail]);
  }
  return lines.toString().replaceAll(/^/gm, ' '.repeat(indent)).replaceAll(/ +$/gm, '');
}

/** What mends it, on lines of its own, so that a statement can be copied; the worst first. */
function remedies(findings: readonly Finding[]): string[] {
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

/** All findings as a table for a terminal of so many columns, what mends them, and the verdict. */
export function findingsText(
  findings: readonly Finding[],
  verdict: State,
  columns: number,
): string {
  const all = findings.map(placed);
  const inOrder = [...all.filter((it) => it.table === ''), ...all.filter((it) => it.table !== '')];
  return [table(inOrder, columns), ...remedies(findings), '', summary(findings, verdict)].join(
    '\n',
  );
}
