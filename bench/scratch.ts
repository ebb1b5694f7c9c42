import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let directory: string | undefined;

/** The path of a temporary file. It is deleted when the process exits, unless the process is killed. */
export function scratchPath(name: string): string {
  if (directory === undefined) {
    const created = mkdtempSync(join(tmpdir(), 'bench-'));
    process.on('exit', () => rmSync(created, { recursive: true, force: true }));
    directory = created;
  }
  return join(directory, name);
}
