import type { Duration } from 'aws-cdk-lib';

/**
 * How far back an alarm can look, which is its period times the number of periods: a week for periods of an hour or
 * more. For shorter periods the limit is a day, which one or two of them never reach.
 */
const LONGEST_LOOK_MINUTES = 7 * 24 * 60;

interface Shortfall {
  /** How the alarm does less than it should, as a sentence; absent if it does all. */
  readonly shortfall?: string;
}

function apart(gapMinutes: number | undefined): string {
  if (gapMinutes === undefined) return 'the schedule does not say how far apart two runs are';
  const days = Math.round((10 * gapMinutes) / 1440) / 10;
  return `up to ${days} days lie between two runs, and a CloudWatch alarm looks back 7 days at most`;
}

/**
 * How long to wait for a success: two periods of the schedule, and the time that a run may take, since a success is
 * counted when its run ends. `minutes` is `undefined` if CloudWatch cannot even wait for one period.
 */
export function successWindow(
  gapMinutes: number | undefined,
  timeoutMinutes: number,
): Shortfall & { readonly minutes: number | undefined } {
  const cause = apart(gapMinutes);
  if (gapMinutes === undefined || gapMinutes + timeoutMinutes > LONGEST_LOOK_MINUTES) {
    return {
      minutes: undefined,
      shortfall: `there is no alarm on missing runs: ${cause}; nothing tells you of a rule that is disabled or a purge that is switched off; let it run every three days or more often, since a run with nothing to delete costs the database next to nothing`,
    };
  }
  const minutes = Math.ceil(2 * gapMinutes + timeoutMinutes);
  if (minutes <= LONGEST_LOOK_MINUTES) return { minutes };
  return {
    minutes: LONGEST_LOOK_MINUTES,
    shortfall: `the alarm on missing runs sounds after one period of the schedule, not two: ${cause}`,
  };
}

const inHours = (minutes: number) => `${Math.round(minutes / 6) / 10} hours`;

/**
 * The window as given. It should have room for a period of the schedule and a run. Throws an `Error` under the construct's
 * path if CloudWatch cannot wait for so long.
 */
export function givenWindow(
  window: Duration,
  gapMinutes: number | undefined,
  timeoutMinutes: number,
  path: string,
): Shortfall & { minutes: number } {
  const minutes = window.toMinutes({ integral: false });
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_LOOK_MINUTES) {
    throw new Error(
      `${path}: noSuccessWindow must be a whole number of minutes from 1 to ${LONGEST_LOOK_MINUTES}, got ${minutes}`,
    );
  }
  if (gapMinutes === undefined || minutes >= gapMinutes + timeoutMinutes) return { minutes };
  return {
    minutes,
    shortfall: `the alarm on missing runs may sound although no run is missing: noSuccessWindow is ${inHours(minutes)}, and up to ${inHours(gapMinutes)} lie between two runs, of which each may take ${inHours(timeoutMinutes)}; let the window be longer, or the purge run more often`,
  };
}

/** How many runs in a row have to leave a backlog before the alarm sounds, and the time between them. */
export function backlogWindow(
  gapMinutes: number | undefined,
): Shortfall & { readonly minutes: number; readonly runs: number } {
  if (gapMinutes !== undefined && 2 * gapMinutes <= LONGEST_LOOK_MINUTES) {
    return { minutes: gapMinutes, runs: 2 };
  }
  return {
    minutes: 24 * 60,
    runs: 1,
    shortfall: `the alarm on the backlog sounds after one run, not two in a row: ${apart(gapMinutes)}`,
  };
}
