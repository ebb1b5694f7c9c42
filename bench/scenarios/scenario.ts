import type { Contender } from '../contenders/contender';
import type { Engine } from '../engines/engine';
import type { Conditions, Lab, Series } from '../lab';
import type { Options, ScenarioName } from '../options';
import type { Tell } from '../progress';
import type { Entry, Timing } from '../results';

/** All that a scenario works with. */
export interface Bench {
  readonly engine: Engine;
  readonly lab: Lab;
  readonly options: Options;
  /** A copy of the bundle, which nobody changes meanwhile. */
  readonly bundlePath: string;
  /** Other people's programs that are installed. */
  readonly tools: readonly Contender[];
  readonly tell: Tell;
  readonly commit: string;
}

/** What is measured together. */
export type Scenario = (bench: Bench) => Promise<readonly Entry[]>;

/** What every entry says of where it comes from. */
export function originOf({ engine, options, commit }: Bench, scenario: ScenarioName) {
  const measuredAt = new Date().toISOString().slice(0, 16).concat('Z');
  return { engine: engine.name, scenario, scale: options.rows, measuredAt, commit };
}

/** Compares contenders in the lab, as entries. */
export async function timings(
  bench: Bench,
  conditions: Conditions,
  contenders: readonly Contender[],
): Promise<Timing[]> {
  const series = await bench.lab.compare(conditions, contenders);
  const { scenario, shape, delayMs = 0 } = conditions;
  const { key, label, expired, order } = shape;
  return series.map((one: Series) => ({
    kind: 'timing',
    ...originOf(bench, scenario),
    ...{ shape: key, label, expired, order, delayMs },
    ...one,
  }));
}
