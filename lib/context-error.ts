import { closest, distance } from 'fastest-levenshtein';

/** Before anything is synthesized: what was configured describes no purge, or one that cannot work. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/** Values by their keys, as somebody wrote them. */
export type Values = Readonly<Record<string, unknown>>;

/** Whether a value has keys: an object, neither `null` nor a list. */
export function hasKeys(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Longer than any key that somebody may have meant; comparing is slow in the product of the lengths. */
const LONGEST_KEY = 40;

function told(key: string, known: readonly string[]): string {
  if (key.length > LONGEST_KEY) return `${key.slice(0, LONGEST_KEY)}... is unknown`;
  const nearest = closest(key, known);
  const isNear = distance(key.toLowerCase(), nearest.toLowerCase()) <= nearest.length / 2;
  return `${key} is unknown; ${isNear ? `did you mean "${nearest}"?` : `known are ${known.join(', ')}`}`;
}

/** A sentence for each key that is not known, with the one that may have been meant. */
export function unknownKeys(values: Values, known: readonly string[]): string[] {
  return Object.keys(values)
    .filter((key) => !known.includes(key))
    .map((key) => told(key, known));
}
