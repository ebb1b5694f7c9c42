import { databaseCode, type Failure } from './data-api/failure';

/** Base of the errors that the function raises on purpose. Each message says what to do. */
export abstract class SessionPurgeError extends Error {}

/** A variable of the environment or the control parameter is not valid, or is missing. Nothing was deleted. */
export class SettingsError extends SessionPurgeError {
  override readonly name = 'SettingsError';
}

/** The event is not valid, or its cutoff is in the future by the database's clock. Nothing was deleted. */
export class RequestError extends SessionPurgeError {
  override readonly name = 'RequestError';
}

/** A configured table is missing, or may not be purged. Nothing of it was deleted. */
export class TableError extends SessionPurgeError {
  override readonly name = 'TableError';
}

/** The database refuses a statement, or did not answer within the statement's budget. */
export class DatabaseError extends SessionPurgeError {
  override readonly name = 'DatabaseError';

  constructor(
    message: string,
    /** The failed call that led to this error; `null` if no call failed. */
    readonly failure: Failure | null = null,
  ) {
    super(message);
  }

  /** See `databaseCode`. */
  get databaseCode(): string | null {
    return this.failure && databaseCode(this.failure);
  }
}

/** Something is wrong with the database that no call has failed by, and that a statement or a sentence mends. */
export class DatabaseTrouble extends DatabaseError {
  constructor(
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(`${problem}; nothing was deleted; ${remedy}`);
  }
}

/** A call was cut short because the time of the run was over, and it had not failed before. */
export class OutOfTime extends DatabaseError {}

/** A statement failed in a way that may pass, for as long as it is sent again. */
export class OutOfPatience extends DatabaseError {}

/** An answer has another shape than its statement asked for. The statement may have run. */
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
