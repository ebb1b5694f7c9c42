import { badRequest, validationError } from '../../errors';
import type { SqlParameter } from '../../model';

/** A value with the type that it is sent as; OID 0 leaves the type to PostgreSQL. */
export interface BoundValue {
  readonly oid: number;
  readonly value: string | Buffer | null;
}

/**
 * A string is text to PostgreSQL unless a hint says otherwise, so that it cannot be compared with a
 * timestamp (42883, drizzle-orm#1934).
 */
const TEXT = 25;

const HINTED = { DATE: 1082, DECIMAL: 1700, JSON: 114, TIME: 1083, TIMESTAMP: 1114, UUID: 2950 };

/** The formats that the service documents. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  DATE: /^\d{4}-\d\d-\d\d$/,
  TIME: /^\d\d:\d\d:\d\d(\.\d{1,3})?$/,
  TIMESTAMP: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?$/,
};

/**
 * Finds the value of each name.
 *
 * Refuses a parameter that the statement does not use, too: whether the service does is not
 * confirmed, but it is always a mistake.
 *
 * @throws {ServiceError} `BadRequestException` for a name without a value or a value without a
 * name, `ValidationException` for an array
 */
export function bindValues(
  names: readonly string[],
  parameters: readonly SqlParameter[],
): BoundValue[] {
  const byName = new Map(parameters.map((parameter) => [parameter.name ?? '', parameter]));
  if (byName.size < parameters.length) throw badRequest('Duplicate parameter name');
  const unused = [...byName.keys()].find((name) => !names.includes(name));
  if (unused !== undefined) throw badRequest(`Parameter is not used: ${unused}`);
  return names.map((name) => {
    const parameter = byName.get(name);
    if (parameter === undefined) throw badRequest(`Cannot find parameter: ${name}`);
    return boundValue(parameter);
  });
}

function boundValue({ value, typeHint }: SqlParameter): BoundValue {
  const hinted = typeHint === undefined ? undefined : HINTED[typeHint];
  if (value === undefined || 'isNull' in value) return { oid: hinted ?? 0, value: null };
  if ('arrayValue' in value) throw validationError('Array parameters are not supported.');
  if ('blobValue' in value) return { oid: 17, value: Buffer.from(value.blobValue, 'base64') };
  if ('booleanValue' in value) return { oid: 16, value: String(value.booleanValue) };
  if ('longValue' in value) return { oid: 20, value: String(value.longValue) };
  if ('doubleValue' in value) return { oid: 701, value: String(value.doubleValue) };
  if (FORMATS[typeHint ?? '']?.test(value.stringValue) === false)
    throw badRequest(`Cannot parse date or time "${value.stringValue}"`);
  return { oid: hinted ?? TEXT, value: value.stringValue };
}
