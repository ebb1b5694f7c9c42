import type { Field } from '../fields';
import type { ResultSetOptions } from '../model';

/** An integer, exactly: a number, or a bigint if it is too large for one. */
function toLong(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** A decimal in the form of `decimalReturnType: DOUBLE_OR_LONG`. */
const toNumber = (text: string): Field =>
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

/** The field for a value of a kind that is returned alike on both engines; as text for any other kind. */
export function toTextField(text: string, kind: string, options: ResultSetOptions): Field {
  switch (kind) {
    case 'long':
      return options.longReturnType === 'STRING'
        ? { stringValue: text }
        : { longValue: toLong(text) };
    case 'double':
      return { doubleValue: Number(text) };
    case 'decimal':
      return options.decimalReturnType === 'DOUBLE_OR_LONG'
        ? toNumber(text)
        : { stringValue: text };
    case 'time':
      return { stringValue: withServiceFraction(text) };
    default:
      return { stringValue: text };
  }
}
