import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from './until';

/** Processes that each own a throwaway server, and their temporary directory. */
export interface Owners {
  readonly temporary: string;
  /** Starts `server-owner.ts`; `ending` says how it ends. */
  start(kind: 'mariadb' | 'postgresql', ending: string, root?: string): ChildProcess;
  /** The directories of servers that are still there. */
  leftovers(): string[];
  /** Waits until the directories are gone, and checks that nothing listens on the port. */
  untilNothingIsLeft(port?: number): Promise<void>;
}

/** The root directory of the project. */
export const ROOT = resolve(__dirname, '../..');

/** Gives each test of a file its own temporary directory, and ends its owners afterwards. */
export function useOwners(): Owners {
  let temporary = '';
  const owners: ChildProcess[] = [];
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'owners-test-'));
    chmodSync(temporary, 0o755);
  });
  afterEach(() => {
    for (const owner of owners.splice(0)) owner.kill('SIGKILL');
    rmSync(temporary, { recursive: true });
  });
  const leftovers = () => readdirSync(temporary).filter((name) => name.startsWith('throwaway-'));
  return {
    get temporary() {
      return temporary;
    },
    start(kind, ending, root = ROOT) {
      const script = join(root, 'test/local/server-owner.ts');
      const args = ['--import', require.resolve('tsx'), script, kind, ending];
      const owner = spawn(process.execPath, args, {
        env: { PATH: process.env.PATH, TMPDIR: temporary },
      });
      owners.push(owner);
      return owner;
    },
    leftovers,
    async untilNothingIsLeft(port) {
      await until('an empty directory', () => leftovers().length === 0);
      if (port !== undefined) expect(await connectionError(port)).toBe('ECONNREFUSED');
    },
  };
}

/** The first line of an owner, which it prints when its server has started. */
export async function firstLine({ stdout }: ChildProcess): Promise<{ port: number }> {
  const [chunk] = stdout ? await once(stdout, 'data') : [];
  return JSON.parse(String(chunk));
}

const connectionError = (port: number) =>
  new Promise<string | undefined>((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
      .on('connect', () => resolve(undefined))
      .on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
      .on('connect', () => socket.destroy());
  });
