/**
 * Places in the order of session keys, without a key: Django draws the 32 characters of a key from 0-9 and a-z, evenly,
 * so that prefixes cut the keys into ranges of about one size.
 *
 * A place is a whole number from 0 (before all keys) to `END` (after them). Where keys are spread in another way the
 * ranges differ in size, and each is counted before it is used; that every key lies in one of them does not depend on
 * how the server orders characters.
 */

const RADIX = 36;

/** Ten characters: as many as a whole number of JavaScript holds. */
const DIGITS = 10;

/** After the last key. */
export const END = RADIX ** DIGITS;

/** The least key at a place, as far as it needs telling; `null`: no key is before or after. */
export function prefixAt(place: number): string | null {
  if (place <= 0 || place >= END) return null;
  return place.toString(RADIX).padStart(DIGITS, '0').replace(/0+$/, '');
}

/** A range of keys that was counted: from where the last one ended up to `end`, with so many rows. */
export interface CountedRange {
  readonly end: number;
  readonly rows: number;
}

/** Where a walk through the keys stands. */
export interface KeyPosition {
  readonly place: number;
  /** Rows a place, as far as is known. */
  readonly density: number;
  /** The ranges next to `place`, counted but not yet walked. */
  readonly counted: readonly CountedRange[];
}

/** So many ranges are counted by one statement: it is read-only, and saves a call for each batch after the first. */
const RANGES = 8;

/** Ends of the next ranges, each meant to hold about `rows`; fewer of them at the end of the keys. */
export function nextRanges({ place, density }: KeyPosition, rows: number): number[] {
  const width = Math.max(1, Math.floor(rows / density));
  const ends = Array.from({ length: RANGES }, (_, at) => Math.min(END, place + (at + 1) * width));
  return [...new Set(ends)];
}

/** As many of the counted ranges as hold at most `limit` rows, as one; `null` when the first alone holds more. */
export function rangeWithin({ counted }: KeyPosition, limit: number): CountedRange | null {
  let range: CountedRange | null = null;
  for (const { end, rows } of counted) {
    const sum: number = (range?.rows ?? 0) + rows;
    if (sum > limit) return range;
    range = { end, rows: sum };
  }
  return range;
}

/** Ranges are cut for fewer rows than a batch may have: even keys still vary by a few in a hundred. */
export const FILL = 0.9;

/**
 * The position with its next ranges counted, and with what their size says of the density.
 *
 * `null`: a range of the least width has more than `limit` rows, so that no prefix bounds a batch.
 */
export function withCounts(
  position: KeyPosition,
  ends: readonly number[],
  rows: readonly number[],
  limit: number,
): KeyPosition | null {
  // Counting stopped at one more than the limit: such a range is none to walk, whatever the next limit is.
  const counted = ends.map((end, at) => {
    const count = rows[at] ?? 0;
    return { end, rows: count > limit ? END : count };
  });
  const [first] = counted;
  const last = counted.at(-1);
  if (first === undefined || last === undefined) return null;
  const narrow = first.end - position.place <= 1;
  if (first.rows > limit) {
    return narrow ? null : { ...position, density: position.density * 2, counted: [] };
  }
  const sum = rows.reduce((all, count) => all + count, 0);
  const seen = Math.max(1, sum) / (last.end - position.place);
  return { place: position.place, density: seen, counted };
}

/** The position after a range was walked. */
export function past(position: KeyPosition, { end }: CountedRange): KeyPosition {
  return { ...position, place: end, counted: position.counted.filter((range) => range.end > end) };
}
