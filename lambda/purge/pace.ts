import type { Settings } from '../../contract/settings';
import type { BatchOutcome } from './port';

/** The bounds that the pace keeps. */
export type PaceLimits = Pick<Settings, 'targetBatchMs' | 'pauseRatio' | 'maxBatchSize'>;

/** How the next batch is to be done, and what the batches before it say of its duration. */
export interface Pace {
  /** Rows, from 1 to `maxBatchSize`. */
  readonly batchSize: number;
  /** How long to wait before the batch. */
  readonly pauseMs: number;
  /** The part of a batch's duration that the round trip to the database takes, at most. */
  readonly roundTripMs: number;
  /** Batches that deleted. */
  readonly answered: number;
  /** How long the next batch may take, as far as the last one was rolled back; 0 after one that deleted. */
  readonly expectedMs: number;
  /** How many of the last batches in a row have an unknown outcome. */
  readonly unknownInARow: number;
}

/** Small enough for a cold cache and wide rows; the fourth batch may be of the default maximum. */
const FIRST_BATCH_SIZE = 500;

/** One fast batch says little about the next one, so the size grows in steps; after a slow batch it may fall at once. */
const MAX_GROWTH = 4;

/** The pause is in proportion to the work, but a statement that was stopped after 45 s needs no pause of half a minute. */
const MAX_PAUSE_MS = 10_000;

/** The pause after a batch with an unknown outcome, because something between here and the database restarts. */
const UNKNOWN_PAUSE_MS = 1000;

/** A database reports an error a moment before it releases the locks on the rows. */
const LOCK_RELEASE_MS = 250;

/** The precision of the clock, so that no duration below it is divided by. */
const MIN_STATEMENT_MS = 1;

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(value)));
}

/** The pace of the first batch. `roundTripMs`: the fastest call so far, which the round trip cannot exceed. */
export function firstPace(limits: PaceLimits, roundTripMs: number): Pace {
  const batchSize = Math.min(FIRST_BATCH_SIZE, limits.maxBatchSize);
  return { batchSize, pauseMs: 0, roundTripMs, answered: 0, expectedMs: 0, unknownInARow: 0 };
}

/** Goes half of the way, in ratios, so that a batch that was fast or slow by chance changes the size little. */
function damped(current: number, ideal: number): number {
  return Math.sqrt(current * ideal);
}

type Batch = Pick<BatchOutcome, 'kind' | 'durationMs'>;

function nextBatchSize(pace: Pace, batch: Batch, limit: number, limits: PaceLimits): number {
  const { batchSize } = pace;
  // Rows that may not go say nothing about the size.
  if (batch.kind === 'refused' || batch.kind === 'locked') return batchSize;
  if (batch.kind !== 'deleted') return Math.min(batchSize, limit) / 2;
  const statementMs = Math.max(MIN_STATEMENT_MS, batch.durationMs - pace.roundTripMs);
  const ideal = (limit * limits.targetBatchMs) / statementMs;
  if (ideal >= batchSize * MAX_GROWTH) return batchSize * MAX_GROWTH;
  // The first batch may have to pass what earlier runs left in the index, which says nothing about the second.
  if (pace.answered === 0) return Math.max(ideal, batchSize);
  return ideal > batchSize / 2 ? damped(batchSize, ideal) : ideal;
}

function nextPauseMs({ roundTripMs }: Pace, batch: Batch, limits: PaceLimits): number {
  const leastMs = batch.kind === 'unknown' ? UNKNOWN_PAUSE_MS : 0;
  const workMs = Math.max(0, batch.durationMs - roundTripMs);
  return Math.min(MAX_PAUSE_MS, Math.max(leastMs, workMs * limits.pauseRatio));
}

function nextExpectedMs(pace: Pace, { kind, durationMs }: Batch): number {
  if (kind === 'unknown') return pace.expectedMs;
  return kind === 'deleted' ? 0 : durationMs / 2;
}

/**
 * The pace after a batch of at most `limit` rows. Its size aims at the target duration of a statement without the round
 * trip, and its pause is in proportion to the work done. After a batch that was too large, or whose outcome is unknown, the
 * size is halved.
 */
export function nextPace(pace: Pace, batch: Batch, limit: number, limits: PaceLimits): Pace {
  const isDeleted = batch.kind === 'deleted';
  const roundTripMs = isDeleted ? Math.min(pace.roundTripMs, batch.durationMs) : pace.roundTripMs;
  const measured = { ...pace, roundTripMs };
  return {
    batchSize: clamp(nextBatchSize(measured, batch, limit, limits), 1, limits.maxBatchSize),
    pauseMs: nextPauseMs(measured, batch, limits),
    roundTripMs,
    answered: pace.answered + Number(isDeleted),
    expectedMs: nextExpectedMs(pace, batch),
    unknownInARow: batch.kind === 'unknown' ? pace.unknownInARow + 1 : 0,
  };
}

/** The pace after a part of a batch, which says nothing about the size of a whole one. */
export function paceAfterPart(pace: Pace, part: Batch, limits: PaceLimits): Pace {
  return { ...nextPace(pace, part, pace.batchSize, limits), batchSize: pace.batchSize };
}

/** The same pace with a pause that lets the database release the locks of deletes that it rolled back. */
export function afterLockRelease(pace: Pace): Pace {
  return { ...pace, pauseMs: Math.max(pace.pauseMs, LOCK_RELEASE_MS) };
}
