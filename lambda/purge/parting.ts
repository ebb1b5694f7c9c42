import type { DatabaseError } from '../errors';
import { type Failed, firstLock, reasonOf } from './failed-part';
import { mayBeOfAll } from './in-vain';
import {
  isAtItsEnd,
  narrowing,
  PATIENCE,
  patienceAfter,
  ROWS_FOR_A_WAIT,
  triesIn,
  wasSlow,
} from './patience';
import type { Batch, BatchOutcome, DeletedBatch } from './port';
import {
  type InSearch,
  narrowed,
  nextInSearch,
  type Search,
  type Step,
  stepAfterDelete,
  toBorder,
} from './search';
import { joined, type Known, knownOf, type Stretch, sum } from './stretches';

/** What the tries of a run of a table may cost. Its partings share it. */
export interface Allowance {
  /** How many more tries may be spent on rows that were leapt over. */
  readonly backTries: number;
  /** How many more tries may take long in vain. After that, one that does is left to the next run as it is. */
  readonly patience: number;
  /** Chooses among the rows that were leapt over, so that each run tries others. */
  readonly seed: number;
}

/** A part of a batch. */
export type Part = Required<Pick<Batch, 'skip' | 'limit'>>;

/**
 * The search for the rows that stay in a batch that failed as a whole, so that all others go.
 *
 * It works on one list of stretches in the order of the index: `before`, the rows of `search`, and `behind`. What fails is
 * narrowed down to one row. Behind a row that stays, the next one that goes is looked for in leaps, each twice as wide, and
 * then between the last two. So a lump costs as many tries as its length has digits in base two. In the end the search goes
 * back to the rows that it has leapt over, as far as its allowance lasts.
 */
export interface Parting {
  /** Rows of the batch that failed. A part of as many that goes shows that what follows is a matter for batches again. */
  readonly size: number;
  readonly before: readonly Stretch[];
  /** `null`: it is over. */
  readonly search: Search | null;
  readonly behind: readonly Stretch[];
  readonly allowance: Allowance;
  /** The last part was rolled back, and may have held its locks while the next one ran. */
  readonly hasJustFailed: boolean;
  /** The last part that failed took long: it waited for a lock, or until it was stopped. */
  readonly isSlow: boolean;
  /** A part of the batch was deleted. */
  readonly hasDeleted: boolean;
  /** Why rows stay; `null`: only locks, so that others may delete them later. */
  readonly reason: DatabaseError | null;
  /** What the database said of the first lock; `null`: it met none, or passed over locked rows without a word. */
  readonly lockedBy: DatabaseError | null;
}

/**
 * Tries in one run of a table on rows that were leapt over: some 5 s at 20 ms a call. A row that goes earns more tries, so
 * that the search goes on while one in so many has a result, and its calls are bounded by the rows that it deletes.
 */
export const BACK_TRIES = 256;
export const EARNED_TRIES = 16;

/** What a run of a table may spend in the beginning. */
export const firstAllowance = (seed: number): Allowance => ({
  backTries: BACK_TRIES,
  patience: PATIENCE,
  seed,
});

/** The part to try next, of at most so many rows. */
export function nextPart(parting: Parting, most: number): Part {
  const { before, search } = parting;
  if (search === null) throw new TypeError('the search is over');
  const { at, limit } = nextInSearch(search);
  return { skip: sum(before) + at, limit: Math.min(limit, most) };
}

const isHopeless = ({ hasDeleted, reason }: Parting) => !hasDeleted && mayBeOfAll(reason);

/** Goes back to the largest stretch that was leapt over. */
function goneBack(parting: Parting, stretches: readonly Stretch[]): Parting {
  const { backTries, patience, seed } = parting.allowance;
  const untried = stretches.flatMap(({ rows, known }) => (known === 'untried' ? rows : []));
  const rows = Math.max(0, ...untried);
  if (rows === 0 || backTries <= 0 || isAtItsEnd(patience) || isHopeless(parting))
    return { ...parting, before: stretches, search: null, behind: [] };
  const place = stretches.findIndex((each) => each.known === 'untried' && each.rows === rows);
  const step = { do: 'leap', at: (seed + backTries) % rows } as const;
  return {
    ...parting,
    before: stretches.slice(0, place),
    search: { rows, step, isBack: true },
    behind: stretches.slice(place + 1),
  };
}

/** The search goes on with another step, after it has passed its first rows: `stretches`, which are left behind. */
function onward(parting: Parting, search: Search, step: Step, stretches: readonly Stretch[]) {
  const before = joined([...parting.before, ...stretches]);
  const rows = search.rows - sum(stretches);
  const isSpent = search.isBack && parting.allowance.backTries <= 0;
  if (rows > 0 && !isSpent) return { ...parting, before, search: { ...search, rows, step } };
  const rest: Stretch = { rows: Math.max(0, rows), known: 'untried' };
  return goneBack(parting, joined([...before, rest, ...parting.behind]));
}

/** Ends a search. Nothing is known of its rows behind the `stretches`. */
function ended(parting: Parting, search: Search, stretches: readonly Stretch[]): Parting {
  const rest: Stretch = { rows: search.rows - sum(stretches), known: 'untried' };
  return onward(parting, search, search.step, [...stretches, rest]);
}

/** After the row at one place was found to stay. */
function afterOneStays(parting: Parting, search: Search, at: number, known: Known): Parting {
  const { step, isBack } = search;
  const stretches: Stretch[] = [
    { rows: at, known: 'untried' },
    { rows: 1, known },
  ];
  if (isSpent(parting) && !isBack)
    return onward(parting, { ...search, rows: at + 1 }, step, stretches);
  if (step.do === 'border')
    return onward(parting, search, toBorder(step.within - at - 1), stretches);
  if (isBack) return ended(parting, search, stretches);
  const further = step.do === 'leap' ? narrowing(parting) * (at + 1) - 1 : 0;
  return onward(parting, search, { do: 'leap', at: further }, stretches);
}

function afterDeleted(
  parting: Parting,
  given: Search,
  { at, limit }: InSearch,
  { next, held, kept: stays, unreached = 0 }: DeletedBatch,
): Parting {
  const kept = held + stays + unreached;
  const isLast = next === null;
  const after: Parting = isLast ? { ...parting, behind: [] } : parting;
  if (unreached > 0 && !given.isBack) {
    const cut: Stretch = { rows: unreached, known: 'unreached' };
    return goneBack(after, joined([...parting.before, { rows: at, known: 'untried' }, cut]));
  }
  const search = { ...given, rows: isLast ? at + kept : given.rows - limit + kept };
  if (held > 0 && parting.hasJustFailed) {
    const { step } = search;
    const failing = step.do === 'narrow' ? step.failing - limit + kept : 0;
    return onward(after, search, step.do === 'narrow' ? { ...step, failing } : step, []);
  }
  if (kept > 0 && (given.step.do === 'leap' || given.step.do === 'border'))
    return afterOneStays(after, search, at, knownOf({ held, unreached }));
  const step = stepAfterDelete(given.step, { at, limit }, kept, narrowing(parting));
  const isClear = !search.isBack && kept === 0 && limit >= parting.size;
  // The rows that follow are left to the next batch.
  return onward(after, isClear ? { ...search, rows: 0 } : search, step, [
    { rows: unreached, known: 'unreached' },
    { rows: stays, known: 'stays' },
    { rows: held, known: 'held' },
  ]);
}

/** The parting after a part that was rolled back. */
function rolledBack(parting: Parting, outcome: Failed): Parting {
  const isSlow = wasSlow(outcome);
  const patience = patienceAfter(parting.allowance.patience, outcome);
  const allowance = { ...parting.allowance, patience };
  return {
    ...parting,
    allowance,
    hasJustFailed: true,
    isSlow,
    lockedBy: firstLock(parting.lockedBy, outcome),
  };
}

const isSpent = ({ isSlow, allowance }: Parting) => isSlow && isAtItsEnd(allowance.patience);

/** The search after its first `limit` rows were rolled back. Where the patience is spent, batches go on with small parts. */
function afterFailed(parting: Parting, search: Search, limit: number): Parting {
  if (!isSpent(parting)) return onward(parting, search, narrowed(limit, narrowing(parting)), []);
  if (search.isBack) return ended(parting, search, []);
  return ended(parting, { ...search, rows: limit > ROWS_FOR_A_WAIT ? 0 : limit }, []);
}

/** What is known after a part was tried. */
export function afterPart(parting: Parting, { skip, limit }: Part, outcome: BatchOutcome): Parting {
  const { search } = parting;
  if (search === null) return parting;
  if (outcome.kind === 'unknown') return { ...parting, hasJustFailed: true };
  const at = skip - sum(parting.before);
  const backTries = parting.allowance.backTries - (search.isBack ? triesIn(outcome) : 0);
  if (outcome.kind === 'deleted') {
    const earned = search.isBack && outcome.rows > 0 ? EARNED_TRIES : 0;
    const paid: Parting = {
      ...parting,
      allowance: { ...parting.allowance, backTries: Math.min(BACK_TRIES, backTries + earned) },
      hasDeleted: parting.hasDeleted || outcome.rows > 0,
    };
    const after = afterDeleted(paid, search, { at, limit }, outcome);
    return { ...after, hasJustFailed: false };
  }
  const allowance = { ...parting.allowance, backTries };
  const failed = rolledBack({ ...parting, allowance }, outcome);
  if (limit > 1) return afterFailed(failed, search, limit);
  const known = outcome.kind === 'locked' ? 'held' : 'stays';
  const reason = parting.reason ?? reasonOf(outcome);
  return afterOneStays({ ...failed, reason }, search, at, known);
}

/**
 * What is known of a batch of `limit` rows that failed or of which some were kept, among so many `rows` that are looked at
 * together. A batch passes over locked rows, and its parts do not, so that the search begins with its first row. The
 * search is over at once where others deleted the rows.
 */
export function firstParting(
  limit: number,
  rows: number,
  outcome: DeletedBatch | Failed,
  allowance: Allowance,
): Parting {
  const search: Search = { rows, step: { do: 'stride', rows: limit }, isBack: false };
  const parting: Parting = {
    allowance,
    size: limit,
    before: [],
    search,
    behind: [],
    hasJustFailed: false,
    isSlow: false,
    hasDeleted: false,
    reason: null,
    lockedBy: null,
  };
  if (outcome.kind !== 'deleted') {
    const lockedBy = firstLock(parting.lockedBy, outcome);
    const failed = { ...parting, lockedBy, hasJustFailed: true, isSlow: wasSlow(outcome) };
    return afterFailed(failed, search, limit);
  }
  if (outcome.kept === 0) return { ...parting, search: null };
  return { ...parting, hasDeleted: outcome.rows > 0 };
}
