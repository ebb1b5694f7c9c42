import {
  CRON,
  DAY_MINUTES,
  FIELDS,
  type Field,
  isField,
  runDays,
  timesOfDay,
  valuesOf,
  WEEKDAYS,
} from './cron';
import { cronPattern } from './cron-pattern';
import type { Rule } from './rule';
import { shown } from './text';

const MINUTES = { minute: 1, hour: 60, day: DAY_MINUTES } as const;

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
/** The number and its unit as EventBridge wants them. */
const RATE_PATTERN = String.raw`rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)`;
const WHOLE_RATE = new RegExp(`^${RATE_PATTERN}$`);

/** Nobody had this package in an earlier year. The clock does not decide: an app that was taken once would be refused later. */
const FIRST_YEAR = 2026;

/** The years in which a `cron` runs, without those that were over before there was this package. */
function yearsOf(year: string): readonly number[] {
  return [...(valuesOf(year, FIELDS.years) ?? [])].filter((each) => each >= FIRST_YEAR);
}

/** The days are of five years, of which two are leap years, so that any other day comes more often. */
const isLeapDayOnly = (days: readonly number[] | undefined) => days?.length === 2;

const isLeapYear = (year: number) => new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;

/** What is wrong with the fields of a `cron`; `undefined` if nothing is. */
function fieldMistake(fields: readonly string[]): string | undefined {
  for (const [index, field] of Object.values(FIELDS).entries()) {
    const text = fields[index] ?? '';
    if (isField(text, field)) continue;
    const { name, min, max, names } = field as Field;
    const words = names === undefined ? '' : ` or ${names[0]} to ${names.at(-1)}`;
    return `its ${name} ${shown(text)} must be made of numbers from ${min} to ${max}${words}`;
  }
  const [, , day = '', month = '', weekday = '', year = ''] = fields;
  if ((day === '?') === (weekday === '?'))
    return 'its day of the month or its day of the week must be "?", and not both';
  const days = runDays(day, month, weekday);
  if (days?.length === 0)
    return `its day of the month ${shown(day)} is in no month ${shown(month)}, so it never runs`;
  const years = yearsOf(year);
  if (years.length === 0) return `its year ${shown(year)} is over, so it never runs`;
  return isLeapDayOnly(days) && !years.some(isLeapYear)
    ? `its year ${shown(year)} has no 29 February, so it never runs`
    : undefined;
}

/** What cron daemons take in place of the five fields. */
const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * SUN',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** The days of a crontab by their names, since 1 is Monday in a crontab, and Sunday here. */
const namedDays = (weekday: string) =>
  weekday.replaceAll(/[0-7]/g, (day) => WEEKDAYS[Number(day) % 7] as string);

/** How EventBridge writes a crontab; `undefined` if it is none, or has a day of the month and one of the week. */
function fromCrontab(expression: string): string | undefined {
  const crontab = NICKNAMES[expression] ?? expression.replace(/^cron\(|\)$/g, '');
  const [minutes, hours, day, month, weekday, ...more] = crontab.split(' ') as string[];
  if (weekday === undefined || more.length > 0) return undefined;
  if (weekday !== '*' && (day !== '*' || weekday.includes('/'))) return undefined;
  const days = weekday === '*' ? [day, month, '?'] : ['?', month, namedDays(weekday)];
  return `cron(${[minutes, hours, ...days, '*'].join(' ')})`;
}

/** How EventBridge writes what somebody meant; `undefined` if that is not clear. */
function correctedForm(expression: string): string | undefined {
  const tidy = expression
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replace(/ ?\( ?/, '(')
    .replace(/ \)$/, ')');
  return [tidy, fromCrontab(tidy)].find(
    (form) => form !== undefined && form !== expression && mistakeInSchedule(form) === undefined,
  );
}

/** What is wrong with an expression, or how to write it; `''` if the demand says it all, `undefined` if nothing is. */
function mistakeInSchedule(expression: string): string | undefined {
  const fields = CRON.exec(expression)?.slice(1);
  if (fields !== undefined) return fieldMistake(fields);
  if (WHOLE_RATE.test(expression)) return undefined;
  const written = correctedForm(expression);
  if (written !== undefined) return `write ${JSON.stringify(written)}`;
  return /^rate\b/.test(expression)
    ? 'write it like "rate(1 hour)" or "rate(20 minutes)", with a whole number above 0'
    : '';
}

/** A schedule of EventBridge. It wants `?` for the day of the month or for the day of the week, and refuses it for both. */
export const isSchedule: Rule = {
  holds: (value) => typeof value === 'string' && mistakeInSchedule(value) === undefined,
  demand:
    'must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week',
  explain: (expression) => mistakeInSchedule(expression) || undefined,
  pattern: `^(?:${RATE_PATTERN}|${cronPattern(FIRST_YEAR)})$`,
};

const steps = (ascending: readonly number[]) =>
  ascending.slice(1).map((value, index) => value - (ascending[index] as number));

/** Minutes from the last run of a day to the first run of the next day. */
const overnight = (times: readonly number[]) =>
  DAY_MINUTES + (times[0] as number) - (times.at(-1) as number);

function rateMinutes(expression: string): number | undefined {
  const [, count, unit] = RATE.exec(expression) ?? [];
  return unit === undefined ? undefined : Number(count) * MINUTES[unit as keyof typeof MINUTES];
}

/** The last year in which a valid schedule runs; `undefined` if it runs in the next century still. */
export function lastYear(expression: string): number | undefined {
  const last = Math.max(...yearsOf(CRON.exec(expression)?.[6] ?? '*'));
  return last < 2100 ? last : undefined;
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
