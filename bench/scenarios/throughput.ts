import { allOfOurs, oneDelete, USUAL_RECIPE } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** Measures every contender on tables of which most, little and hardly anything has expired. */
export const throughput: Scenario = async (bench) => {
  const { bundlePath, tools, options } = bench;
  const pair = [oneDelete(), ...allOfOurs(bundlePath, options.variants)];
  const all = options.pair ? pair : [...pair, USUAL_RECIPE, ...tools];
  const entries = [];
  for (const key of options.shapes)
    entries.push(
      ...(await timings(bench, { scenario: 'throughput', shape: shapeOf(key, options.rows) }, all)),
    );
  return entries;
};
