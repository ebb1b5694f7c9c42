import type { Field } from '../fields';

/** An integer, exactly: a number, or a bigint if it is too large for one. */
export function toLong(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** A decimal in the form of `decimalReturnType: DOUBLE_OR_LONG`. */
export const toNumber = (text: string): Field =>
  /^-?\d+$/.test(text) ? { longValue: toLong(text) } : { doubleValue: Number(text) };

/**
 * A date or time as the service writes it: without a fraction, with milliseconds or with microseconds, whichever is the
 * shortest that is exact.
 */
export function withServiceFraction(text: string): string {
  const [seconds = '', fraction = ''] = text.split('.');
  const micros = fraction.padEnd(6, '0');
  if (Number(micros) === 0) return seconds;
  return `${seconds}.${micros.endsWith('000') ? micros.slice(0, 3) : micros}`;
}
