import { oneDelete, ourContender } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** Measures a shuffled heap. Not on InnoDB, which always keeps rows in the order of their random keys. */
export const shuffled: Scenario = async (bench) => {
  const { engine, bundlePath, options } = bench;
  if (engine.name !== 'postgresql') return [];
  const both = [oneDelete(), ourContender(bundlePath)];
  const entries = [];
  for (const key of ['most', 'tenth'] as const) {
    const shape = shapeOf(key, options.rows, 'shuffled');
    entries.push(...(await timings(bench, { scenario: 'shuffled', shape }, both)));
  }
  return entries;
};
