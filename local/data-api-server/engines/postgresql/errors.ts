import { DatabaseError } from 'pg';
import { ServiceError } from '../../errors';

/**
 * The service's error when the database refuses a statement or a login, or cannot be reached.
 *
 * The form was seen on the service: severity and message, then the hint, the position in the numbered statement and the
 * SQLSTATE, as far as there are any (drizzle-orm#1934, aurora-data-api#53).
 */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (!(error instanceof DatabaseError)) return new ServiceError('DatabaseUnavailableException');
  const parts = [
    `${severity(error)}: ${error.message}`,
    ...(error.hint ? [`Hint: ${error.hint}`] : []),
    ...(error.position ? [`Position: ${error.position}`] : []),
    `SQLState: ${error.code}`,
  ];
  return new ServiceError('DatabaseErrorException', { message: parts.join('; ') });
}

/** For a missing database, PostgreSQL says FATAL and the service ERROR (aws-cli#8577). */
const severity = ({ code, severity = 'ERROR' }: DatabaseError) =>
  code === '3D000' ? 'ERROR' : severity;
