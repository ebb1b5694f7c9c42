import type { SqlParameter } from '../../model';
import { givenParameters } from '../given-parameters';

/** A value with its type on the wire. With OID 0, PostgreSQL chooses the type. */
export interface BoundValue {
  readonly oid: number;
  readonly value: string | Buffer | null;
}

/** The type of a string without a hint. PostgreSQL cannot compare it with a timestamp (42883, drizzle-orm#1934). */
const TEXT = 25;

const HINTED = { DATE: 1082, DECIMAL: 1700, JSON: 114, TIME: 1083, TIMESTAMP: 1114, UUID: 2950 };

/**
 * Finds the value for each name.
 *
 * @throws {ServiceError} as `givenParameters` does
 */
export const bindValues = (
  names: readonly string[],
  parameters: readonly SqlParameter[],
): BoundValue[] => givenParameters(names, parameters).map(boundValue);

function boundValue({ value, typeHint }: SqlParameter): BoundValue {
  const hinted = typeHint === undefined ? undefined : HINTED[typeHint];
  if (value === undefined || 'isNull' in value) return { oid: hinted ?? 0, value: null };
  if ('blobValue' in value) return { oid: 17, value: Buffer.from(value.blobValue, 'base64') };
  if ('booleanValue' in value) return { oid: 16, value: String(value.booleanValue) };
  if ('longValue' in value) return { oid: 20, value: String(value.longValue) };
  if ('doubleValue' in value) return { oid: 701, value: String(value.doubleValue) };
  if ('stringValue' in value) return { oid: hinted ?? TEXT, value: value.stringValue };
  return { oid: 0, value: null };
}
