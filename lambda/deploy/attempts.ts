import type { Clock } from '../clock';

/** How often a call to a service is tried. Times are in milliseconds. */
export interface Attempts {
  readonly most: number;
  /** The longest that one attempt may take. */
  readonly timeoutMs: number;
  /** The wait after the first attempt; each further one is twice as long. */
  readonly firstWaitMs: number;
  /** Whether a call that ended so may succeed when it is repeated. @default always */
  readonly mayPass?: (error: unknown) => boolean;
}

/** Calls until a call succeeds. Throws the error of the last attempt. */
export async function inAttempts<Result>(
  call: () => Promise<Result>,
  { most, timeoutMs, firstWaitMs, mayPass = () => true }: Attempts,
  clock: Clock,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await clock.within(timeoutMs, call());
    } catch (error) {
      if (attempt === most || !mayPass(error)) throw error;
      await clock.sleep(firstWaitMs * 2 ** (attempt - 1));
    }
  }
}
