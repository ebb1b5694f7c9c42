import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Invocation, startLambda } from '../../local/lambda';
import { nowMs } from '../application/latency';

/** What the stack gives the function when it is not told otherwise. */
export const MEMORY_MB = 256;

/** Lambda's own limit. */
const TIMEOUT_MS = 15 * 60 * 1000;

const NODE_24 = join(__dirname, '../../node_modules/node/bin/node');

/** The Node.js that the function runs on, or where the package that brings it has none, this one. */
export const nodePath = existsSync(NODE_24) ? NODE_24 : process.execPath;

const PRELOAD = join(__dirname, 'tell-peak-rss.cjs');

/** An invocation in a process of its own, and that process's peak of memory. */
export interface Invoked extends Invocation {
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** `undefined` when the process had ended by then. */
  readonly peakRssMB: number | undefined;
}

/** How the function is invoked. */
export interface Call {
  readonly bundlePath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly event: unknown;
  /** Comes before it, in the same process, as an invocation that does not count. */
  readonly warmUp?: unknown;
  /** Kills it. */
  readonly signal?: AbortSignal;
}

/** Invokes the function in a new process, which is ended afterwards. */
export async function invokeOnce({
  bundlePath,
  env,
  event,
  warmUp,
  signal,
}: Call): Promise<Invoked> {
  let tellPeak: (megabytes: number | undefined) => void = () => {};
  const peak = new Promise<number | undefined>((resolve) => {
    tellPeak = resolve;
  });
  const lambda = startLambda({
    ...{ bundlePath, nodePath, functionName: 'session-purge', memoryMB: MEMORY_MB },
    env: { ...env, NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}` },
    timeoutMs: TIMEOUT_MS,
    onLog: (line) => {
      if (line.startsWith('{"peakRssKB"')) tellPeak(JSON.parse(line).peakRssKB / 1024);
    },
  });
  const end = () => void lambda.stop().then(() => tellPeak(undefined));
  signal?.addEventListener('abort', end);
  try {
    if (warmUp !== undefined) await lambda.invoke(warmUp);
    const startedAtMs = nowMs();
    const invocation = await lambda.invoke(event);
    lambda.kill('SIGUSR2');
    if (/^(Runtime|Sandbox)\./.test(invocation.error?.errorType ?? '')) tellPeak(undefined);
    return { ...invocation, startedAtMs, peakRssMB: await peak };
  } finally {
    signal?.removeEventListener('abort', end);
    await lambda.stop();
  }
}
