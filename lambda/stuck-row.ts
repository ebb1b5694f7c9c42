import { DatabaseError } from './errors';
import type { BatchOutcome } from './session-port';

/** A run that ends with it has done all else. */
const CODE = 'RowSteppedOver';

/** Why a row stayed, for the error that a run ends with; the row is told by its instant, never by its key. */
export function stuckRowError(table: string, expired: Date, outcome: BatchOutcome): DatabaseError {
  const row = `a row of ${table} that expired at ${expired.toISOString()} could not be deleted and was stepped over`;
  if (outcome.kind === 'refused') {
    const { message, sqlState } = outcome.error;
    return new DatabaseError(`${row}: ${message}`, CODE, sqlState);
  }
  const durationMs = Math.round(outcome.durationMs);
  const why = `its delete was stopped after ${durationMs} ms; look for a lock on the table or a trigger on it`;
  return new DatabaseError(`${row}: ${why}`, CODE);
}
