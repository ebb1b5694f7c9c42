import type { Contender } from '../contenders/contender';
import type { Engine } from '../engines/engine';
import type { Entry, ScenarioName, Timing } from '../entry';
import type { Conditions, Lab, Series } from '../lab';
import type { Options } from '../options';
import type { Log } from '../progress';

/** What a scenario works with. */
export interface Bench {
  readonly engine: Engine;
  readonly lab: Lab;
  readonly options: Options;
  /** A copy of the bundle, so that a build does not change it during the run. */
  readonly bundlePath: string;
  /** Other people's tools that are installed. */
  readonly tools: readonly Contender[];
  readonly log: Log;
  readonly commit: string;
}

/** Measures one thing on one engine. */
export type Scenario = (bench: Bench) => Promise<readonly Entry[]>;

/** The origin of an entry, but for the contender. */
export function originOf({ engine, options, commit }: Bench, scenario: ScenarioName) {
  const measuredAt = new Date().toISOString().slice(0, 16).concat('Z');
  return { engine: engine.name, scenario, scale: options.rows, measuredAt, commit };
}

/** Compares contenders in the lab; returns their times as entries. */
export async function timings(
  bench: Bench,
  conditions: Conditions,
  contenders: readonly Contender[],
): Promise<Timing[]> {
  const series = await bench.lab.compare(conditions, contenders);
  const { scenario, shape, delayMs = 0 } = conditions;
  const { key, label, expired, order } = shape;
  const hasBatches = key === 'most' && (scenario === 'throughput' || scenario === 'snapshot');
  return series.map(({ costs, batchesMs, ...one }: Series) => ({
    kind: 'timing',
    ...originOf(bench, scenario),
    shape: key,
    label,
    expired,
    order,
    delayMs,
    ...one,
    ...(costs.length > 0 && { costs }),
    ...(hasBatches && batchesMs && { batchesMs: batchesMs.map((ms) => Number(ms.toFixed(1))) }),
  }));
}
