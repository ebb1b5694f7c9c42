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
 * What the service answers when the server refuses a statement or a login.
 *
 * The form is the one that aurora-data-api reads, and RDS's query editor shows its first half for
 * Aurora MySQL 3. The connection that breaks is the JDBC driver's SQLSTATE and first sentence; what
 * today's service says of it is not confirmed.
 *
 * @throws {unknown} what is no error of a database
 */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const { code, fatal = false, errno = 0, sqlState, sqlMessage = '' } = error as MysqlError;
  if (sqlState !== undefined) return databaseError(sqlMessage, errno, sqlState);
  // A mistake of this server's own.
  if (code === undefined && !fatal) throw error;
  return databaseError('Communications link failure', 0, '08S01');
}

/** What the service answers when no connection can be had. */
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
