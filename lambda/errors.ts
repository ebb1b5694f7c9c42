import type { Failure } from './data-api/failure';

/** Base of the errors that this function raises on purpose; each message names the remedy. */
export abstract class SessionPurgeError extends Error {}

/** When the environment is read: a variable is missing or out of range. Nothing was sent to the database. */
export class SettingsError extends SessionPurgeError {
  override readonly name = 'SettingsError';
}

/** When the event is read, or its cutoff turns out to lie ahead of the database's clock. Nothing was deleted. */
export class RequestError extends SessionPurgeError {
  override readonly name = 'RequestError';
}

/** Before the first delete: a configured table is missing, or is not a table of sessions that may be purged. */
export class TableError extends SessionPurgeError {
  override readonly name = 'TableError';
}

/** While the purge runs: the database refuses to go on, or did not answer within its budget. */
export class DatabaseError extends SessionPurgeError {
  override readonly name = 'DatabaseError';

  constructor(
    message: string,
    /** The failed call that led to it; `null`: no call failed. */
    readonly failure: Failure | null = null,
  ) {
    super(message);
  }
}

/** When an answer has another shape than its statement asked for: what it was about may have been done. */
export class UnexpectedAnswer extends DatabaseError {
  constructor(what: string) {
    super(`unexpected answer: ${what}`);
  }
}

const ERROR_TEXT_LENGTH = 300;

/** The name and the message of what a call to a service threw, at most 300 characters of the message. */
export function errorText(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // The SDK writes "UnknownError" where the answer had no message.
  const hasMessage = message !== '' && message !== 'UnknownError';
  return hasMessage ? `${name}: ${message.slice(0, ERROR_TEXT_LENGTH)}` : name;
}
