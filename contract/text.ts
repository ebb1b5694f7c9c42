import { closest, distance } from 'fastest-levenshtein';

/** What a message says of a name that is not known: the nearest known one with a "?", or all of them with a ";". */
export function adviceOn(unknown: string, known: readonly string[]): string {
  const nearest = closest(unknown.toLowerCase(), known);
  const isNear = distance(unknown.toLowerCase(), nearest.toLowerCase()) <= nearest.length / 2;
  return isNear ? `did you mean "${nearest}"?` : `known are ${known.join(', ')};`;
}

const SHOWN_LENGTH = 80;

function inJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Deeper than the recursion may go.
    return Array.isArray(value) ? 'a deep list' : 'a deep object';
  }
}

/** The value as JSON, cut to 80 characters, for the "got ..." of a message. */
export function shown(value: unknown): string {
  const text = inJson(value);
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}...`;
}
