import type { Target } from '../engines/engine';

/** What a contender is to do. */
export interface Task {
  readonly target: Target;
  /** Milliseconds that each call of the Data API takes longer. */
  readonly delayMs: number;
  /** Ends the work early, at the latest after its next statement. */
  readonly signal: AbortSignal;
}

/** How it was done. */
export interface Finding {
  /** Milliseconds since the epoch: before it, it only got ready. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly facts?: Facts;
}

/** What only ours tells. */
export interface Facts {
  readonly dataApiCalls: number;
  readonly batches: number;
  readonly slowestBatchMs: number;
  /** Which way it went through the table. */
  readonly walk?: string;
  readonly walkReason?: string;
  /** Of the function's process; it is not known of one that was killed. */
  readonly peakRssMB?: number;
}

/** One way to delete the expired sessions. */
export interface Contender {
  readonly name: string;
  /**
   * Deletes every row before the target's cutoff, and no other.
   *
   * @throws {Error} when it fails, or says itself that it is not done
   */
  purge(task: Task): Promise<Finding>;
}
