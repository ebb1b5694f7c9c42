import { Token } from 'aws-cdk-lib';

const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;
const DAY_MINUTES = 1440;

/** From leap year to leap year, so that each day of the calendar comes twice. */
const FIRST_DAY = Date.UTC(2024, 0, 1);
const DAYS = 5 * 365 + 2;

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 1, max: 7, names: WEEKDAYS },
];

function numberOf(text: string, { min, names }: Field): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  return named >= 0 ? named + min : Number(text);
}

/** The values that a field stands for; `undefined` where it says more than lists, ranges and steps. */
function valuesOf(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:([*?])|(\w+?)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, any, first = '', last, step] = match;
    const from = any === undefined ? numberOf(first, field) : field.min;
    const open = any !== undefined || (last === undefined && step !== undefined);
    const to = open ? field.max : numberOf(last ?? first, field);
    if (!(from >= field.min && to <= field.max && from <= to) || step === '0') return undefined;
    for (let value = from; value <= to; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

function longestStep(ascending: readonly number[]): number {
  return ascending.reduce(
    (longest, value, index) => Math.max(longest, value - (ascending[index - 1] ?? value)),
    0,
  );
}

function cronGapMinutes(fields: readonly string[]): number | undefined {
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) =>
    valuesOf(fields[index] ?? '', field),
  );
  if (!minutes || !hours || !days || !months || !weekdays || fields[5] !== '*') return undefined;
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute));
  times.sort((one, other) => one - other);
  const runDays = Array.from({ length: DAYS }, (_, day) => day).filter((day) => {
    const date = new Date(FIRST_DAY + day * DAY_MINUTES * 60_000);
    return (
      months.has(date.getUTCMonth() + 1) &&
      days.has(date.getUTCDate()) &&
      weekdays.has(date.getUTCDay() + 1)
    );
  });
  if (runDays.length < 2) return undefined;
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return Math.max(longestStep(times), longestStep(runDays) * DAY_MINUTES - last + first);
}

/**
 * The longest time between two runs of a schedule in minutes, `rate(...)` or `cron(...)` as EventBridge takes them.
 *
 * `undefined` where that cannot be told: the schedule is known to the deployment only, names years, or uses `L`, `W`
 * or `#`, all of which leave weeks between two runs.
 */
export function longestGapMinutes(expression: string): number | undefined {
  if (Token.isUnresolved(expression)) return undefined;
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (unit !== undefined) return Number(count) * MINUTES[unit as keyof typeof MINUTES];
  const [, fields] = /^cron\((.*)\)$/.exec(expression) ?? [];
  return fields === undefined ? undefined : cronGapMinutes(fields.split(' '));
}
