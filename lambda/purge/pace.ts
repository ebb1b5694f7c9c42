/** The bounds that the pace keeps; see the settings of the same names. */
export interface PaceLimits {
  readonly targetBatchMs: number;
  readonly pauseRatio: number;
  readonly maxBatchSize: number;
}

/** How the next batch is to be done. */
export interface Pace {
  /** Rows, from 1 to `maxBatchSize`. */
  readonly batchSize: number;
  /** Milliseconds to wait before it. */
  readonly pauseMs: number;
  /** Milliseconds of each batch that the way to the database and back takes, at most. */
  readonly hopMs: number;
  /** Batches that were answered. */
  readonly answered: number;
}

/** What the pace learns from a batch. */
export interface PacedBatch {
  /** `lost`: no answer came; `stopped`: the database took it back whole, for its duration or for one of its rows. */
  readonly kind: 'deleted' | 'stopped' | 'lost';
  /** The limit that the batch was given, in rows. */
  readonly limit: number;
  readonly durationMs: number;
}

/** Small enough for a cold cache and wide rows; doubling reaches the default maximum after four batches. */
const FIRST_BATCH_SIZE = 500;

/** One fast batch is no promise for the next: grow by doubling, but shrink as far as the batch tells. */
const MAX_GROWTH = 2;

/** A slow database gets rest in proportion to the work, but a stopped statement of 45 s earns no half minute. */
const MAX_PAUSE_MS = 10_000;

/** Rest after a batch without an answer: something between here and the database is restarting. */
const LOST_PAUSE_MS = 1000;

/** The clock's grain, so that nothing is divided by less. */
const MIN_STATEMENT_MS = 1;

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(value)));
}

/** The pace of the first batch; `hopMs`: the fastest call so far, which the way there and back cannot exceed. */
export function firstPace(limits: PaceLimits, hopMs: number): Pace {
  const batchSize = Math.min(FIRST_BATCH_SIZE, limits.maxBatchSize);
  return { batchSize, pauseMs: 0, hopMs, answered: 0 };
}

/** Half of the way there, in ratios: a batch now and then that is fast or slow by chance moves the size little. */
function damped(current: number, ideal: number): number {
  return Math.sqrt(current * ideal);
}

function nextBatchSize(pace: Pace, batch: PacedBatch, limits: PaceLimits): number {
  const { batchSize } = pace;
  if (batch.kind !== 'deleted') return Math.min(batchSize, batch.limit) / 2;
  const statementMs = Math.max(MIN_STATEMENT_MS, batch.durationMs - pace.hopMs);
  const ideal = (batch.limit * limits.targetBatchMs) / statementMs;
  if (ideal >= batchSize * MAX_GROWTH) return batchSize * MAX_GROWTH;
  // The first batch may have to pass what earlier runs left behind in the index, which says nothing of the second.
  if (pace.answered === 0) return Math.max(ideal, batchSize);
  return ideal > batchSize / 2 ? damped(batchSize, ideal) : ideal;
}

function nextPauseMs({ hopMs }: Pace, batch: PacedBatch, limits: PaceLimits): number {
  const restMs = batch.kind === 'lost' ? LOST_PAUSE_MS : 0;
  const workMs = Math.max(0, batch.durationMs - hopMs);
  return Math.min(MAX_PAUSE_MS, Math.max(restMs, workMs * limits.pauseRatio));
}

/**
 * The pace after a batch: its size aims at the target duration of a statement, the way to the database not counted,
 * and the pause is in proportion to the work done. A batch that was stopped or lost is halved.
 */
export function nextPace(pace: Pace, batch: PacedBatch, limits: PaceLimits): Pace {
  const hopMs = batch.kind === 'deleted' ? Math.min(pace.hopMs, batch.durationMs) : pace.hopMs;
  const measured = { ...pace, hopMs };
  return {
    batchSize: clamp(nextBatchSize(measured, batch, limits), 1, limits.maxBatchSize),
    pauseMs: nextPauseMs(measured, batch, limits),
    hopMs,
    answered: pace.answered + Number(batch.kind === 'deleted'),
  };
}
