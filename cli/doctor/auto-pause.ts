import { countOf } from '../terminal/format';
import type { Finding } from './findings';
import { shortestGapSeconds } from './schedule';

/** After how many seconds without connections a cluster pauses itself; `'never'`, or `'unknown'`. */
export type IdleInterval = number | 'never' | 'unknown';

/** The shortest interval that Aurora takes. */
const SHORTEST_SECONDS = 300;

const REQUIREMENT = 'schedule';

const UNITS: readonly (readonly [noun: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** In the largest unit of which it is a whole number. */
function inWords(seconds: number): string {
  const [noun, unit] = UNITS.find(([, length]) => seconds % length === 0) ?? ['second', 1];
  return countOf(seconds / unit, noun);
}

const SPARSER = "run it less often, like 'cron(17 2 * * ? *)', or turn auto-pause off";

/** Whether the purge, run on this schedule, would keep the cluster from ever pausing itself. */
export function scheduleFinding(schedule: string, idle: IdleInterval): Finding {
  const gap = shortestGapSeconds(schedule) ?? 0;
  const runs = `runs come as close as ${inWords(gap)}`;
  if (idle === 'never') {
    const detail = `${runs}; the cluster does not pause itself`;
    return { requirement: REQUIREMENT, state: 'ok', detail, fix: null };
  }
  if (idle === 'unknown') {
    const isTooDense = gap < SHORTEST_SECONDS;
    const detail = isTooDense
      ? `${runs}: a cluster that pauses itself would never do so`
      : `${runs}; whether and when the cluster pauses itself is not known`;
    return {
      requirement: REQUIREMENT,
      state: isTooDense ? 'warning' : 'unknown',
      detail,
      fix: isTooDense ? SPARSER : null,
    };
  }
  const after = `the cluster pauses itself after ${inWords(idle)} without connections`;
  return gap <= idle
    ? {
        requirement: REQUIREMENT,
        state: 'warning',
        detail: `${runs}, and ${after}: it never will`,
        fix: SPARSER,
      }
    : {
        requirement: REQUIREMENT,
        state: 'ok',
        detail: `${runs}, and ${after}: each run wakes it`,
        fix: null,
      };
}
