import { ServiceError, validationError } from './errors';
import type { Input, Shape, Structure } from './model';

/**
 * Checks the body of a request by its shape. Ignores members that the shape does not have, as AWS does.
 *
 * The names and sentences are those of AWS's services in general. Those of this service are not confirmed.
 *
 * @throws {ServiceError} `SerializationException` for JSON or a type that does not fit, `ValidationException` for a
 * value out of bounds
 */
export function parseInput(body: unknown, shape: Structure): Input {
  check(shape, body, '');
  return body as Input;
}

/** @throws {ServiceError} `SerializationException` when the text is not a JSON object */
export function parseJson(text: string): Record<string, unknown> {
  const value = parse(text === '' ? '{}' : text);
  if (!isObject(value)) throw wrongType('the body must be a JSON object');
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const wrongType = (message: string) => new ServiceError('SerializationException', { message });

const constraint = (value: unknown, path: string, rule: string) =>
  validationError(
    `1 validation error detected: Value ${value === undefined ? 'null' : `'${value}'`} at '${path}' failed to satisfy constraint: Member must ${rule}`,
  );

function check(shape: Shape, value: unknown, path: string): void {
  if (shape.type === 'structure') checkStructure(shape, value, path);
  else if (shape.type === 'union') checkUnion(shape.members, value, path);
  else if (shape.type === 'list') checkList(shape.member, value, path);
  else if (shape.type === 'enum') checkEnum(shape.values, value, path);
  else if (!hasType[shape.type](value)) throw wrongType(`${path} must be a ${shape.type}`);
  else if (shape.type === 'string') checkLength(shape, value as string, path);
}

const hasType = {
  blob: (value: unknown) => typeof value === 'string',
  boolean: (value: unknown) => typeof value === 'boolean',
  // The protocol writes NaN and the infinities as strings.
  double: (value: unknown) =>
    typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(value as string),
  long: (value: unknown) => Number.isInteger(value),
  string: (value: unknown) => typeof value === 'string',
};

function checkStructure(shape: Structure, value: unknown, path: string): void {
  if (!isObject(value)) throw wrongType(`${path || 'the body'} must be a structure`);
  for (const name of shape.required) {
    if (value[name] == null) throw constraint(undefined, join(path, name), 'not be null');
  }
  for (const [name, member] of Object.entries(shape.members)) {
    if (value[name] != null) check(member, value[name], join(path, name));
  }
}

function checkUnion(members: Readonly<Record<string, Shape>>, value: unknown, path: string): void {
  if (!isObject(value)) throw wrongType(`${path} must be a structure`);
  const [name, ...others] = Object.keys(value).filter((key) => value[key] != null);
  const shape = name === undefined ? undefined : members[name];
  if (name === undefined || shape === undefined || others.length > 0)
    throw wrongType(`${path} must have exactly one of ${Object.keys(members).join(', ')}`);
  check(shape, value[name], join(path, name));
}

function checkList(member: Shape, value: unknown, path: string): void {
  if (!Array.isArray(value)) throw wrongType(`${path} must be a list`);
  for (const [index, item] of value.entries()) check(member, item, `${path}.${index + 1}.member`);
}

function checkEnum(values: readonly string[], value: unknown, path: string): void {
  if (!values.includes(value as string))
    throw constraint(value, path, `satisfy enum value set: [${values.join(', ')}]`);
}

function checkLength(bounds: { min?: number; max?: number }, value: string, path: string): void {
  const { min = 0, max = Infinity } = bounds;
  if (value.length < min)
    throw constraint(value, path, `have length greater than or equal to ${min}`);
  // Without the value, which may be 64 kB of SQL.
  if (value.length > max) throw constraint('...', path, `have length less than or equal to ${max}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
