import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A file of the project, by its path from the root. */
export const readPage = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every page that is written by hand, by its path from the root. */
export const PAGES: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
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

/** The cells of a table's rows, without those of its head. */
export function rowsOf(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.replace(/^\| |\|$/g, '').trim()),
  );
}
