/** Removes the declarations in `dist/types` that nobody reaches from the package's own. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const TYPES = join(__dirname, '../dist/types');

const reached = new Set<string>();

function reach(path: string): void {
  if (!existsSync(path) || reached.has(path)) return;
  reached.add(path);
  const named = readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']*)'/g);
  for (const [, of = ''] of named) reach(join(path, '..', `${of}.d.ts`));
}

reach(join(TYPES, 'lib/index.d.ts'));
for (const name of readdirSync(TYPES, { recursive: true, encoding: 'utf8' })) {
  const path = join(TYPES, name);
  if (path.endsWith('.d.ts') && !reached.has(path)) rmSync(path);
}
