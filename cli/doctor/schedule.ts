import { type Rule, rule } from '../terminal/rules';

const UNIT_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

const DAY_SECONDS = 86_400;

/** The values of one field of a cron expression; empty where it is none. */
function valuesOf(field: string, count: number): number[] {
  const values = field.split(',').flatMap((part) => {
    const [, all, from = '0', to, step] =
      /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (all === undefined && from === '0' && !/^0/.test(part)) return [Number.NaN];
    const first = Number(from);
    const last = to !== undefined ? Number(to) : all || step ? count - 1 : first;
    const every = Number(step ?? 1);
    if (every < 1 || first >= count || last >= count || last < first) return [Number.NaN];
    return Array.from(
      { length: Math.floor((last - first) / every) + 1 },
      (_, at) => first + at * every,
    );
  });
  return values.some(Number.isNaN) ? [] : [...new Set(values)].sort((a, b) => a - b);
}

/** A day at most: on which days it runs does not bring two runs of one day closer to each other. */
function cronGapSeconds(fields: readonly string[]): number | null {
  const [minute = '', hour = ''] = fields;
  const minutes = valuesOf(minute, 60);
  const times = valuesOf(hour, 24).flatMap((at) => minutes.map((past) => at * 3600 + past * 60));
  const [first] = times;
  if (fields.length !== 6 || first === undefined) return null;
  const following = [...times.slice(1), first + DAY_SECONDS];
  return Math.min(...times.map((time, at) => (following[at] ?? 0) - time));
}

/**
 * Seconds between two runs of an EventBridge schedule where they are closest; of a `cron`, a day at most. `null`: it
 * is none.
 */
export function shortestGapSeconds(schedule: string): number | null {
  const [, value, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  if (value !== undefined) return Number(value) * (UNIT_SECONDS[unit] ?? 0) || null;
  const [, expression] = /^cron\((.*)\)$/.exec(schedule) ?? [];
  return expression === undefined ? null : cronGapSeconds(expression.trim().split(/\s+/));
}

/** A schedule of EventBridge. */
export const isSchedule: Rule = rule(
  (value) => shortestGapSeconds(value) !== null,
  "EventBridge's rate(...) or cron(...) with six fields",
  "put it in quotes, like 'cron(17 2 * * ? *)'",
);
