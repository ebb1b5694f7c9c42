import { ourContender } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** On loopback, within a region, and from afar. */
const DELAYS_MS = [0, 10, 30];

/** Ours, while each call of the Data API takes longer than on this machine. */
export const latency: Scenario = async (bench) => {
  const { bundlePath, options } = bench;
  const ours = [ourContender(bundlePath)];
  const shape = shapeOf('most', options.rows);
  const entries = [];
  for (const delayMs of DELAYS_MS)
    entries.push(...(await timings(bench, { scenario: 'latency', shape, delayMs }, ours)));
  return entries;
};
