import { closest, distance } from 'fastest-levenshtein';

/** What a message says of a name that is not known: the nearest known one with a "?", or all of them with a ";". */
export function adviceOn(unknown: string, known: readonly string[]): string {
  const nearest = closest(unknown.toLowerCase(), known);
  const isNear = distance(unknown.toLowerCase(), nearest.toLowerCase()) <= nearest.length / 2;
  return isNear ? `did you mean "${nearest}"?` : `known are ${known.join(', ')};`;
}
