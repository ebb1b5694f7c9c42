import { ourContender, RAW_DELETE } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

const SIZES = [100_000, 1_000_000];

/** The number of rows, and the smaller ones to compare with: 100k and 1M, or a tenth in a small run. */
export function sizesUpTo(rows: number): number[] {
  const smaller = SIZES.filter((size) => size < rows);
  return [...(smaller.length > 0 ? smaller : [rows / 10]), rows];
}

/** Measures whether a row costs more in a larger table. */
export const growth: Scenario = async (bench) => {
  const { bundlePath, options } = bench;
  const both = [RAW_DELETE, ourContender(bundlePath)];
  const entries = [];
  for (const rows of sizesUpTo(options.rows)) {
    const shape = shapeOf('most', rows);
    entries.push(...(await timings(bench, { scenario: 'growth', shape }, both)));
  }
  return entries;
};
