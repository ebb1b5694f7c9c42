import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** How a run of the doctor ended. */
export interface End {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing listens on this port, so that no test calls the real AWS. */
const NO_AWS = { AWS_ENDPOINT_URL_RDS: 'http://127.0.0.1:1' };

/** Runs `bin/doctor.ts` to its end; `env` is added to this process's environment. */
export async function runDoctor(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<End> {
  const { FORCE_COLOR: _, ...own } = process.env;
  const command = ['--import', require.resolve('tsx'), 'bin/doctor.ts', ...args];
  const child = spawn(process.execPath, command, {
    cwd: resolve(__dirname, '../../..'),
    env: { ...own, ...NO_AWS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await closed;
  return { exitCode, stdout, stderr };
}
