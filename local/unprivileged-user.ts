import { execFileSync } from 'node:child_process';

/** The user that a server runs as; `{}` is the user of this process. */
export type RunAs = { readonly uid: number; readonly gid: number } | Record<string, never>;

/**
 * Whom a database server runs as: this process's user, or `nobody` when that is root, whom database
 * servers refuse.
 *
 * `nobody` exists on every Unix, so no user has to be created, which would outlive the run.
 */
export function unprivilegedUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
