import { constants } from 'node:os';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from './exit-codes';
import { createResources, type Resources } from './resources';

/** Nobody who pressed Ctrl-C waits longer; what is not gone by then ends with this process. */
const INTERRUPTED_RELEASE_MS = 2000;

type End = { readonly done: true } | { readonly error: unknown } | { readonly signal: EndSignal };

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGPIPE';

/** The handlers stay: tsx may pass on a Ctrl-C that the terminal has sent already. */
function interrupted(): Promise<End> {
  return new Promise((resolve) => {
    const endBy = (signal: EndSignal) => () => resolve({ signal });
    process.on('SIGINT', endBy('SIGINT')).on('SIGTERM', endBy('SIGTERM'));
    // The reader of the output went away, as in `npm start | head`.
    process.stdout.on('error', endBy('SIGPIPE'));
  });
}

async function finished(work: Promise<void>): Promise<End> {
  try {
    await work;
    return { done: true };
  } catch (error) {
    // A Ctrl-C ends what was started, too: then this is no failure, and the signal is about to be told.
    await setImmediate();
    return { error };
  }
}

/** Releases within the time that an interrupted run has; whether it was enough. */
function releaseSoon(resources: Resources): Promise<boolean> {
  return Promise.race([
    resources.release().then(
      () => true,
      () => false,
    ),
    sleep(INTERRUPTED_RELEASE_MS, false),
  ]);
}

/**
 * Does the work until it is done, fails or is interrupted, undoes what it started, and answers with
 * the exit code: 0, 1, or 128 and the signal's number. A failure is told on stderr.
 */
export async function runToEnd(work: (resources: Resources) => Promise<void>): Promise<number> {
  const resources = createResources();
  // First, so that no signal finds the run without a handler.
  const interruption = interrupted();
  const end = await Promise.race([interruption, finished(work(resources))]);
  if ('signal' in end) {
    const isGone = await releaseSoon(resources);
    const rest = isGone ? ', and all that it had started is gone' : '';
    if (end.signal !== 'SIGPIPE') console.error(`\n${end.signal}: stopped${rest}`);
    return 128 + constants.signals[end.signal];
  }
  if ('error' in end) console.error(`\n${(end.error as Error).message}`);
  await resources.release();
  return 'error' in end ? EXIT.failed : EXIT.done;
}
