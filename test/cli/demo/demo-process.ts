import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { processesOf } from './processes';

const ROOT = resolve(__dirname, '../../..');

/** How a demo ended. */
export interface End {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A demo, alone in a process group and in a directory for temporary files. */
export interface Demo {
  /** Resolves once stdout holds the text; rejects when it ends without. */
  shows(text: string): Promise<void>;
  /** As the terminal does on Ctrl-C: to all processes that were started, not only to the first. */
  signalAll(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone and its output read. */
  readonly ended: Promise<End>;
  /** Directories of databases that are there now. */
  databases(): string[];
  /** Command lines of its processes that live now. */
  processes(): string[];
}

const endings = new Set<() => void>();

/** To be called after each test: ends what a failed one left, and removes its temporary files. */
export function endDemos(): void {
  for (const end of endings) end();
  endings.clear();
}

/** A demo sees the environment of this process, but for jest's wish for colours. */
function environment(directory: string, env: Readonly<Record<string, string>>) {
  const { FORCE_COLOR: _, ...own } = process.env;
  return { ...own, TMPDIR: directory, ...env };
}

/** Starts a demo; `env` is added to its environment. */
export function startDemo(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Demo {
  const directory = mkdtempSync(join(tmpdir(), 'demo-test-'));
  // PostgreSQL may run as another user, who has to get there.
  chmodSync(directory, 0o755);
  // Not the command tsx: it kills a process that does not answer a signal within 60 ms.
  const command = ['--import', require.resolve('tsx'), 'bin/demo.ts', ...args];
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    detached: true,
    env: environment(directory, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const group = child.pid as number;
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk) => {
      said[name] += chunk;
    });
  const ended = once(child, 'close').then(([exitCode]): End => ({ exitCode, ...said }));
  const processes = () => processesOf(group, directory);
  const signalAll = (signal: NodeJS.Signals) => void process.kill(-group, signal);

  const shows = async (text: string): Promise<void> => {
    while (!said.stdout.includes(text)) {
      const isMore = await Promise.race([once(child.stdout, 'data'), ended.then(() => false)]);
      if (!isMore) throw new Error(`ended without "${text}": ${said.stdout}${said.stderr}`);
    }
  };
  const databases = () =>
    readdirSync(directory)
      .filter((name) => name.startsWith('throwaway-'))
      .map((name) => join(directory, name));

  endings.add(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });
  return { shows, signalAll, ended, databases, processes };
}
