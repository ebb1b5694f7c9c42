import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';

/** The machine that the numbers depend on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  /** File system and device of the databases. */
  readonly disk: string;
  readonly system: string;
  /** Versions by name: of Node.js, the databases and other people's tools. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What a program writes to stdout; `undefined` when it is not installed or fails. */
export function said(program: string, ...args: string[]): string | undefined {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync(program, args, { encoding: 'utf8', stdio: [...stdio] }).trim();
  } catch {
    return undefined;
  }
}

function diskOf(directory: string): string {
  const [, line = ''] = said('df', '-PT', directory)?.split('\n') ?? [];
  const [device, fileSystem] = line.split(/\s+/);
  return device ? `${fileSystem} on ${device}` : 'unknown';
}

/** Describes this machine; `versions` are those of the software on it. */
export function describeMachine(versions: Readonly<Record<string, string>>): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    disk: diskOf(tmpdir()),
    system: `${process.platform} ${process.arch}`,
    versions,
  };
}

/** The short hash of the commit, like `6a4992f`, with a `+` when files differ from it; `unknown` outside a repository. */
export function currentCommit(): string {
  const commit = said('git', 'rev-parse', '--short', 'HEAD');
  if (commit === undefined) return 'unknown';
  return said('git', 'status', '--porcelain') === '' ? commit : `${commit}+`;
}
