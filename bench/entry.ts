import type { Latency } from './application/latency';
import type { ShapeKey } from './shapes';

/** The kinds of database that the benchmark runs on. */
export const ENGINES = ['postgresql', 'mariadb'] as const;
export type EngineName = (typeof ENGINES)[number];

/** What people call each engine. */
export const ENGINE_TITLE: Readonly<Record<EngineName, string>> = {
  postgresql: 'PostgreSQL',
  mariadb: 'MariaDB',
};

/** What the benchmark measures, in this order. */
export const SCENARIOS = [
  'throughput',
  'application',
  'latency',
  'snapshot',
  'shuffled',
  'growth',
  'function',
  'tables',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** Where an entry comes from. */
export interface Origin {
  readonly engine: EngineName;
  readonly scenario: ScenarioName;
  readonly contender: string;
  /** Expired rows of the largest table of the run. */
  readonly scale: number;
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly commit: string;
}

/** What only ours reports. */
export interface Facts {
  readonly dataApiCalls: number;
  readonly batches: number;
  readonly slowestBatchMs: number;
  /** How it walked through the table. */
  readonly walk?: string;
  readonly walkReason?: string;
  /** Of the function's process; absent if the process was killed. */
  readonly peakRssMB?: number;
}

/** What one purge cost the database. */
export interface Cost {
  /** Processor time of the server until the contender was done. Absent where it cannot be read. */
  readonly cpuMs?: number;
  /** The same until the database had cleaned up. */
  readonly cpuWithCleanUpMs?: number;
  /** The time from the start of the contender until the database had cleaned up. */
  readonly settledMs: number;
}

/** How long a contender took for one table. */
export interface Timing extends Origin {
  readonly kind: 'timing';
  readonly shape: ShapeKey;
  readonly label: string;
  readonly expired: number;
  readonly order: 'by age' | 'shuffled';
  /** Added to each Data API call. */
  readonly delayMs: number;
  readonly durationsMs: readonly number[];
  /** By run; absent if the contender was stopped. */
  readonly costs?: readonly Cost[];
  /**
   * How long each batch of the last run took, in their order; only in the scenarios `throughput` and `snapshot`, for tables
   * of which most has expired.
   */
  readonly batchesMs?: readonly number[];
  /** When it was stopped. It would have taken longer. */
  readonly stoppedAtMs?: number;
  /** Facts of the last run. */
  readonly facts?: Facts;
}

/** How fast the application was while a contender purged. */
export interface UnderLoad extends Origin {
  readonly kind: 'under-load';
  readonly label: string;
  readonly idle: Latency;
  readonly underLoad: Latency;
  /** Operations that the database refused: deadlocks, and waits for locks that took too long. */
  readonly errors: number;
  readonly purgesMs: readonly number[];
  readonly stoppedAtMs?: number;
}

/** One number about the function. */
export interface Figure extends Origin {
  readonly kind: 'figure';
  readonly name: string;
  readonly value: number;
  readonly unit: 'bytes' | 'ms' | 'MB' | 'calls' | 'dollars' | 'x';
}

/** One result of the benchmark, as `results.json` keeps it. */
export type Entry = Timing | UnderLoad | Figure;
