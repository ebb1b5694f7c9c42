import { DatabaseError } from '../errors';
import type { BatchOutcome } from './port';

function stoppedAfter({ durationMs }: BatchOutcome): string {
  return `was stopped after ${Math.round(durationMs)} ms; look for a lock on the table or a trigger on it`;
}

/** Why a row stayed, for the error that a run ends with; the row is told by its instant, never by its key. */
export function stuckRowError(table: string, expired: Date, outcome: BatchOutcome): DatabaseError {
  const row = `a row of ${table} that expired at ${expired.toISOString()} could not be deleted and was stepped over`;
  if (outcome.kind === 'refused') {
    const { message, failure } = outcome.error;
    return new DatabaseError(`${row}: ${message}`, failure);
  }
  return new DatabaseError(`${row}: its delete ${stoppedAfter(outcome)}`);
}

/** The error of a table whose deletes are taken back even where they find no row that could be the reason. */
export function obstacleError(table: string, outcome: BatchOutcome): DatabaseError {
  if (outcome.kind === 'refused') return outcome.error;
  return new DatabaseError(`a delete on ${table} that found no row ${stoppedAfter(outcome)}`);
}
