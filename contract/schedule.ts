import { type Rule, textRule } from './rule';

const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;
const DAY_MINUTES = MINUTES.day;

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;

function hasShape(expression: string): boolean {
  const cron = CRON.exec(expression);
  if (cron !== null) return (cron[3] === '?') !== (cron[5] === '?');
  return /^rate\((1 (minute|hour|day)|(?!1 )[1-9]\d* (minutes|hours|days))\)$/.test(expression);
}

/**
 * A schedule of EventBridge. EventBridge wants `?` for the day of the month or for the day of the week, and refuses it
 * for both. What the fields of a `cron` hold is left to EventBridge.
 */
export const isSchedule: Rule = textRule(
  hasShape,
  'must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week',
);

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** Whether `?` may stand for it. */
  readonly isOptional?: true;
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const FIELDS = {
  minutes: { min: 0, max: 59 },
  hours: { min: 0, max: 23 },
  days: { min: 1, max: 31, isOptional: true },
  months: { min: 1, max: 12, names: MONTHS },
  weekdays: { min: 1, max: 7, names: WEEKDAYS, isOptional: true },
} as const;

function numberOf(text: string, { min, names }: Field): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  return named >= 0 ? named + min : Number(text);
}

/** The values that a field stands for; `undefined` if it holds more than lists, ranges and steps. */
function valuesOf(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:([*?])|(\w+?)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, any, first = '', last, step] = match;
    if (any === '?' && !field.isOptional) return undefined;
    const from = any === undefined ? numberOf(first, field) : field.min;
    const open = any !== undefined || (last === undefined && step !== undefined);
    const to = open ? field.max : numberOf(last ?? first, field);
    if (!(from >= field.min && to <= field.max && from <= to) || step === '0') return undefined;
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** The minutes of the day at which a `cron` runs, in ascending order. */
function timesOfDay(minute: string, hour: string): readonly number[] | undefined {
  const minutes = valuesOf(minute, FIELDS.minutes);
  const hours = valuesOf(hour, FIELDS.hours);
  if (minutes === undefined || hours === undefined) return undefined;
  const times = [...hours].flatMap((each) => [...minutes].map((past) => each * 60 + past));
  return times.sort((one, other) => one - other);
}

/** From leap year to leap year, so that each day of the calendar comes twice. */
const FIRST_DAY = Date.UTC(2024, 0, 1);
const DAYS = 5 * 365 + 2;

/** The days on which a `cron` runs, counted from the first one, in ascending order. */
function runDays(day: string, month: string, weekday: string): readonly number[] | undefined {
  const days = valuesOf(day, FIELDS.days);
  const months = valuesOf(month, FIELDS.months);
  const weekdays = valuesOf(weekday, FIELDS.weekdays);
  if (!days || !months || !weekdays) return undefined;
  return Array.from({ length: DAYS }, (_, index) => index).filter((index) => {
    const date = new Date(FIRST_DAY + index * DAY_MINUTES * 60_000);
    return (
      months.has(date.getUTCMonth() + 1) &&
      days.has(date.getUTCDate()) &&
      weekdays.has(date.getUTCDay() + 1)
    );
  });
}

const steps = (ascending: readonly number[]) =>
  ascending.slice(1).map((value, index) => value - (ascending[index] as number));

/** Minutes from the last run of a day to the first run of the next day. */
const overnight = (times: readonly number[]) =>
  DAY_MINUTES + (times[0] as number) - (times.at(-1) as number);

function rateMinutes(expression: string): number | undefined {
  const [, count, unit] = RATE.exec(expression) ?? [];
  return unit === undefined ? undefined : Number(count) * MINUTES[unit as keyof typeof MINUTES];
}

/**
 * The longest time between two runs of a schedule, in minutes.
 *
 * `undefined` if the expression does not say: it is no schedule, it names years, or it uses `L`, `W` or `#`, which all
 * leave weeks between two runs.
 */
export function longestGapMinutes(expression: string): number | undefined {
  const [, minute = '', hour = '', day = '', month = '', weekday = '', year] =
    CRON.exec(expression) ?? [];
  if (year === undefined) return rateMinutes(expression);
  const [times, days] = [timesOfDay(minute, hour), runDays(day, month, weekday)];
  if (!times || !days || days.length < 2 || year !== '*') return undefined;
  const betweenDays = (Math.max(...steps(days)) - 1) * DAY_MINUTES + overnight(times);
  return Math.max(...steps(times), betweenDays);
}

/**
 * The shortest time between two runs of a schedule, in minutes. Takes a `cron` as if it ran every day, so that it is a
 * day at most.
 *
 * `undefined` if the expression is no schedule.
 */
export function shortestGapMinutes(expression: string): number | undefined {
  const [, minute, hour = ''] = CRON.exec(expression) ?? [];
  if (minute === undefined) return rateMinutes(expression) || undefined;
  const times = timesOfDay(minute, hour);
  return times && Math.min(...steps(times), overnight(times));
}
