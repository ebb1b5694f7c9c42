import { setTimeout as sleep } from 'node:timers/promises';
import { latencyWithin, nowMs, type Sample, type Window } from '../application/latency';
import { startLoad } from '../application/load';
import type { Contender } from '../contenders/contender';
import { allOfOurs, oneDelete, USUAL_RECIPE } from '../contenders/index';
import type { UnderLoad } from '../entry';
import { purgeWithin } from '../lab';
import { shapeOf } from '../shapes';
import { type Bench, originOf, type Scenario } from './scenario';

/** The time until connections, caches and the application's own code are warm. */
const WARM_UP_MS = 2000;

/** How long the application works alone before each purge. */
const IDLE_MS = 3000;

/** When a purge is stopped: by then it is known what the purge does to the application. */
const LIMIT_MS = 20_000;

/** A purge of one second has few operations beside it, and of those the p99 is one of the slowest three. */
const ROUNDS = 2;

/** One purge during which the application works. */
interface Trial {
  readonly samples: readonly Sample[];
  readonly errors: number;
  readonly idle: Window;
  readonly purge: Window;
  readonly stoppedAtMs?: number;
}

async function trial(bench: Bench, contender: Contender): Promise<Trial> {
  const { engine, options } = bench;
  const target = await engine.prepare(shapeOf('most', options.rows));
  const load = await startLoad(target, options.rate);
  await sleep(WARM_UP_MS);
  const idleFromMs = nowMs();
  await sleep(IDLE_MS);
  const idle = { fromMs: idleFromMs, toMs: nowMs() };
  const purged = await purgeWithin(LIMIT_MS, contender, { target, delayMs: 0 });
  const { startedAtMs, durationMs, stoppedAtMs } = purged;
  const purge = { fromMs: startedAtMs, toMs: startedAtMs + durationMs };
  const { samples, errors } = await load.stop();
  return { samples, errors, idle, purge, ...(stoppedAtMs !== undefined && { stoppedAtMs }) };
}

function underLoadOf(bench: Bench, { name }: Contender, trials: readonly Trial[]): UnderLoad {
  const samples = trials.flatMap((it) => it.samples);
  const stopped = trials.find((it) => it.stoppedAtMs !== undefined);
  return {
    kind: 'under-load',
    ...originOf(bench, 'application'),
    contender: name,
    label: shapeOf('most', bench.options.rows).label,
    idle: latencyWithin(
      samples,
      trials.map(({ idle }) => idle),
    ),
    underLoad: latencyWithin(
      samples,
      trials.map(({ purge }) => purge),
    ),
    errors: trials.reduce((sum, { errors }) => sum + errors, 0),
    purgesMs: trials.map(({ purge }) => purge.toMs - purge.fromMs),
    ...(stopped?.stoppedAtMs !== undefined && { stoppedAtMs: stopped.stoppedAtMs }),
  };
}

/** Measures how a purge slows down the application, which first works alone for a while. */
export const application: Scenario = async (bench) => {
  const contenders = [
    oneDelete({ isWarm: true }),
    // Warm, because on AWS its process starts on another machine than the database and the application.
    ...allOfOurs(bench.bundlePath, bench.options.variants, { env: {}, isWarm: true }),
    ...(bench.options.pair ? [] : [USUAL_RECIPE]),
  ];
  const trials = contenders.map((): Trial[] => []);
  for (let round = 0; round < ROUNDS * bench.options.repeats; round++) {
    for (const [index, contender] of contenders.entries()) {
      const done = trials[index] as Trial[];
      if (done.some(({ stoppedAtMs }) => stoppedAtMs !== undefined)) continue;
      done.push(await trial(bench, contender));
      const { p99Ms, maxMs } = underLoadOf(bench, contender, done).underLoad;
      const latency = `p99 ${p99Ms.toFixed(1)} ms, max ${maxMs.toFixed(0)} ms`;
      bench.log(`${bench.engine.name} application: ${contender.name} ${latency}`);
    }
  }
  return contenders.map((contender, index) =>
    underLoadOf(bench, contender, trials[index] as Trial[]),
  );
};
