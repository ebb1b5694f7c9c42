import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A file of the project, by its path from the root. */
export const readPage = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every page that is written by hand, by its path from the root. */
export const PAGES: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What a page has between the comments that name a part of it; throws where it has no such part. */
export function partOf(page: string, name: string): string {
  const [, text] =
    new RegExp(`<!-- ${name}: .*?-->\n\n(.*?)\n\n<!-- /${name} -->`, 's').exec(page) ?? [];
  if (text === undefined) throw new Error(`the page has no part "${name}"`);
  return text;
}

/** The code blocks of a language, in the order of the page. */
export function codeBlocks(page: string, language: string): string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'));
  return [...blocks].map(([, code = '']) => code);
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<=^| )\|(?= |$)/)
    .map((cell) => cell.trim());

/** The same names, with a number behind each that came before: `p99`, `p99 2`. */
const distinct = (names: readonly string[]) =>
  names.map((name, at) => {
    const nth = names.slice(0, at + 1).filter((other) => other === name).length;
    return nth === 1 ? name : `${name} ${nth}`;
  });

/** The rows of the first table in a text, each by the names of its columns; a name that comes again has a number. */
export function tableIn(text: string): Record<string, string>[] {
  const [, table = ''] = /((?:^\|.*\|$\n?)+)/m.exec(text) ?? [];
  const [head = '', , ...rows] = table.trimEnd().split('\n');
  const columns = distinct(cellsOf(head));
  return rows.map((row) => {
    const cells = cellsOf(row);
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  });
}
