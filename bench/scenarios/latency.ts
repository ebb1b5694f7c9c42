import { ourContender } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** As on loopback, within a region, and from far away. */
const DELAYS_MS = [0, 10, 30];

/** Measures ours with Data API calls that take longer than on this machine. */
export const latency: Scenario = async (bench) => {
  const { bundlePath, options } = bench;
  const ours = [ourContender(bundlePath)];
  const shape = shapeOf('most', options.rows);
  const entries = [];
  for (const delayMs of DELAYS_MS)
    entries.push(...(await timings(bench, { scenario: 'latency', shape, delayMs }, ours)));
  return entries;
};
