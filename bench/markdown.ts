/** A table; what is in no column is empty. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '-')), ...rows.map(line)].join('\n');
}

/** Three figures are all that such a measurement is good for. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** `1.2`, in seconds. */
export const seconds = (ms: number): string => shortNumber(ms / 1000);
