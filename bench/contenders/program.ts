import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { nowMs } from '../application/latency';
import type { Finding } from './contender';

/** How a program is run. */
export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Ends it, which is then no failure. */
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end; its start is part of its time, as whoever calls it has it.
 *
 * @throws {Error} when it fails, with what it wrote to stderr
 */
export async function runProgram({ program, args, env = {}, signal }: Run): Promise<Finding> {
  const startedAtMs = nowMs();
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  const end = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', end);
  const [[code], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  signal.removeEventListener('abort', end);
  if (code !== 0 && !signal.aborted) throw new Error(`${program} failed: ${stderr.slice(-2000)}`);
  return { startedAtMs, durationMs: nowMs() - startedAtMs };
}
