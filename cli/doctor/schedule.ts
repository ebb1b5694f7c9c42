import { shortestGapMinutes } from '../../contract/schedule';
import { type Rule, rule } from '../terminal/rules';

/**
 * Seconds between two runs of an EventBridge schedule where they are closest; of a `cron`, a day at most. `null` if the
 * text is no schedule.
 */
export function shortestGapSeconds(schedule: string): number | null {
  const minutes = shortestGapMinutes(schedule);
  return minutes === undefined ? null : minutes * 60;
}

/** A schedule of EventBridge. */
export const isSchedule: Rule = rule(
  (value) => shortestGapSeconds(value) !== null,
  "EventBridge's rate(...) or cron(...) with six fields",
  "put it in quotes, like 'cron(17 2 * * ? *)'",
);
