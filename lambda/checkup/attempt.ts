import { DatabaseError } from '../errors';

function orThrow(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  throw error;
}

/** Returns what the work returns, or the `DatabaseError` that it throws. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | DatabaseError> {
  return work().catch(orThrow);
}

/** Returns what is read from an answer, or the `DatabaseError` that says in which way the answer has another shape. */
export function attemptToRead<T>(read: () => T): T | DatabaseError {
  try {
    return read();
  } catch (error) {
    return orThrow(error);
  }
}
