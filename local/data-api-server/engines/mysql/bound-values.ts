import { TypedParameter, type TypedParameterValue } from 'mysql2';
import type { SqlParameter } from '../../model';
import { givenParameters } from '../given-parameters';

/**
 * Finds the value for each name, with its type on the wire.
 *
 * A string is text whatever its hint, because MySQL compares it with a date as a date.
 *
 * @throws {ServiceError} as `givenParameters` does
 */
export const bindValues = (
  names: readonly string[],
  parameters: readonly SqlParameter[],
): TypedParameterValue[] => givenParameters(names, parameters).map(boundValue);

function boundValue({ value = { isNull: true }, typeHint }: SqlParameter): TypedParameterValue {
  if ('blobValue' in value) return TypedParameter.BLOB(Buffer.from(value.blobValue, 'base64'));
  if ('booleanValue' in value) return TypedParameter.TINY(value.booleanValue);
  if ('longValue' in value) return TypedParameter.LONGLONG(BigInt(value.longValue));
  if ('doubleValue' in value) return TypedParameter.DOUBLE(value.doubleValue);
  if ('stringValue' in value && typeHint === 'DECIMAL')
    return TypedParameter.NEWDECIMAL(value.stringValue);
  if ('stringValue' in value) return TypedParameter.VAR_STRING(value.stringValue);
  return TypedParameter.VAR_STRING(null);
}
