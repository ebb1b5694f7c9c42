import { distance } from 'fastest-levenshtein';

const LONGEST_SHOWN = 200;

function inJson(value: unknown): string {
  // JSON has no NaN and no infinity.
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // JSON.stringify recurses, and overflows the stack on a value that is nested very deeply.
    return Array.isArray(value) ? 'a deep list' : 'a deep object';
  }
}

/** The value as JSON, for the "got ..." of a message. Cut after 200 characters; never throws. */
export function shown(value: unknown): string {
  const text = inJson(value);
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}...`;
}

/** No known name is longer. The time of a comparison grows with the product of the lengths. */
const LONGEST_NAME = 40;

/** The known name that somebody may have meant by an unknown one, whatever its case; `undefined` if none is similar. */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  if (unknown.length > LONGEST_NAME) return undefined;
  const distanceTo = (name: string) => distance(unknown.toLowerCase(), name.toLowerCase());
  const [nearest] = known.toSorted((one, other) => distanceTo(one) - distanceTo(other));
  return nearest !== undefined && distanceTo(nearest) <= nearest.length / 2 ? nearest : undefined;
}

/**
 * What a message says about an unknown name: the known name that may have been meant, else all known names. `then` is
 * what the message says next.
 */
export function adviceOn(
  unknown: string | readonly string[],
  known: readonly string[],
  then = '',
): string {
  const nearest = new Set([unknown].flat().flatMap((name) => nearestName(name, known) ?? []));
  const [advice, stop] =
    nearest.size === 0
      ? [`known are ${known.join(', ')}`, '; ']
      : [`did you mean ${[...nearest].map((name) => `"${name}"`).join(' and ')}?`, ' '];
  return then === '' ? advice : advice + stop + then;
}

/**
 * A list in one line, each item with its number: `(1) one; (2) two`. Where a message is shown as JSON, as in the Lambda console
 * and in a line of the log, a line break would stand as `\n`.
 */
export function numbered(items: readonly string[]): string {
  return items.map((item, at) => `(${at + 1}) ${item}`).join('; ');
}

/** For a terminal: the text with each item of a list that `numbered` wrote on a line of its own. */
export function onLines(text: string): string {
  let next = 1;
  return text.replaceAll(/ \((\d+)\) /g, (found, number) => {
    if (Number(number) !== next) return found;
    next += 1;
    return `\n   (${number}) `;
  });
}

/** The first items, as many as take no more than so many bytes as JSON. */
export function fitting<Item>(items: readonly Item[], maxBytes: number): readonly Item[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += Buffer.byteLength(inJson(item)) + 1;
    return bytes > maxBytes;
  });
  return end < 0 ? items : items.slice(0, end);
}
