import type { Target } from '../engines/engine';
import type { Facts } from '../entry';

/** What a contender has to do. */
export interface Task {
  readonly target: Target;
  /** Milliseconds that are added to each Data API call. */
  readonly delayMs: number;
  /** When it aborts, the contender stops, at the latest after its next statement. */
  readonly signal: AbortSignal;
}

/** How long a contender took. */
export interface Measurement {
  /** Milliseconds since the epoch, when the contender was ready and began to delete. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Set if a limit that it cannot lift ended it before it was done. */
  readonly wasCutOff?: true;
  /** Of a contender that deletes in batches: how long each took, in their order. */
  readonly batchesMs?: readonly number[];
  readonly facts?: Facts;
}

/** One way to delete expired sessions. */
export interface Contender {
  readonly name: string;
  /**
   * Deletes all rows that expired before the target's cutoff, and no other rows.
   *
   * @throws {Error} when it fails, or reports that it is not done
   */
  purge(task: Task): Promise<Measurement>;
}
