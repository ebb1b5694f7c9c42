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
}

/** What the pace learns from a batch. */
export interface PacedBatch {
  /** `lost`: no answer came; `timed-out`: stopped by the database and rolled back whole. */
  readonly kind: 'deleted' | 'timed-out' | 'lost';
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

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(value)));
}

/** The pace of the first batch. */
export function firstPace(limits: PaceLimits): Pace {
  return { batchSize: Math.min(FIRST_BATCH_SIZE, limits.maxBatchSize), pauseMs: 0 };
}

function nextBatchSize(current: number, batch: PacedBatch, limits: PaceLimits): number {
  if (batch.kind === 'timed-out') return clamp(batch.limit / 2, 1, limits.maxBatchSize);
  if (batch.kind === 'lost') return current;
  const ideal = (batch.limit * limits.targetBatchMs) / Math.max(1, batch.durationMs);
  return clamp(Math.min(ideal, current * MAX_GROWTH), 1, limits.maxBatchSize);
}

function nextPauseMs(batch: PacedBatch, limits: PaceLimits): number {
  const restMs = batch.kind === 'lost' ? LOST_PAUSE_MS : 0;
  return Math.min(MAX_PAUSE_MS, Math.max(restMs, batch.durationMs * limits.pauseRatio));
}

/** The pace after a batch: its size aims at the target duration, its pause is in proportion to the work done. */
export function nextPace(pace: Pace, batch: PacedBatch, limits: PaceLimits): Pace {
  return {
    batchSize: nextBatchSize(pace.batchSize, batch, limits),
    pauseMs: nextPauseMs(batch, limits),
  };
}
