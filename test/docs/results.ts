import { readPage, tableIn } from './pages';

const RESULTS = readPage('bench/RESULTS.md');

/** The table under a heading of bench/RESULTS.md, such as `PostgreSQL: throughput`; throws where there is none. */
export function measurements(heading: string): Record<string, string>[] {
  const start = `${heading}\n`;
  const section = RESULTS.split('### ').find((part) => part.startsWith(start));
  if (section === undefined) throw new Error(`bench/RESULTS.md has no heading "${heading}"`);
  return tableIn(section);
}
