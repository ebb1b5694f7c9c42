import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Task } from '../contenders/contender';
import { MEMORY_MB } from '../contenders/function';
import { ourContender } from '../contenders/index';
import { factsOf, invokeOurs, LONG_AGO } from '../contenders/ours';
import type { Figure } from '../entry';
import { costOf } from '../prices';
import { shapeOf } from '../shapes';
import { median } from '../stats';
import { bundleSdkAlone, initTimesMs } from './init-time';
import { type Bench, originOf, type Scenario } from './scenario';

type Value = readonly [name: string, value: number, unit: Figure['unit']];

const INIT_TIMES = 15;

/** The values that do not depend on a database. */
function ofTheBundle({ bundlePath }: Bench): { values: Value[]; initMs: number } {
  const bundle = readFileSync(bundlePath);
  const sdkPath = bundleSdkAlone();
  const [ours, sdk] = initTimesMs([bundlePath, sdkPath], INIT_TIMES).map(median) as [
    number,
    number,
  ];
  return {
    initMs: ours,
    values: [
      ['bundle', bundle.length, 'bytes'],
      ['bundle, gzipped', gzipSync(bundle).length, 'bytes'],
      ['bundle of the SDK client alone', readFileSync(sdkPath).length, 'bytes'],
      ['init', ours, 'ms'],
      ['init of the SDK client alone', sdk, 'ms'],
      ['init, ours / SDK client', ours / sdk, 'x'],
    ],
  };
}

/** What a run is billed for. */
interface Run {
  readonly dataApiCalls: number;
  readonly durationMs: number;
}

/** Runs with the deployed defaults, on what expires in a day, or on nothing with a cutoff of long ago. */
async function runsOf(bench: Bench, cutoff?: Date): Promise<Run> {
  const { engine, bundlePath, options } = bench;
  const runs: Run[] = [];
  for (let round = 0; round < options.repeats; round++) {
    const target = await engine.prepare(shapeOf('hundredth', options.rows));
    const task: Task = { target, delayMs: 0, signal: new AbortController().signal };
    const invoked = await invokeOurs({ name: 'ours', bundlePath }, task, cutoff);
    runs.push({ ...factsOf(invoked), durationMs: invoked.durationMs });
  }
  return {
    dataApiCalls: median(runs.map((run) => run.dataApiCalls)),
    durationMs: median(runs.map((run) => run.durationMs)),
  };
}

/** The values of a purge of the largest table, scaled to a million rows. */
async function atAMillion(bench: Bench, initMs: number): Promise<Value[]> {
  const { lab, options, bundlePath } = bench;
  const shape = shapeOf('most', options.rows);
  const [series] = await lab.compare({ scenario: 'function', shape }, [ourContender(bundlePath)]);
  if (series?.facts === undefined) return [];
  const { facts, durationsMs } = series;
  const calls = (facts.dataApiCalls / options.rows) * 1_000_000;
  const durationMs = initMs + (median(durationsMs) / options.rows) * 1_000_000;
  const peak: Value[] = facts.peakRssMB
    ? [[`peak RSS, ${shape.label}`, facts.peakRssMB, 'MB']]
    : [];
  return [
    ...peak,
    ['calls of a million rows', calls, 'calls'],
    ['a million rows', costOf({ dataApiCalls: calls, durationMs, memoryMB: MEMORY_MB }), 'dollars'],
  ];
}

/** Measures the function itself: its size, start, memory, calls and cost. */
export const ofTheFunction: Scenario = async (bench) => {
  const { values, initMs } = ofTheBundle(bench);
  const idle = await runsOf(bench, LONG_AGO);
  const day = await runsOf(bench);
  const { label } = shapeOf('hundredth', bench.options.rows);
  const aYear = ({ dataApiCalls, durationMs }: Run) =>
    365 * costOf({ dataApiCalls, durationMs: initMs + durationMs, memoryMB: MEMORY_MB });
  const all: Value[] = [
    ...values,
    ...(await atAMillion(bench, initMs)),
    ['calls of an idle run', idle.dataApiCalls, 'calls'],
    ['idle run', idle.durationMs, 'ms'],
    [`calls of a daily run, ${label}`, day.dataApiCalls, 'calls'],
    [`daily run, ${label}, with pauses`, day.durationMs, 'ms'],
    [`a year of daily runs, ${label}`, aYear(day), 'dollars'],
    ['a year of idle runs', aYear(idle), 'dollars'],
  ];
  for (const [name, value, unit] of all)
    bench.log(`${bench.engine.name} function: ${name} ${Number(value.toPrecision(4))} ${unit}`);
  const origin = { ...originOf(bench, 'function'), contender: 'ours' };
  return all.map(([name, value, unit]) => ({ kind: 'figure', ...origin, name, value, unit }));
};
