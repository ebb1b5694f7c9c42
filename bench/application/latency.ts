import { percentile } from '../stats';

/** One operation of the application. */
export interface Sample {
  /** When it was due, in milliseconds since the epoch. */
  readonly dueAtMs: number;
  /** From when it was due until it was answered, so that a late start counts. */
  readonly latencyMs: number;
}

/** A period, in milliseconds since the epoch. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How fast operations were. */
export interface Latency {
  readonly operations: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The latency of the operations that were due within one of the windows; NaN if there were none. */
export function latencyWithin(samples: readonly Sample[], windows: readonly Window[]): Latency {
  const latencies = samples
    .filter(({ dueAtMs }) =>
      windows.some(({ fromMs, toMs }) => dueAtMs >= fromMs && dueAtMs < toMs),
    )
    .map(({ latencyMs }) => latencyMs);
  return {
    operations: latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    maxMs: percentile(latencies, 1),
  };
}

/** Milliseconds since the epoch, with fractions, by a clock that all processes of a machine share. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
