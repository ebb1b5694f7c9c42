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

/** Returns what is read from an answer, or the `DatabaseError` that came instead of it or that the reading throws. */
export function readAnswer<A, T>(
  answer: A | DatabaseError,
  read: (answer: A) => T,
): T | DatabaseError {
  return answer instanceof DatabaseError ? answer : attemptToRead(() => read(answer));
}
