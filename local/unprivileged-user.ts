import { readFileSync } from 'node:fs';

/** The user that a server runs as; `{}` is the user of this process. */
export type RunAs = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** The ids of `nobody` on a Linux that does not list it in `/etc/passwd`. */
const OVERFLOW_ID = 65_534;

/**
 * The user that a database server can run as: the user of this process, or `nobody` when this process runs as root,
 * because database servers refuse root.
 *
 * Every Unix has `nobody`, so that no user has to be created, which would outlive the run.
 */
export function unprivilegedUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const [, uid = OVERFLOW_ID, gid = OVERFLOW_ID] =
    /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  // macOS writes -2.
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
}
