import { DatabaseError } from '../errors';
import type { Batch, BatchOutcome } from './port';

/** A part of a batch. */
export type Part = Required<Pick<Batch, 'skip' | 'limit'>>;

/** The look for the end of a lump of rows that stay, one row at a time. Places count from the start of the batch. */
interface Leap {
  /** The row from which the look began. */
  readonly start: number;
  /** The last row that was found to stay. */
  readonly stays: number;
  /** The first row behind it that went, so that others follow in its place; `null`: none was found yet. */
  readonly goes: number | null;
}

type Stopped = Extract<BatchOutcome, { kind: 'too-large' }>;

/**
 * The search for the rows that stay in a batch that failed as a whole, so that all others go.
 *
 * What fails is halved down to one row. Many rows in a line that stay, and none that goes, are taken for a lump: its
 * end is looked for in leaps, each twice as wide, and then between the last two. So a lump costs as many statements as
 * its length has digits in base two. What goes among the rows that were leapt over is not found.
 */
export interface Parting {
  /** Rows of the batch when it failed, at most. */
  readonly size: number;
  /** Rows of the batch that are still there, at most. */
  readonly rows: number;
  /** The first of them, which stay. */
  readonly stay: number;
  /** The next ones, which cannot go together; 0: nothing is known of them. */
  readonly failing: number;
  /** How many rows to try of which nothing is known. */
  readonly stride: number;
  /** Rows that went since the last one that was found to stay. */
  readonly went: number;
  /** How many rows were found to stay with none between them that went. */
  readonly inLine: number;
  readonly leap: Leap | null;
  /** A part of the batch was deleted. */
  readonly hasDeleted: boolean;
  /** The first refusal. */
  readonly refusal: DatabaseError | null;
  /** The first delete of one row that the database stopped. */
  readonly stopped: Stopped | null;
}

/** Rows in a line that stay and are taken for a lump. Rows that stay at random are seldom so many in a line. */
const LUMP = 8;

/** A lock is waited for each time, so that each row more costs seconds. */
const LOCKED_LUMP = 3;

/** Whether it is known of all rows which stay. */
export const isOver = ({ rows, stay }: Parting): boolean => stay >= rows;

/** What keeps rows of the batch; `null`: only locks, so that others may delete them later. */
export function reasonToStay({ refusal, stopped }: Parting): DatabaseError | null {
  if (refusal !== null || stopped === null) return refusal;
  const { durationMs, error } = stopped;
  return new DatabaseError(
    `the delete of one row was stopped after ${Math.round(durationMs)} ms: ${error.message}`,
    error.failure,
  );
}

/** Whether nothing at all came of it: the rows were not there when they were tried, or held for that moment. */
export const isFutile = ({ stay, hasDeleted }: Parting): boolean => stay === 0 && !hasDeleted;

/** Whether no row went, and locks were all that was in the way of several. */
export const isLocked = ({ hasDeleted, refusal, stopped, stay }: Parting): boolean =>
  !hasDeleted && refusal === null && stopped === null && stay >= LOCKED_LUMP;

function leapTo({ start, stays, goes }: Leap, rows: number): number {
  if (goes !== null) return Math.floor((stays + goes) / 2);
  return Math.min(rows - 1, 2 * stays - start + 1);
}

/** The part to try next, of at most so many rows. */
export function nextPart(parting: Parting, most: number): Part {
  const { rows, stay, failing, stride, leap } = parting;
  if (leap !== null) return { skip: leapTo(leap, rows), limit: Math.min(1, most) };
  const wanted = failing > 0 ? Math.ceil(failing / 2) : Math.min(rows - stay, stride);
  return { skip: stay, limit: Math.min(wanted, most) };
}

function alighted(parting: Parting, leap: Leap): Parting {
  const { stays, goes } = leap;
  if (goes === null) {
    const isEnd = stays >= parting.rows - 1;
    return isEnd ? { ...parting, stay: parting.rows, leap: null } : { ...parting, leap };
  }
  if (goes - stays > 1) return { ...parting, leap };
  return { ...parting, stay: goes, failing: 0, stride: 1, went: 0, inLine: 0, leap: null };
}

function afterOneStays(parting: Parting): Parting {
  const { rows, stay, went, refusal } = parting;
  const inLine = went > 0 ? 1 : parting.inLine + 1;
  const next = {
    ...parting,
    stay: stay + 1,
    failing: 0,
    stride: Math.max(1, went),
    went: 0,
    inLine,
  };
  const isLump = inLine >= (refusal === null ? LOCKED_LUMP : LUMP);
  if (!isLump) return next;
  return alighted({ ...next, rows }, { start: stay, stays: stay, goes: null });
}

type Deleted = Extract<BatchOutcome, { kind: 'deleted' }>;

function afterDeleted(parting: Parting, { skip, limit }: Part, outcome: Deleted): Parting {
  const kept = outcome.staying?.rows ?? 0;
  const left = outcome.next === null ? skip + kept : parting.rows - limit + kept;
  const rows = Math.min(parting.rows, left);
  const hasDeleted = parting.hasDeleted || outcome.rows > 0;
  if (parting.leap !== null)
    return alighted({ ...parting, rows, hasDeleted }, { ...parting.leap, goes: skip });
  const { stay, failing, stride, went } = parting;
  return {
    ...parting,
    ...{ rows, hasDeleted },
    stay: stay + kept,
    failing: Math.max(0, failing - limit),
    stride: failing > 0 ? stride : 2 * stride,
    went: went + limit - kept,
  };
}

/** What is known after a part was tried. */
export function afterPart(before: Parting, part: Part, outcome: BatchOutcome): Parting {
  if (outcome.kind === 'unknown') return before;
  if (outcome.kind === 'deleted') return afterDeleted(before, part, outcome);
  const isOne = part.limit === 1;
  const refusal = before.refusal ?? (outcome.kind === 'refused' ? outcome.error : null);
  const stopped = before.stopped ?? (isOne && outcome.kind === 'too-large' ? outcome : null);
  const parting = { ...before, refusal, stopped };
  if (parting.leap !== null) return alighted(parting, { ...parting.leap, stays: part.skip });
  return isOne ? afterOneStays(parting) : { ...parting, failing: part.limit };
}

/** What is known of a batch of `limit` rows that failed. */
export function firstParting(limit: number, outcome: BatchOutcome): Parting {
  const nothing: Parting = {
    size: limit,
    rows: limit,
    stay: 0,
    failing: 0,
    stride: limit,
    went: 0,
    inLine: 0,
    leap: null,
    hasDeleted: false,
    refusal: null,
    stopped: null,
  };
  return afterPart(nothing, { skip: 0, limit }, outcome);
}
