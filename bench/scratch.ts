import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let directory: string | undefined;

/** Where this process keeps what goes with it, however it ends short of being killed. */
export function scratchPath(name: string): string {
  if (directory === undefined) {
    const created = mkdtempSync(join(tmpdir(), 'bench-'));
    process.on('exit', () => rmSync(created, { recursive: true, force: true }));
    directory = created;
  }
  return join(directory, name);
}
