import { shown } from '../../contract/text';
import {
  DatabaseError,
  RequestError,
  SessionPurgeError,
  SettingsError,
  TableError,
} from '../../lambda/errors';
import { failureOf } from '../support/failed-call';

describe('the errors', () => {
  it.each([
    ['SettingsError', new SettingsError('why')],
    ['RequestError', new RequestError('why')],
    ['TableError', new TableError('why')],
    ['DatabaseError', new DatabaseError('why')],
  ])('of the name %s can be told from any other', (name, error) => {
    expect(error).toBeInstanceOf(SessionPurgeError);
    expect(String(error)).toBe(`${name}: why`);
  });

  it('keep the failed call that led to them, where there was one', () => {
    const failure = failureOf('DatabaseErrorException', 'permission denied; SQLState: 42501');

    expect(new DatabaseError('why', failure).failure).toBe(failure);
    expect(new DatabaseError('why').failure).toBeNull();
  });
});

describe('shown', () => {
  it.each<[unknown, string]>([
    ['text', '"text"'],
    [0, '0'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ a: [1] }, '{"a":[1]}'],
    ['x'.repeat(78), `"${'x'.repeat(78)}"`],
    ['x'.repeat(79), `"${'x'.repeat(79)}...`],
  ])('writes %j as JSON of 80 characters at most', (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it.each([
    ['a deep list', '[', '', ']'],
    ['a deep object', '{"a":', '1', '}'],
  ])('writes %s for what no recursion reaches the end of', (expected, open, inside, close) => {
    const value = JSON.parse(open.repeat(100_000) + inside + close.repeat(100_000));

    expect(shown(value)).toBe(expected);
  });
});
