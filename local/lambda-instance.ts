import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { contextOf, environmentOf, type LambdaOptions } from './lambda-environment';

/** An error as Lambda reports it to the caller. */
export interface LambdaError {
  /** The error's name, `Sandbox.Timedout` or `Runtime.ExitError`. */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace: readonly string[];
}

/** How a handler ended. The result is JSON. */
export type Outcome = { readonly result: string } | { readonly error: LambdaError };

/** The process of a function. */
export interface Instance {
  isAlive(): boolean;
  /** Loads a bundle, in place of the one that it runs. If it cannot be loaded, each run fails. */
  load(options: LambdaOptions): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended and its output was read. */
  readonly closed: Promise<unknown>;
  /** Runs the handler, and kills the process when its time is up. Never rejects. */
  run(event: unknown, requestId: string): Promise<Outcome>;
  /** The lines that were written since the last call, up to the end of this request or of the process. */
  linesOf(requestId: string): Promise<string[]>;
}

/**
 * Starts the process and loads the bundle.
 *
 * @throws {Error} when there is no such Node.js
 */
export async function startInstance(options: LambdaOptions): Promise<Instance> {
  const { nodePath = process.execPath, memoryMB = 512 } = options;
  const args = [`--max-old-space-size=${memoryMB}`, join(__dirname, 'lambda-host.cjs')];
  const child = spawn(nodePath, args, {
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  let loaded = options;
  const linesOf = collectLines(child, closed, (line) => loaded.onLog?.(line));
  const load = async (next: LambdaOptions) => {
    loaded = next;
    const { bundlePath } = next;
    child.send({ load: { bundlePath, env: environmentOf(next) } }, () => {});
    await Promise.race([once(child, 'message'), closed]);
  };
  await load(options);
  return {
    closed,
    load,
    linesOf,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: (signal) => void child.kill(signal),
    run: (event, requestId) => run(child, closed, loaded, event, requestId),
  };
}

async function run(
  child: ChildProcess,
  closed: Promise<unknown>,
  options: LambdaOptions,
  event: unknown,
  requestId: string,
): Promise<Outcome> {
  const { timeoutMs } = options;
  const answered = new Promise<Outcome>((resolve) => child.once('message', resolve));
  const context = contextOf(options, requestId);
  // If the process has ended, sending fails, and `closed` ends the run.
  child.send({ invoke: { event: JSON.stringify(event), context, timeoutMs } }, () => {});
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const outcome = await Promise.race([answered, closed.then(() => undefined)]);
  clearTimeout(timer);
  return outcome ?? endOf(child, requestId, timedOut ? timeoutMs : undefined);
}

function endOf(child: ChildProcess, requestId: string, timeoutMs: number | undefined): Outcome {
  const how = child.signalCode ? `signal: ${child.signalCode}` : `exit status ${child.exitCode}`;
  const [errorType, text] =
    timeoutMs === undefined
      ? ['Runtime.ExitError', `Runtime exited with error: ${how}`]
      : ['Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`];
  const errorMessage = `RequestId: ${requestId} Error: ${text}`;
  return { error: { errorType, errorMessage, stackTrace: [] } };
}

function collectLines(
  child: ChildProcess,
  closed: Promise<unknown>,
  onLog: (line: string) => void,
): Instance['linesOf'] {
  const lines: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (line: string) => {
    lines.push(line);
    onLog(line);
  };
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on('line', (line) => {
      const [, text = '', requestId = ''] = /^(.*)END ([\w-]{36})$/.exec(line) ?? [];
      const end = ends.get(requestId);
      if (end === undefined || text !== '') add(end === undefined ? line : text);
      end?.();
    });
  }
  return async (requestId) => {
    const ended = new Promise<void>((resolve) => ends.set(requestId, resolve));
    await Promise.race([ended, closed]);
    ends.delete(requestId);
    return lines.splice(0);
  };
}
