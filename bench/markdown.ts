/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '-')), ...rows.map(line)].join('\n');
}

/** The number with three significant figures, or whole from 100 on; more would claim a precision that is not there. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** Milliseconds as seconds, like `1.2`. */
export const seconds = (ms: number): string => shortNumber(ms / 1000);
