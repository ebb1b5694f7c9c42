import type { Rule } from './rule';

const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;
const DAY_MINUTES = MINUTES.day;

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
/** The number and its unit as EventBridge wants them. */
const RATE_PATTERN = String.raw`rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)`;
const WHOLE_RATE = new RegExp(`^${RATE_PATTERN}$`);
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** What may stand in its list beside values, ranges and steps. Such a field may also be `?`. */
  readonly special?: RegExp;
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const FIELDS = {
  minutes: { name: 'minutes', min: 0, max: 59 },
  hours: { name: 'hours', min: 0, max: 23 },
  days: {
    name: 'day of the month',
    min: 1,
    max: 31,
    special: /^(LW?|L-([1-9]|[12]\d|30)|([1-9]|[12]\d|3[01])W)$/,
  },
  months: { name: 'month', min: 1, max: 12, names: MONTHS },
  weekdays: {
    name: 'day of the week',
    min: 1,
    max: 7,
    names: WEEKDAYS,
    special: new RegExp(`^(([1-7]|${WEEKDAYS.join('|')})(L|#[1-5])|L)$`, 'i'),
  },
  years: { name: 'year', min: 1970, max: 2199 },
} as const satisfies Readonly<Record<string, Field>>;

function numberOf(text: string, { min, names }: Field): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return named + min;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** One part of a field's list: the values from `from` to `to`, every `step`. A range may go past the field's end. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** The span that a part of a list means; `undefined` if it means none. */
function spanOf(part: string, field: Field): Span | undefined {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (match === null) return undefined;
  const [, any, first = '', last, step] = match;
  const from = any === undefined ? numberOf(first, field) : field.min;
  const isOpen = any !== undefined || (last === undefined && step !== undefined);
  const to = isOpen ? field.max : numberOf(last ?? first, field);
  const isWithin = [from, to].every((value) => value >= field.min && value <= field.max);
  return isWithin && step !== '0' ? { from, to, step: Number(step ?? 1) } : undefined;
}

const isLeftOut = (text: string, { special }: Field) => text === '?' && special !== undefined;

function isField(text: string, field: Field): boolean {
  const parts = text.split(',');
  const isPart = (part: string) => field.special?.test(part) || spanOf(part, field) !== undefined;
  return isLeftOut(text, field) || parts.every(isPart);
}

/** The values that a field stands for, also of a range like FRI-MON; `undefined` if it holds more than lists, steps and ranges. */
function valuesOf(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of (isLeftOut(text, field) ? '*' : text).split(',')) {
    const span = spanOf(part, field);
    if (span === undefined) return undefined;
    const size = field.max - field.min + 1;
    const end = span.from > span.to ? span.to + size : span.to;
    for (let value = span.from; value <= end; value += span.step) {
      values.add(field.min + ((value - field.min) % size));
    }
  }
  return values;
}

/** What is wrong with the fields of a `cron`; `undefined` if nothing is. */
function fieldMistake(fields: readonly string[]): string | undefined {
  for (const [index, field] of Object.values(FIELDS).entries()) {
    const text = fields[index] ?? '';
    if (isField(text, field)) continue;
    const { name, min, max, names } = field as Field;
    const words = names === undefined ? '' : ` or ${names[0]} to ${names.at(-1)}`;
    return `its ${name} ${JSON.stringify(text)} must be made of numbers from ${min} to ${max}${words}`;
  }
  const [, , day = '', month = '', weekday = ''] = fields;
  if ((day === '?') === (weekday === '?'))
    return 'its day of the month or its day of the week must be "?", and not both';
  return runDays(day, month, weekday)?.length === 0
    ? `its day of the month ${JSON.stringify(day)} is in no month ${JSON.stringify(month)}, so it never runs`
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

/** Any field of a `cron`, without a look at its numbers; a `?` leaves out a day. */
const ANY_FIELD = '[0-9A-Za-z,*/#-]+';

const CRON_PATTERN = String.raw`cron\(F F (?:F F \?|\? F F) F\)`.replaceAll('F', ANY_FIELD);

/** A schedule of EventBridge. It wants `?` for the day of the month or for the day of the week, and refuses it for both. */
export const isSchedule: Rule = {
  holds: (value) => typeof value === 'string' && mistakeInSchedule(value) === undefined,
  demand:
    'must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week',
  explain: (expression) => mistakeInSchedule(expression) || undefined,
  pattern: `^(?:${RATE_PATTERN}|${CRON_PATTERN})$`,
};

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
