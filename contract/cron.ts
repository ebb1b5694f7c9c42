/** How the fields of a `cron` of EventBridge are read. */

/** The minutes of a day. */
export const DAY_MINUTES = 1440;

/** An expression, with its fields as groups. */
export const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;

/** What one of the six fields may hold. */
export interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** What may stand in its list beside values, ranges and steps, in any case. Such a field may also be `?`. */
  readonly special?: RegExp;
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
/** The days of the week; Sunday is 1. */
export const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

/** The fields, in their order. */
export const FIELDS = {
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
  return isWithin && Number(step ?? 1) > 0 ? { from, to, step: Number(step ?? 1) } : undefined;
}

const isLeftOut = (text: string, { special }: Field) => text === '?' && special !== undefined;

/** Whether a text is one of this field. */
export function isField(text: string, field: Field): boolean {
  const parts = text.split(',');
  const isPart = (part: string) => field.special?.test(part) || spanOf(part, field) !== undefined;
  return isLeftOut(text, field) || parts.every(isPart);
}

/** The values that a field stands for, also of a range like FRI-MON; `undefined` if it holds more than lists, steps and ranges. */
export function valuesOf(text: string, field: Field): Set<number> | undefined {
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

/** The minutes of the day at which a `cron` runs, in ascending order. */
export function timesOfDay(minute: string, hour: string): readonly number[] | undefined {
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
export function runDays(
  day: string,
  month: string,
  weekday: string,
): readonly number[] | undefined {
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
