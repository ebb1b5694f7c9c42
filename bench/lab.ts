import type { Contender, Measurement } from './contenders/contender';
import { startCounting } from './cost';
import { asText, type Engine, type Target } from './engines/engine';
import type { Cost, Facts, ScenarioName } from './entry';
import { seconds } from './markdown';
import type { Log } from './progress';
import type { Shape } from './shapes';

/** The conditions under which contenders are compared. */
export interface Conditions {
  readonly scenario: ScenarioName;
  readonly shape: Shape;
  /** Added to each Data API call. @default 0 */
  readonly delayMs?: number;
  /** Whether a transaction that began before the purge stays open. @default false */
  readonly snapshot?: boolean;
}

/** The runs of one contender. */
export interface Series {
  readonly contender: string;
  readonly durationsMs: number[];
  readonly costs: Cost[];
  batchesMs?: readonly number[];
  stoppedAtMs?: number;
  facts?: Facts;
}

/** Measures contenders on one engine. */
export interface Lab {
  /**
   * Measures each contender on identical tables, taking turns: A B A B. Reuses what was measured under the same
   * conditions before.
   *
   * @throws {Error} when a contender fails, or leaves other rows than it should
   */
  compare(conditions: Conditions, contenders: readonly Contender[]): Promise<Series[]>;
}

/** The time after which a contender is stopped. Tables of more than a million rows get proportionally more. */
const LIMIT_MS = 60_000;

/** A contender that took longer than this in all is not run again, because that would add little and take long. */
const ENOUGH_MS = 15_000;

/** The rows that are left in a table. */
interface Left {
  readonly expired: number;
  readonly live: number;
}

/** Counts the rows as superuser, so that no contender's own report has to be trusted. */
async function countLeft({ connect, cutoff, engine }: Target): Promise<Left> {
  const connection = await connect();
  const instant = engine === 'postgresql' ? "$1::timestamp AT TIME ZONE 'UTC'" : '?';
  const count = async (comparison: string) => {
    const sql = `SELECT COUNT(*) FROM django_session WHERE expire_date ${comparison} ${instant}`;
    return Number((await connection.query(sql, [asText(cutoff)])).value);
  };
  try {
    return { expired: await count('<'), live: await count('>=') };
  } finally {
    await connection.end();
  }
}

/** The time of a contender, and the rows that it left. */
interface Purged extends Measurement {
  readonly left: Left;
  /** Only if it was stopped before it was done. */
  readonly stoppedAtMs?: number;
}

/**
 * Runs a contender, and stops it when its time is up.
 *
 * @param afterwards called when the contender was not stopped, before its rows are counted
 * @throws {Error} when it fails, or leaves expired rows although it was not stopped
 */
export async function purgeWithin(
  limitMs: number,
  contender: Contender,
  task: { readonly target: Target; readonly delayMs: number },
  afterwards: (measurement: Measurement) => Promise<void> = async () => {},
): Promise<Purged> {
  const stopping = new AbortController();
  const timer = setTimeout(() => stopping.abort(), limitMs);
  try {
    const measurement = await contender.purge({ ...task, signal: stopping.signal });
    const wasStopped = stopping.signal.aborted || measurement.wasCutOff === true;
    if (!wasStopped) await afterwards(measurement);
    const left = await countLeft(task.target);
    if (left.expired === 0) return { ...measurement, left };
    if (wasStopped)
      return { ...measurement, left, stoppedAtMs: Math.min(limitMs, measurement.durationMs) };
    throw new Error(`${contender.name} left ${left.expired} expired rows`);
  } finally {
    clearTimeout(timer);
  }
}

async function trial(engine: Engine, contender: Contender, conditions: Conditions) {
  const { shape, delayMs = 0, snapshot = false } = conditions;
  const target = await engine.prepare(shape);
  const release = snapshot ? await target.holdSnapshot() : async () => {};
  const limitMs = LIMIT_MS * Math.max(1, shape.expired / 1_000_000);
  let cost: Cost | undefined;
  const costFrom = startCounting(target, release);
  const task = { target, delayMs };
  const purged = await purgeWithin(limitMs, contender, task, async ({ startedAtMs }) => {
    cost = await costFrom(startedAtMs);
  });
  if (cost === undefined) await release();
  const { live } = purged.left;
  if (live !== shape.live)
    throw new Error(`${contender.name} left ${live} of ${shape.live} live rows`);
  return { ...purged, cost };
}

const isOver = ({ durationsMs, stoppedAtMs }: Series): boolean =>
  stoppedAtMs !== undefined || durationsMs.reduce((sum, ms) => sum + ms, 0) > ENOUGH_MS;

const inWords = ({ cpuMs, cpuWithCleanUpMs, settledMs }: Cost): string => {
  const settled = `settled after ${seconds(settledMs)} s`;
  if (cpuMs === undefined || cpuWithCleanUpMs === undefined) return settled;
  return `CPU ${seconds(cpuMs)} s, ${seconds(cpuWithCleanUpMs)} s with clean-up, ${settled}`;
};

/** Opens a lab on one engine. */
export function openLab(engine: Engine, repeats: number, log: Log): Lab {
  const known = new Map<string, Series>();
  const seriesOf = (contender: Contender, conditions: Conditions): Series => {
    const { shape, delayMs = 0, snapshot = false } = conditions;
    const { label, order } = shape;
    const key = JSON.stringify([contender.name, label, order, delayMs, snapshot]);
    const series = known.get(key) ?? { contender: contender.name, durationsMs: [], costs: [] };
    known.set(key, series);
    return series;
  };
  const run = async (contender: Contender, conditions: Conditions, series: Series) => {
    const { durationMs, cost, batchesMs, stoppedAtMs, facts } = await trial(
      engine,
      contender,
      conditions,
    );
    series.durationsMs.push(durationMs);
    if (cost !== undefined) series.costs.push(cost);
    if (batchesMs !== undefined) series.batchesMs = batchesMs;
    if (stoppedAtMs !== undefined) series.stoppedAtMs = stoppedAtMs;
    if (facts !== undefined) series.facts = facts;
    const { scenario, shape, delayMs } = conditions;
    const where = `${engine.name} ${scenario} ${shape.label}${delayMs ? ` +${delayMs} ms` : ''}`;
    log(`${where}: ${contender.name} ${seconds(durationMs)} s${cost ? `, ${inWords(cost)}` : ''}`);
  };
  return {
    async compare(conditions, contenders) {
      const all = contenders.map((contender) => seriesOf(contender, conditions));
      for (let round = 0; round < repeats; round++) {
        for (const [index, contender] of contenders.entries()) {
          const series = all[index] as Series;
          if (series.durationsMs.length > round || isOver(series)) continue;
          await run(contender, conditions, series);
        }
      }
      return all;
    },
  };
}
