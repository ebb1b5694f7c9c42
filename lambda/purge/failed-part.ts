import { DatabaseError } from '../errors';
import { wasSlow } from './patience';
import type { BatchOutcome } from './port';

/** A part of a batch that was rolled back. */
export type Failed = Extract<BatchOutcome, { kind: 'refused' | 'locked' | 'too-large' }>;

/** What the database said of the first lock. `before`: what it said of one before; `null`: none was in the way. */
export const firstLock = (before: DatabaseError | null, { kind, error }: Failed) =>
  before ?? (kind === 'locked' ? error : null);

/** The signs of a statement that was stopped for its duration. */
const OF_TIME: readonly (string | number)[] = ['57014', 1317, 1969, 3024];

/** What the servers say themselves: somebody has cancelled the statement, or its limit of time is that short. */
const OWN_WORDS =
  /canceling statement due to|execution was interrupted|execution time exceeded|execution was aborted/i;

/** Hardly a limit of time is that short, so something has raised the error by itself. */
function isRaised(outcome: Failed): boolean {
  const { sqlState = null, errorNumber = null } = outcome.error.failure ?? {};
  const isOfTime = [sqlState, errorNumber].some((it) => it !== null && OF_TIME.includes(it));
  return isOfTime && !wasSlow(outcome) && !OWN_WORDS.test(outcome.error.failure?.text ?? '');
}

/** Why one row stays; `null`: it is locked. */
export function reasonOf(outcome: Failed): DatabaseError | null {
  const { kind, error, durationMs } = outcome;
  if (kind !== 'too-large') return kind === 'refused' ? error : null;
  const stopped = `the delete of one row was stopped after ${Math.round(durationMs)} ms`;
  const { failure } = error;
  if (failure === null || !isRaised(outcome))
    return new DatabaseError(`${stopped}: ${error.message}`, failure);
  return new DatabaseError(
    `${stopped}, which is no limit of time: something, likely a trigger, has raised the error "${failure.text}"`,
    { ...failure, remedy: null, about: 'triggers' },
  );
}
