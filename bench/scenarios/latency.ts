import { ourContenders } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** On loopback, within a region, and from afar. */
const DELAYS_MS = [0, 10, 30];

/** Ours, while each call of the Data API takes longer than on this machine. */
export const latency: Scenario = async (bench) => {
  const { engine, bundlePath, options } = bench;
  const shape = shapeOf('most', options.rows);
  const all = ourContenders(engine.name, bundlePath);
  const entries = [];
  for (const delayMs of DELAYS_MS)
    entries.push(...(await timings(bench, { scenario: 'latency', shape, delayMs }, all)));
  return entries;
};
