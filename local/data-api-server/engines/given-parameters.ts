import { badRequest, validationError } from '../errors';
import type { SqlParameter } from '../model';

/** The formats that the service's documentation names. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  DATE: /^\d{4}-\d\d-\d\d$/,
  TIME: /^\d\d:\d\d:\d\d(\.\d{1,3})?$/,
  TIMESTAMP: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?$/,
};

/**
 * Finds the parameter for each name.
 *
 * Also refuses a parameter that the statement does not use, because that is always a mistake. Whether the service
 * refuses it is not confirmed.
 *
 * @throws {ServiceError} `BadRequestException` for a name without a value, a value without a name or a date in a wrong
 * format, `ValidationException` for an array
 */
export function givenParameters(
  names: readonly string[],
  parameters: readonly SqlParameter[],
): SqlParameter[] {
  const byName = new Map(parameters.map((parameter) => [parameter.name ?? '', parameter]));
  if (byName.size < parameters.length) throw badRequest('Duplicate parameter name');
  const unused = [...byName.keys()].find((name) => !names.includes(name));
  if (unused !== undefined) throw badRequest(`Parameter is not used: ${unused}`);
  return names.map((name) => {
    const parameter = byName.get(name);
    if (parameter === undefined) throw badRequest(`Cannot find parameter: ${name}`);
    assertBindable(parameter);
    return parameter;
  });
}

function assertBindable({ value = { isNull: true }, typeHint }: SqlParameter): void {
  if ('arrayValue' in value) throw validationError('Array parameters are not supported.');
  if ('stringValue' in value && FORMATS[typeHint ?? '']?.test(value.stringValue) === false)
    throw badRequest(`Cannot parse date or time "${value.stringValue}"`);
}
