import type { Field } from '../fields';

/** An integer as exactly as JavaScript can have it. */
export function toLong(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** A decimal as `decimalReturnType: DOUBLE_OR_LONG` asks for it. */
export const toNumber = (text: string): Field =>
  /^-?\d+$/.test(text) ? { longValue: toLong(text) } : { doubleValue: Number(text) };

/**
 * A date or time with no fraction, milliseconds or microseconds, whichever is the shortest that is
 * exact, as the service writes it.
 */
export function withServiceFraction(text: string): string {
  const [seconds = '', fraction = ''] = text.split('.');
  const micros = fraction.padEnd(6, '0');
  if (Number(micros) === 0) return seconds;
  return `${seconds}.${micros.endsWith('000') ? micros.slice(0, 3) : micros}`;
}
