import type { Contender, Facts, Finding } from './contenders/contender';
import { asText, type Engine, type Target } from './engines/engine';
import type { ScenarioName } from './options';
import type { Tell } from './progress';
import type { Shape } from './shapes';

/** Under which conditions contenders are compared. */
export interface Conditions {
  readonly scenario: ScenarioName;
  readonly shape: Shape;
  /** Of each call of the Data API. @default 0 */
  readonly delayMs?: number;
  /** Whether a transaction that is older than the purge stays open beside it. @default false */
  readonly snapshot?: boolean;
}

/** The runs of one contender. */
export interface Series {
  readonly contender: string;
  readonly durationsMs: number[];
  stoppedAtMs?: number;
  facts?: Facts;
}

/** Where contenders are measured. */
export interface Lab {
  /**
   * Measures each contender on tables that are the same, in turn: A B A B. What was measured under these conditions
   * before is not measured again.
   *
   * @throws {Error} when one of them fails, or leaves another table than it should
   */
  compare(conditions: Conditions, contenders: readonly Contender[]): Promise<Series[]>;
}

/** Longer than this for a million rows, or for less, and it is stopped. */
const LIMIT_MS = 60_000;

/** A contender that took longer than this in all is not run again: that would tell little, for much time. */
const ENOUGH_MS = 15_000;

/** What is left of a table. */
interface Left {
  readonly expired: number;
  readonly live: number;
}

/** Counts, by the superuser: nobody has to believe a contender. */
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

/** A contender's time, and what it left. */
interface Purged extends Finding {
  readonly left: Left;
  /** There when it was stopped before it was done. */
  readonly stoppedAtMs?: number;
}

/**
 * Runs a contender with an end to its time.
 *
 * @throws {Error} when it fails, or leaves expired rows without having been stopped
 */
export async function purgeWithin(
  limitMs: number,
  contender: Contender,
  task: { readonly target: Target; readonly delayMs: number },
): Promise<Purged> {
  const stopping = new AbortController();
  const timer = setTimeout(() => stopping.abort(), limitMs);
  try {
    const finding = await contender.purge({ ...task, signal: stopping.signal });
    const left = await countLeft(task.target);
    if (left.expired === 0) return { ...finding, left };
    if (stopping.signal.aborted) return { ...finding, left, stoppedAtMs: limitMs };
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
  const purged = await purgeWithin(limitMs, contender, { target, delayMs });
  await release();
  const { live } = purged.left;
  if (live !== shape.live)
    throw new Error(`${contender.name} left ${live} of ${shape.live} live rows`);
  return purged;
}

const isOver = ({ durationsMs, stoppedAtMs }: Series): boolean =>
  stoppedAtMs !== undefined || durationsMs.reduce((sum, ms) => sum + ms, 0) > ENOUGH_MS;

/** A lab on one engine. */
export function openLab(engine: Engine, repeats: number, tell: Tell): Lab {
  const known = new Map<string, Series>();
  const seriesOf = (contender: Contender, conditions: Conditions): Series => {
    const { shape, delayMs = 0, snapshot = false } = conditions;
    const { label, order } = shape;
    const key = JSON.stringify([contender.name, label, order, delayMs, snapshot]);
    const series = known.get(key) ?? { contender: contender.name, durationsMs: [] };
    known.set(key, series);
    return series;
  };
  const run = async (contender: Contender, conditions: Conditions, series: Series) => {
    const { durationMs, stoppedAtMs, facts } = await trial(engine, contender, conditions);
    series.durationsMs.push(durationMs);
    if (stoppedAtMs !== undefined) series.stoppedAtMs = stoppedAtMs;
    if (facts !== undefined) series.facts = facts;
    const { scenario, shape, delayMs } = conditions;
    const where = `${engine.name} ${scenario} ${shape.label}${delayMs ? ` +${delayMs} ms` : ''}`;
    tell(`${where}: ${contender.name} ${(durationMs / 1000).toFixed(2)} s`);
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
