import { percentile } from '../stats';

/** One operation of the application. */
export interface Sample {
  /** When it should have begun, in milliseconds since the epoch. */
  readonly dueAtMs: number;
  /** From then until it was answered: a late start counts. */
  readonly latencyMs: number;
}

/** From when to when, in milliseconds since the epoch. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the operations of some time came to. */
export interface Latency {
  readonly operations: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The operations that were due within one of the windows. */
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

/** Milliseconds since the epoch, in parts of them, the same in all processes of a machine. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
