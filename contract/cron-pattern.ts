import { FIELDS, type Field } from './cron';
import { wholeNumbers } from './number-pattern';

/** Matches the letters of a pattern in any case. */
const inAnyCase = (pattern: string) =>
  pattern.replaceAll(/[A-Z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);

/** One value of a field. */
function oneOf({ min, max, names }: Pick<Field, 'min' | 'max' | 'names'>): string {
  return `(?:${[`0*${wholeNumbers(min, max)}`, ...(names ?? []).map(inAnyCase)].join('|')})`;
}

const STEP = '/0*[1-9][0-9]*';

/** One part of a field's list. */
function partOf(field: Field): string {
  const value = oneOf(field);
  const special = field.special?.source.replaceAll(/^\^|\$$/g, '').replaceAll('\\d', '[0-9]');
  const more = special === undefined ? '' : `|${inAnyCase(special)}`;
  return `(?:(?:\\*|${value}(?:-${value})?)(?:${STEP})?${more})`;
}

const listOf = (part: string) => `${part}(?:,${part})*`;

/** A list of years of which a part comes to `first` or a later one; with steps it may yet leap over all of them. */
function yearsFrom(first: number): string {
  const { years } = FIELDS;
  const [any, late] = [oneOf(years), oneOf({ min: first, max: years.max })];
  const reaching = `(?:(?:\\*|${late}(?:-${any})?|${any}-${late})(?:${STEP})?|${any}${STEP})`;
  const part = partOf(years);
  return `(?:${part},)*${reaching}(?:,${part})*`;
}

/** Matches the `cron` expressions that have a run in `firstYear` or later, and those whose days no month has. */
export function cronPattern(firstYear: number): string {
  const { minutes, hours, days, months, weekdays } = FIELDS;
  const [minute, hour, day, month, weekday] = [minutes, hours, days, months, weekdays].map(
    (field) => listOf(partOf(field)),
  );
  const onDays = `(?:${day} ${month} \\?|\\? ${month} ${weekday})`;
  return `cron\\(${minute} ${hour} ${onDays} ${yearsFrom(firstYear)}\\)`;
}
