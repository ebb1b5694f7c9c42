import { randomUUID } from 'node:crypto';
import type { LambdaOptions } from './lambda-environment';
import { type Instance, type LambdaError, startInstance } from './lambda-instance';

export type { LambdaOptions } from './lambda-environment';
export type { LambdaError } from './lambda-instance';

/** How an invocation ended: with a result or an error. */
export interface Invocation {
  /** What the handler returned, after it went through JSON. */
  readonly result?: unknown;
  readonly error?: LambdaError;
  /** The lines that the function wrote to stdout and stderr. */
  readonly logLines: readonly string[];
  /** The duration of the handler, without the start of the process. */
  readonly durationMs: number;
}

/** A function with one instance, which stays warm between invocations and is replaced after it has ended. */
export interface Lambda {
  /**
   * Invokes the function. An error of the function is part of the answer.
   *
   * @throws {Error} while another invocation is under way
   */
  invoke(event: unknown): Promise<Invocation>;
  /**
   * Runs another bundle, or the same in another environment, from the next invocation on. It is loaded anew, but into the
   * same process where that still lives, so that `nodePath`, `memoryMB` and NODE_OPTIONS stay as they are.
   */
  redeploy(options: LambdaOptions): void;
  /** Whether there is an instance that waits for an invocation. */
  isWarm(): boolean;
  /** Sends a signal to the instance, if there is one. */
  kill(signal: NodeJS.Signals): void;
  /** Kills the instance; resolves when its process has ended. */
  stop(): Promise<void>;
}

/**
 * Runs a bundle as Lambda does: in a process of its own, with only Lambda's environment and the given one, and with a
 * time limit. The first invocation starts the process.
 */
export function startLambda(first: LambdaOptions): Lambda {
  let options = first;
  let instance: Instance | undefined;
  let isBusy = false;
  let isOld = false;

  const invoke = async (event: unknown): Promise<Invocation> => {
    if (isBusy)
      throw new Error(`lambda: "${options.functionName}" is busy; wait for its invocation to end`);
    isBusy = true;
    try {
      if (!instance?.isAlive()) instance = await startInstance(options);
      else if (isOld) await instance.load(options);
      isOld = false;
      return await invokeInstance(instance, event);
    } finally {
      isBusy = false;
    }
  };

  const stop = async (): Promise<void> => {
    instance?.kill('SIGKILL');
    await instance?.closed;
  };

  return {
    invoke,
    stop,
    redeploy(next) {
      options = next;
      isOld = true;
    },
    isWarm: () => !isBusy && instance?.isAlive() === true,
    kill: (signal) => instance?.kill(signal),
  };
}

async function invokeInstance(instance: Instance, event: unknown): Promise<Invocation> {
  const requestId = randomUUID();
  const lines = instance.linesOf(requestId);
  const startedAtMs = performance.now();
  const outcome = await instance.run(event, requestId);
  const durationMs = performance.now() - startedAtMs;
  const logLines = await lines;
  return 'error' in outcome
    ? { error: outcome.error, logLines, durationMs }
    : { result: JSON.parse(outcome.result), logLines, durationMs };
}
