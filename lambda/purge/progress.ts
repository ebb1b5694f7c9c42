import type { Clock } from '../clock';
import type { Progress } from './run';

/** How far a long run has come, as it is logged. */
export interface ProgressLine extends Progress {
  /** Since the first batch. */
  readonly rowsPerSecond: number;
}

/** A run of a few seconds logs no progress; a run of minutes logs some. */
const PROGRESS_INTERVAL_MS = 10_000;

/** Writes at most one line in each interval, and the first one after the first interval. */
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
