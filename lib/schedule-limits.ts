import { Duration } from 'aws-cdk-lib';
import type { Schedule } from 'aws-cdk-lib/aws-events';
import { lastYear, longestGapMinutes, shortestGapMinutes } from '../contract/schedule';

/** `most`, or the time between two runs where that is less: a run ends before the next one is due. */
export function timeoutFor({ expressionString }: Schedule, most: Duration): Duration {
  const mostMinutes = most.toMinutes();
  return Duration.minutes(
    Math.min(mostMinutes, shortestGapMinutes(expressionString) ?? mostMinutes),
  );
}

/** Lambda keeps trying to deliver an event for an hour, but no longer than until the next one is due. */
export function maxEventAge({ expressionString }: Schedule): Duration {
  return Duration.minutes(Math.min(60, longestGapMinutes(expressionString) ?? 60));
}

/**
 * A warning of runs that may work at once; `undefined` if none may, or if only the deployment knows.
 *
 * Reserved concurrency would not help: an event that it refuses ends as a dead letter, and rings an alarm.
 */
export function overlapWarning(
  { expressionString }: Schedule,
  timeout: Duration,
): string | undefined {
  const gapMinutes = shortestGapMinutes(expressionString);
  if (gapMinutes === undefined || timeout.isUnresolved()) return undefined;
  const minutes = timeout.toMinutes({ integral: false });
  const runs = Math.ceil(minutes / gapMinutes);
  return runs <= 1
    ? undefined
    : `up to ${runs} runs may work at once and add up their load: one may take ${minutes} minutes, and the next one starts after ${gapMinutes}; leave the timeout out, or make it no longer than the time between two runs`;
}

/** A warning of a schedule that ends; `undefined` if it does not, or if only the deployment knows. */
export function endWarning({ expressionString }: Schedule): string | undefined {
  const year = lastYear(expressionString);
  return year === undefined
    ? undefined
    : `no run comes after the year ${year}, and no alarm tells you so; let the year of the schedule be "*"`;
}
