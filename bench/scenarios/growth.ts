import { oneDelete, ourContender } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** From 100k to 5M rows, in a run with a million. */
export const sizesAround = (rows: number): number[] => [rows / 10, rows, 5 * rows];

/** Measures whether a row costs more in a larger table. */
export const growth: Scenario = async (bench) => {
  const { bundlePath, options } = bench;
  const both = [oneDelete(), ourContender(bundlePath)];
  const entries = [];
  for (const rows of sizesAround(options.rows)) {
    const shape = shapeOf('most', rows);
    entries.push(...(await timings(bench, { scenario: 'growth', shape }, both)));
  }
  return entries;
};
