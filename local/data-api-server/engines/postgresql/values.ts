import { types } from 'pg';
import { ServiceError } from '../../errors';
import type { ArrayValue, Field } from '../../fields';
import type { ResultSetOptions } from '../../model';
import { toTextField, withServiceFraction } from '../text-values';
import type { ResultType } from './types';

/** The field for a value in PostgreSQL's text format. */
export function toField(text: string | null, type: ResultType, options: ResultSetOptions): Field {
  if (text === null) return { isNull: true };
  switch (type.kind) {
    case 'boolean':
      return { booleanValue: text === 't' };
    case 'blob':
      return { blobValue: Buffer.from(text.slice(2), 'hex').toString('base64') };
    case 'instant':
      return { stringValue: withServiceFraction(toUtc(text)) };
    default:
      return toTextField(text, type.kind, options);
  }
}

/**
 * The field for an array.
 *
 * @throws {ServiceError} `UnsupportedResultException` when it has more than one dimension
 */
export function toArrayField(
  text: string | null,
  element: ResultType,
  options: ResultSetOptions,
): Field {
  if (text === null) return { isNull: true };
  const items: unknown[] = parseTextArray(text);
  if (items.some(Array.isArray))
    throw new ServiceError('UnsupportedResultException', {
      message: 'The result contains a multidimensional array.',
    });
  const fields = items.map((item) => toField(item as string | null, element, options));
  const values = fields.map((field) => ('isNull' in field ? null : Object.values(field)[0]));
  return { arrayValue: { [listName(element.kind, options)]: values } as unknown as ArrayValue };
}

/** The OID of `text[]`, whose parser in `pg` leaves the elements as they are. */
const TEXT_ARRAY = 1009;
const parseTextArray = types.getTypeParser(TEXT_ARRAY as number, 'text');

function listName(kind: ResultType['kind'], options: ResultSetOptions): string {
  if (kind === 'boolean') return 'booleanValues';
  if (kind === 'double') return 'doubleValues';
  if (kind === 'long' && options.longReturnType !== 'STRING') return 'longValues';
  return kind === 'decimal' && options.decimalReturnType === 'DOUBLE_OR_LONG'
    ? 'doubleValues'
    : 'stringValues';
}

/**
 * An instant as the service writes it: in UTC, without an offset. Infinity makes the service fail (drizzle-orm#5308).
 */
function toUtc(text: string): string {
  const match = /^(\d{4,}-\S+) ([\d:]+)(\.\d+)?([+-]\d\d)(?::?(\d\d))?$/.exec(text);
  if (match === null) throw new ServiceError('InternalFailure', { statusCode: 500 });
  const [, date, time, fraction = '', hours, minutes = '00'] = match;
  if (hours === '+00' && minutes === '00') return `${date} ${time}${fraction}`;
  const utc = new Date(`${date}T${time}${hours}:${minutes}`).toISOString();
  return `${utc.slice(0, 10)} ${utc.slice(11, 19)}${fraction}`;
}
