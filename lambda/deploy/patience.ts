import type { Clock } from '../clock';
import { DatabaseError } from '../errors';

/** How long IAM may take to let a role do what it was allowed a moment ago, in milliseconds. */
const IAM_DELAY_MS = 60_000;

const WAIT_MS = 5000;

const DENIALS = ['AccessDeniedException', 'ForbiddenException'];

/** Whether IAM did not allow the call that ended so, be it the Data API's or Secrets Manager's. */
export function isDenied(error: unknown): boolean {
  if (error instanceof DatabaseError) return DENIALS.includes(error.failure?.code ?? '');
  return error instanceof Error && (DENIALS.includes(error.name) || isDenied(error.cause));
}

/**
 * Does the work, and does it again for a minute while IAM denies it, since the role may have been changed just before. It
 * has to come to the same when it is done twice.
 */
export async function onceAllowed<Result>(
  work: () => Promise<Result>,
  clock: Clock,
  onNote: (note: string) => void,
): Promise<Result> {
  const endMs = clock.now() + IAM_DELAY_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDenied(error) || clock.now() >= endMs) throw error;
      onNote('IAM does not allow it yet; it may take a minute to know a new right');
      await clock.sleep(WAIT_MS);
    }
  }
}
