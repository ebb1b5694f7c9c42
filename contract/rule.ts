import { shown } from './text';

/** What a value may be. */
export interface Rule {
  readonly holds: (value: unknown) => boolean;
  /** What a message asks for: `must be ...`, in words that follow the name of the value. */
  readonly demand: string;
  /** What a message adds on a text that breaks the rule, if there is more to say than the demand does. */
  readonly explain?: (text: string) => string | undefined;
  /**
   * A regular expression from `^` to `$` that matches each text for which the rule holds. It may match a few others.
   * JavaScript, with the flag `u`, and Java read it alike, so a dot and a bare `\s` have no place in it: Java counts fewer
   * characters as spaces, and more as the end of a line.
   */
  readonly pattern?: string;
}

/** What is wrong with a value, to follow its name: `must be ..., got ...`; `undefined` if nothing is. */
export function mistakeIn(value: unknown, { holds, demand, explain }: Rule): string | undefined {
  if (holds(value)) return undefined;
  const more = typeof value === 'string' ? explain?.(value) : undefined;
  return `${demand}, got ${shown(value)}${more === undefined ? '' : `; ${more}`}`;
}

/** The least and the greatest value of a number. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

function kindOf(unit: string | undefined): string {
  if (unit === undefined) return 'number';
  return unit === 'percent' ? 'percentage' : `number of ${unit}`;
}

/** A number in this range, in a unit that the message names: `percent`, or a plural like `seconds`. */
export function within({ min, max, whole }: Range, unit?: string): Rule {
  const kind = whole ? `whole ${kindOf(unit)}` : kindOf(unit);
  return {
    holds: (value) =>
      typeof value === 'number' &&
      value >= min &&
      value <= max &&
      (!whole || Number.isInteger(value)),
    demand: `must be a ${kind} from ${min} to ${max}`,
  };
}

/** A text for which the test holds. `pattern`: as in `Rule`. */
export const textRule = (
  test: (text: string) => boolean,
  demand: string,
  pattern?: string,
): Rule => ({
  holds: (value) => typeof value === 'string' && test(value),
  demand,
  ...(pattern !== undefined && { pattern }),
});

/** A text that the pattern matches, from `^` to `$`. */
export const matching = (pattern: RegExp, demand: string): Rule =>
  textRule((text) => pattern.test(text), demand, pattern.source.replaceAll('\\/', '/'));

/** A value that one can choose from a list. */
export type Choice = string | number | boolean;

/** One of these values. */
export function oneOf(choices: readonly Choice[], demand?: string): Rule {
  const words = choices.map((choice) => JSON.stringify(choice));
  const last = words.pop();
  return {
    holds: (value) => choices.some((choice) => choice === value),
    demand: demand ?? `must be ${words.join(', ')} or ${last}`,
  };
}

export const TRUE_OR_FALSE = [true, false] as const;

/** `true` or `false`. */
export const isTrueOrFalse: Rule = oneOf(TRUE_OR_FALSE);

function isKnownZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** A time zone's IANA name. Node.js also takes offsets like `+02:00`, which Django refuses. */
export const isTimeZone: Rule = textRule(
  (name) => /^\p{L}/u.test(name) && isKnownZone(name),
  "must be a time zone's IANA name like Europe/Lisbon",
  '^[A-Za-z][A-Za-z0-9_+/-]*$',
);
