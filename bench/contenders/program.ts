import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { nowMs } from '../application/latency';
import type { Measurement } from './contender';

/** How to run a program. */
export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** When it aborts, the program is killed, and that is no failure. */
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end. Its time includes its start, because its users wait for that too.
 *
 * @throws {Error} when it fails; the message holds the end of what it wrote to stderr
 */
export async function runProgram({ program, args, env = {}, signal }: Run): Promise<Measurement> {
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
