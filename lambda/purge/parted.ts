import { mayBeOfAll } from './in-vain';
import type { Parting } from './parting';
import type { BatchOutcome } from './port';
import { type Known, sum } from './stretches';

/** Whether the search is over. */
export const isOver = ({ search }: Parting): boolean => search === null;

/** How many of the rows that are left behind are known to be so. */
export const rowsThat = ({ before }: Parting, ...known: readonly Known[]): number =>
  sum(before.filter((stretch) => known.includes(stretch.known)));

/** Whether rows behind the last one that is left cannot be reached, as far as they are of its instant. */
export const isCutOff = ({ before }: Parting): boolean => before.at(-1)?.known === 'unreached';

/** How many rows are left behind. */
export const rowsBehind = ({ before }: Parting): number => sum(before);

/** Whether nothing at all came of it: the rows were not there when they were tried. */
export const isFutile = (parting: Parting): boolean =>
  rowsBehind(parting) === 0 && !parting.hasDeleted;

/** Whether no row went, for locks or for a failure, which may both be in the way of every row. */
export const isInVain = (parting: Parting): boolean => {
  const isForLocks = rowsThat(parting, 'stays') === 0 && rowsBehind(parting) > 0;
  return !parting.hasDeleted && (isForLocks || mayBeOfAll(parting.reason));
};

/** Whether rows that a part found held may be held by the part before it, which was just rolled back. */
export const mayBeHeldByLastPart = (parting: Parting | null, outcome: BatchOutcome): boolean =>
  outcome.kind === 'deleted' && outcome.held > 0 && parting?.hasJustFailed === true;
