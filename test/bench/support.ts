import type { Entry, Timing } from '../../bench/entry';

/** The origin of all entries in these tests. */
const ORIGIN = {
  engine: 'postgresql',
  scale: 1_000_000,
  measuredAt: '2026-11-23T00:15Z',
  commit: 'd52000d',
} as const;

/** A timing of the largest table, unless `rest` says otherwise. */
export function timing(contender: string, seconds: number, rest: Partial<Timing> = {}): Timing {
  return {
    kind: 'timing',
    scenario: 'throughput',
    contender,
    ...ORIGIN,
    shape: 'most',
    label: '1M of 1.2M',
    expired: 1_000_000,
    order: 'by age',
    delayMs: 0,
    durationsMs: [seconds * 1000],
    ...rest,
  };
}

/** The latency of the application during a purge of ours. */
export const UNDER_LOAD: Entry = {
  kind: 'under-load',
  scenario: 'application',
  contender: 'ours',
  ...ORIGIN,
  label: '1M of 1.2M',
  idle: { operations: 1000, p50Ms: 1, p99Ms: 4, maxMs: 9 },
  underLoad: { operations: 2000, p50Ms: 1, p99Ms: 5, maxMs: 31 },
  errors: 0,
  purgesMs: [10_000],
};

/** A number about the function. */
export const IDLE_CALLS: Entry = {
  kind: 'figure',
  scenario: 'function',
  contender: 'ours',
  ...ORIGIN,
  name: 'calls of an idle run',
  value: 2,
  unit: 'calls',
};
