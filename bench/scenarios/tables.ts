import type { Task } from '../contenders/contender';
import { factsOf, invokeOurs, LONG_AGO } from '../contenders/ours';
import { shapeOf, tablesFor } from '../shapes';
import { median } from '../stats';
import { originOf, type Scenario } from './scenario';

/** The session table of every schema. */
const ALL = { SESSION_PURGE_TABLES: '*.django_session' };

/** Measures an idle run with the deployed defaults over many tables, in which nothing has expired. */
export const manyTables: Scenario = async (bench) => {
  const { engine, bundlePath, options } = bench;
  const count = tablesFor(options.rows);
  const target = await engine.prepare(shapeOf('hundredth', 1000));
  await target.addTables(count - 1);
  const task: Task = { target, delayMs: 0, signal: new AbortController().signal };
  const durationsMs: number[] = [];
  const calls: number[] = [];
  for (let round = 0; round < options.repeats; round++) {
    const invoked = await invokeOurs({ name: 'ours', bundlePath, env: ALL }, task, LONG_AGO);
    durationsMs.push(invoked.durationMs);
    calls.push(factsOf(invoked).dataApiCalls);
  }
  const [durationMs, callCount] = [median(durationsMs), median(calls)];
  bench.log(`${engine.name} tables: ${count} in ${Math.round(durationMs)} ms, ${callCount} calls`);
  const origin = { kind: 'figure', ...originOf(bench, 'tables'), contender: 'ours' } as const;
  return [
    { ...origin, name: `idle run of ${count} tables`, value: durationMs, unit: 'ms' },
    { ...origin, name: `calls of it`, value: callCount, unit: 'calls' },
  ];
};
