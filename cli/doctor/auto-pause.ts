import type { Finding } from '../../contract/report';
import { shortestGapMinutes } from '../../contract/schedule';
import { countOf } from '../terminal/format';
import { finding } from './finding';

/** Seconds without connections after which a cluster pauses itself; `'never'`, or `'unknown'`. */
export type IdleInterval = number | 'never' | 'unknown';

/** The shortest interval that Aurora takes. */
const SHORTEST_SECONDS = 300;

const UNITS: readonly (readonly [noun: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** In the largest unit that it is a whole number of. */
function inWords(seconds: number): string {
  const [noun, unit] = UNITS.find(([, length]) => seconds % length === 0) ?? ['second', 1];
  return countOf(seconds / unit, noun);
}

const RUN_LESS_OFTEN = "run it less often, like 'cron(17 2 * * ? *)', or turn auto-pause off";

const ok = (detail: string) => finding('schedule', 'ok', detail);
const warning = (detail: string) => finding('schedule', 'warning', detail, RUN_LESS_OFTEN);

/** Whether the purge, run on this schedule, would keep the cluster from ever pausing itself. */
export function scheduleFinding(schedule: string, idle: IdleInterval): Finding {
  const gap = 60 * (shortestGapMinutes(schedule) ?? 0);
  const runs = `runs come as close as ${inWords(gap)}`;
  if (idle === 'never') return ok(`${runs}; the cluster does not pause itself`);
  if (idle === 'unknown')
    return gap < SHORTEST_SECONDS
      ? warning(`${runs}: a cluster that pauses itself would never do so`)
      : finding(
          'schedule',
          'unknown',
          `${runs}; whether and when the cluster pauses itself is not known`,
        );
  const both = `${runs}, and the cluster pauses itself after ${inWords(idle)} without connections`;
  return gap <= idle ? warning(`${both}: it never will`) : ok(`${both}: each run wakes it`);
}
