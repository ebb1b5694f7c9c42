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

/** A demo with a process group and a directory for temporary files of its own. */
export interface Demo {
  /** Resolves when stdout contains the text; rejects when the demo ends without it. */
  shows(text: string): Promise<void>;
  /** Signals all processes of the demo, as a terminal does on Ctrl-C. */
  signalAll(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended and its output was read. */
  readonly ended: Promise<End>;
  /** The directories of databases that exist now. */
  databases(): string[];
  /** The command lines of the demo's processes that run now. */
  processes(): string[];
}

const endings = new Set<() => void>();

/** Kills what a failed test left, and removes its temporary files. Call it after each test. */
export function endDemos(): void {
  for (const end of endings) end();
  endings.clear();
}

/** The environment of a demo: that of this process, without jest's setting for colours. */
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
  // PostgreSQL may run as another user, who must be able to enter the directory.
  chmodSync(directory, 0o755);
  // Not the command `tsx`, which kills a process that does not react to a signal within 60 ms.
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
