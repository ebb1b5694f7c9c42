import { ourContender, RAW_DELETE, USUAL_RECIPE } from '../contenders/index';
import { SHAPE_KEYS, shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** Measures every contender on tables of which most, little and hardly anything has expired. */
export const throughput: Scenario = async (bench) => {
  const { bundlePath, tools, options } = bench;
  const warm = ourContender(bundlePath, { suffix: ', warm', isWarm: true });
  const all = [RAW_DELETE, ourContender(bundlePath), USUAL_RECIPE, ...tools];
  const entries = [];
  // On small tables, most of the time goes into compiling code in the first invocation of a process.
  for (const key of SHAPE_KEYS) {
    const conditions = { scenario: 'throughput', shape: shapeOf(key, options.rows) } as const;
    entries.push(...(await timings(bench, conditions, key === 'most' ? all : [...all, warm])));
  }
  return entries;
};
