import { ServiceError } from '../../errors';

/** An error of the server, which has a SQLSTATE, or of the connection, which has a code or is fatal. */
interface MysqlError extends Error {
  readonly code?: string;
  readonly fatal?: boolean;
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
}

/**
 * The service's error for a statement or a login that the server refuses.
 *
 * The form is the one that aurora-data-api reads. RDS's query editor shows the first half of it for Aurora MySQL 3. For
 * a broken connection, the text is the JDBC driver's SQLSTATE and first sentence; what the service says today is not
 * confirmed.
 *
 * @throws {unknown} an error that is not the database's
 */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const { code, fatal = false, errno = 0, sqlState, sqlMessage = '' } = error as MysqlError;
  if (sqlState !== undefined) return databaseError(sqlMessage, errno, sqlState);
  // A defect of this double.
  if (code === undefined && !fatal) throw error;
  return databaseError('Communications link failure', 0, '08S01');
}

/** The service's error when it cannot connect. */
export function toConnectionError(error: unknown): ServiceError {
  const { sqlState } = error as MysqlError;
  return sqlState === undefined
    ? new ServiceError('DatabaseUnavailableException')
    : toServiceError(error);
}

const databaseError = (text: string, code: number, sqlState: string) =>
  new ServiceError('DatabaseErrorException', {
    message: `${text}; Error code: ${code}; SQLState: ${sqlState}`,
  });
