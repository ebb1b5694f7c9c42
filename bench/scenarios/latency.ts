import { allOfOurs, oneDelete } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** As on loopback, and nearer to the real way. */
const DELAYS_MS = [0, 20];

/** Measures the whole stack with Data API calls that take longer than on this machine. */
export const latency: Scenario = async (bench) => {
  const { bundlePath, options } = bench;
  const both = [oneDelete(), ...allOfOurs(bundlePath, options.variants)];
  const shape = shapeOf('most', options.rows);
  const entries = [];
  for (const delayMs of DELAYS_MS)
    entries.push(...(await timings(bench, { scenario: 'latency', shape, delayMs }, both)));
  return entries;
};
