import type { Clock } from '../clock';
import type { Progress } from './purge';

/** How far a long run has come. */
export interface ProgressLine extends Progress {
  /** Since the first batch. */
  readonly rowsPerSecond: number;
}

/** A line now and then: a run of a few seconds needs none, one of minutes leaves a trail. */
export const PROGRESS_INTERVAL_MS = 10_000;

/** Passes on at most one of the progress reports of each interval, the first not before one has gone by. */
export function progressLog(
  clock: Clock,
  write: (line: ProgressLine) => void,
): (progress: Progress) => void {
  const startedMs = clock.now();
  let nextMs = startedMs + PROGRESS_INTERVAL_MS;
  return (progress) => {
    const nowMs = clock.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + PROGRESS_INTERVAL_MS;
    const seconds = (nowMs - startedMs) / 1000;
    write({ ...progress, rowsPerSecond: Math.round(progress.rowsDeleted / seconds) });
  };
}
