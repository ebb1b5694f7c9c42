import { randomUUID } from 'node:crypto';
import type { LambdaOptions } from './lambda-environment';
import { type Instance, type LambdaError, startInstance } from './lambda-instance';

export type { LambdaOptions } from './lambda-environment';
export type { LambdaError } from './lambda-instance';

/** What came of an invocation: a result or an error. */
export interface Invocation {
  /** What the handler returned, as JSON carries it. */
  readonly result?: unknown;
  readonly error?: LambdaError;
  /** What was written to stdout and stderr. */
  readonly logLines: readonly string[];
  /** Of the handler, without the start of the process. */
  readonly durationMs: number;
}

/** A function with one instance: warm from one invocation to the next, new after it ended. */
export interface Lambda {
  /**
   * Invokes the function; what it does wrong is in the answer.
   *
   * @throws {Error} while another invocation is under way
   */
  invoke(event: unknown): Promise<Invocation>;
  /** Sends a signal to the instance, if there is one. */
  kill(signal: NodeJS.Signals): void;
  /** Ends the instance; resolves when its process is gone. */
  stop(): Promise<void>;
}

/**
 * Runs a bundle as Lambda would: in a process of its own, with Lambda's environment and the given
 * one and no other, killed when its time is up. The first invocation starts it.
 */
export function startLambda(options: LambdaOptions): Lambda {
  let instance: Instance | undefined;
  let isBusy = false;

  const invoke = async (event: unknown): Promise<Invocation> => {
    if (isBusy)
      throw new Error(`lambda: "${options.functionName}" is busy; wait for its invocation to end`);
    isBusy = true;
    try {
      if (!instance?.isAlive()) instance = await startInstance(options);
      return await invokeInstance(instance, event);
    } finally {
      isBusy = false;
    }
  };

  const stop = async (): Promise<void> => {
    instance?.kill('SIGKILL');
    await instance?.closed;
  };

  return { invoke, stop, kill: (signal) => instance?.kill(signal) };
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
