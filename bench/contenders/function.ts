import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Invocation, startLambda } from '../../local/lambda';
import { nowMs } from '../application/latency';

/** The memory that the stack gives the function by default. */
export const MEMORY_MB = 256;

/** Lambda's own limit. */
const TIMEOUT_MS = 15 * 60 * 1000;

const NODE_24 = join(__dirname, '../../node_modules/node/bin/node');

/** The Node.js that the function runs on; this process's own where its package has none for this machine. */
export const nodePath = existsSync(NODE_24) ? NODE_24 : process.execPath;

const PRELOAD = join(__dirname, 'write-peak-rss.cjs');

/** An invocation in a new process, and the peak memory of that process. */
export interface Invoked extends Invocation {
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** `undefined` when the process ended before it could be asked. */
  readonly peakRssMB: number | undefined;
}

/** How to invoke the function. */
export interface Call {
  readonly bundlePath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly event: unknown;
  /** An event to invoke the same process with first; this invocation is not measured. */
  readonly warmUp?: unknown;
  /** When it aborts, the process is killed. */
  readonly signal?: AbortSignal;
}

/** Invokes the function in a new process, and ends the process. */
export async function invokeOnce({
  bundlePath,
  env,
  event,
  warmUp,
  signal,
}: Call): Promise<Invoked> {
  let resolvePeak: (megabytes: number | undefined) => void = () => {};
  const peak = new Promise<number | undefined>((resolve) => {
    resolvePeak = resolve;
  });
  const lambda = startLambda({
    bundlePath,
    nodePath,
    functionName: 'session-purge',
    memoryMB: MEMORY_MB,
    env: { ...env, NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}` },
    timeoutMs: TIMEOUT_MS,
    onLog: (line) => {
      if (line.startsWith('{"peakRssKB"')) resolvePeak(JSON.parse(line).peakRssKB / 1024);
    },
  });
  const end = () => void lambda.stop().then(() => resolvePeak(undefined));
  signal?.addEventListener('abort', end);
  try {
    if (warmUp !== undefined) await lambda.invoke(warmUp);
    const startedAtMs = nowMs();
    const invocation = await lambda.invoke(event);
    lambda.kill('SIGUSR2');
    if (/^(Runtime|Sandbox)\./.test(invocation.error?.errorType ?? '')) resolvePeak(undefined);
    return { ...invocation, startedAtMs, peakRssMB: await peak };
  } finally {
    signal?.removeEventListener('abort', end);
    await lambda.stop();
  }
}
