import CliTable from 'cli-table3';

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  ...{ left: '', middle: '', right: '' },
};

const INDENT = '   ';

const indented = (text: string) => text.replaceAll(/^/gm, INDENT).replaceAll(/ +$/gm, '');

/** A table in a box, below its title. */
export function boxed(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // Without the colours that it would put into a file, too.
  const table = new CliTable({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows.map((row) => [...row]));
  return indented(table.toString());
}

/** What something came to: names on the left, values on the right, no lines. */
export function listed(rows: readonly (readonly [name: string, value: string])[]): string {
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 3 };
  const table = new CliTable({ chars: NO_LINES, style });
  table.push(...rows.map((row) => [...row]));
  return indented(table.toString());
}
