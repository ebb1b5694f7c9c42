import CliTable from 'cli-table3';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  mid: '',
  'left-mid': '',
  'mid-mid': '',
  'right-mid': '',
  left: '',
  middle: '',
  right: '',
};

/** The text moved to the right by three columns, without spaces at the ends of its lines. */
export const indented = (text: string) => text.replaceAll(/^/gm, '   ').replaceAll(/ +$/gm, '');

/** A table with lines around its cells. */
export function boxed(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // cli-table3 would write its default colours into a file, too.
  const table = new CliTable({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows.map((row) => [...row]));
  return indented(table.toString());
}

/** A list without lines: names on the left, values on the right. */
export function listed(rows: readonly (readonly [name: string, value: string])[]): string {
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 3 };
  const table = new CliTable({ chars: NO_LINES, style });
  table.push(...rows.map((row) => [...row]));
  return indented(table.toString());
}
