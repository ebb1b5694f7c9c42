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
