import type { Range } from './rule';

const digits = (from: string, to: string) => (from === to ? from : `[${from}-${to}]`);

const any = (count: number) => ['', '[0-9]'][count] ?? `[0-9]{${count}}`;

/** The numbers between two of as many digits. */
function sameLength(from: string, to: string): string[] {
  const [first, last] = [from.charAt(0), to.charAt(0)];
  const rest = from.length - 1;
  const [lowest, highest] = ['0'.repeat(rest), '9'.repeat(rest)];
  if (from.slice(1) === lowest && to.slice(1) === highest) return [digits(first, last) + any(rest)];
  if (first === last) return sameLength(from.slice(1), to.slice(1)).map((each) => first + each);
  if (to.slice(1) !== highest) {
    const previous = String(Number(last) - 1);
    return [...sameLength(from, previous + highest), ...sameLength(last + lowest, to)];
  }
  const next = String(Number(first) + 1);
  return [...sameLength(from, first + highest), ...sameLength(next + lowest, to)];
}

/** Matches the whole numbers from `min` to `max`, written without leading zeros; neither is negative. */
export function wholeNumbers(min: number, max: number): string {
  const lengths = Array.from(
    { length: String(max).length - String(min).length + 1 },
    (_, index) => String(min).length + index,
  );
  const patterns = lengths.flatMap((length) => {
    const least = length === 1 ? 0 : 10 ** (length - 1);
    const [from, to] = [Math.max(min, least), Math.min(max, 10 ** length - 1)];
    return sameLength(String(from), String(to));
  });
  return `(?:${patterns.join('|')})`;
}

/**
 * Matches the numbers of the range as the function's environment has them, from `^` to `$`. The bounds are whole numbers,
 * and not negative.
 */
export function numberPattern({ min, max, whole }: Range): string {
  if (whole) return `^${wholeNumbers(min, max)}$`;
  return String.raw`^(?:${wholeNumbers(min, max - 1)}(?:\.[0-9]{1,20})?|${max}(?:\.0{1,20})?)$`;
}
