import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createResources, type Resources } from './resources';

/** Exit codes of a run that no signal ended. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** How long an interrupted run may clean up before the process ends anyway. */
const CLEAN_UP_MS = 2000;

/** How long a failure waits for the signal that may have caused it. */
const SIGNAL_WAIT_MS = 250;

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGPIPE';

type End =
  | { readonly exitCode: number }
  | { readonly error: unknown }
  | { readonly signal: EndSignal };

/** The handlers stay: tsx may pass on a Ctrl-C that the terminal has sent already. */
function interruption(): Promise<End> {
  return new Promise((resolve) => {
    const endBy = (signal: EndSignal) => () => resolve({ signal });
    process.on('SIGINT', endBy('SIGINT')).on('SIGTERM', endBy('SIGTERM'));
    // The reader of the output has gone, as in `npm start | head`.
    process.stdout.on('error', endBy('SIGPIPE'));
  });
}

/** A terminal sends Ctrl-C to child processes too; the error of a synchronous one names the signal. */
const isOfKilledChild = (error: unknown): boolean =>
  error instanceof Error && 'signal' in error && error.signal === 'SIGINT';

async function completion(work: Promise<number>): Promise<End> {
  try {
    return { exitCode: await work };
  } catch (error) {
    if (isOfKilledChild(error)) return { signal: 'SIGINT' };
    // What Ctrl-C breaks may fail before the signal itself arrives.
    await sleep(SIGNAL_WAIT_MS);
    return { error };
  }
}

/** Resolves to whether everything was released within the time that an interrupted run has. */
function releaseSoon(resources: Resources): Promise<boolean> {
  return Promise.race([
    resources.release().then(
      () => true,
      () => false,
    ),
    sleep(CLEAN_UP_MS, false),
  ]);
}

/**
 * Runs the work until it ends, fails or is interrupted, and undoes what it started.
 *
 * A signal that arrives within 250 ms of a failure counts as its cause. A failure is written to stderr.
 *
 * @returns the exit code: the work's own, 1 after a failure, or 128 plus the number of the signal
 */
export async function runToEnd(work: (resources: Resources) => Promise<number>): Promise<number> {
  const resources = createResources();
  // Before the work starts, so that no signal finds the run without a handler.
  const interrupted = interruption();
  const end = await Promise.race([interrupted, completion(work(resources))]);
  if ('signal' in end) {
    const isGone = await releaseSoon(resources);
    const rest = isGone ? ', and all that it had started is gone' : '';
    if (end.signal !== 'SIGPIPE') console.error(`\n${end.signal}: stopped${rest}`);
    return 128 + constants.signals[end.signal];
  }
  if ('error' in end) console.error(`\n${(end.error as Error).message}`);
  await resources.release();
  return 'error' in end ? EXIT.failed : end.exitCode;
}
