import { allOfOurs, oneDelete, USUAL_RECIPE } from '../contenders/index';
import { shapeOf } from '../shapes';
import { type Scenario, timings } from './scenario';

/** Measures a purge while a long report or a forgotten transaction keeps the database from cleaning up after it. */
export const snapshot: Scenario = (bench) => {
  const { bundlePath, options } = bench;
  const shape = shapeOf('most', options.rows);
  const pair = [oneDelete(), ...allOfOurs(bundlePath, options.variants)];
  const all = options.pair ? pair : [...pair, USUAL_RECIPE];
  return timings(bench, { scenario: 'snapshot', shape, snapshot: true }, all);
};
