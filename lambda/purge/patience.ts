import type { BatchOutcome } from './port';

/** A try that takes longer counts as several, so that those that wait are few. */
const TRY_MS = 100;

const SLOW_MS = 1000;

/** Some six minutes where each try takes the 45 s of the service. Finding one row among 500 takes five of them. */
export const PATIENCE = 8;

/** The most rows of a batch once that is spent, so that a wait leaves no more of them. */
export const ROWS_FOR_A_WAIT = 500;

/** Whether a try took long in vain: it waited for a lock, or until it was stopped. */
export const wasSlow = ({ kind, durationMs }: BatchOutcome): boolean =>
  kind !== 'deleted' && kind !== 'unknown' && durationMs >= SLOW_MS;

/** Rows whose delete by batches gives one slow try back, so that the waits stay few beside the work. */
const ROWS_FOR_A_TRY = 50_000;

/** How many more tries may be slow after one, or after a batch that went. */
export function patienceAfter(patience: number, outcome: BatchOutcome): number {
  if (wasSlow(outcome)) return Math.max(0, patience - 1);
  const gone = outcome.kind === 'deleted' ? outcome.rows : 0;
  return Math.min(PATIENCE, patience + gone / ROWS_FOR_A_TRY);
}

/** Whether it has lost no more than two of its slow tries. */
export const isPatient = (patience: number): boolean => patience >= PATIENCE - 2;

/** Whether it does not last for another slow try. */
export const isAtItsEnd = (patience: number): boolean => patience < 1;

/** As how many tries one counts. */
export const triesIn = ({ durationMs }: BatchOutcome) =>
  Math.max(1, Math.ceil(durationMs / TRY_MS));

/** A try that fails costs one call, or all the time that a statement may wait; one that goes always costs one call. */
const NARROWING = 2;
const NARROWING_WHEN_SLOW = 8;

/** Into how many parts rows are parted that failed together. `isSlow`: the last try that failed took long. */
export const narrowing = ({ isSlow }: { readonly isSlow: boolean }) =>
  isSlow ? NARROWING_WHEN_SLOW : NARROWING;
