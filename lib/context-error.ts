import type { Values } from '../contract/fields';
import { adviceOn } from '../contract/text';

/** Thrown before anything is synthesized if what is configured describes no purge, or one that cannot work. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

const LONGEST_KEY = 40;

function unknownKey(key: string, known: readonly string[]): string {
  if (key.length > LONGEST_KEY) return `${key.slice(0, LONGEST_KEY)}... is unknown`;
  return `${key} is unknown; ${adviceOn(key, known)}`;
}

/** A sentence for each key that is not known, with the known key that may have been meant. */
export function unknownKeys(values: Values, known: readonly string[]): string[] {
  return Object.keys(values)
    .filter((key) => !known.includes(key))
    .map((key) => unknownKey(key, known));
}
