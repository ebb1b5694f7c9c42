/**
 * The HTTP status of each error: first the errors of the service's model, then those that AWS returns outside of it.
 */
const STATUS_CODES: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  BadRequestException: 400,
  DatabaseErrorException: 400,
  DatabaseNotFoundException: 404,
  DatabaseResumingException: 400,
  DatabaseUnavailableException: 504,
  ForbiddenException: 403,
  HttpEndpointNotEnabledException: 400,
  InternalServerErrorException: 500,
  InvalidResourceStateException: 400,
  InvalidSecretException: 400,
  NotFoundException: 404,
  SecretsErrorException: 400,
  ServiceUnavailableError: 503,
  StatementTimeoutException: 400,
  TransactionNotFoundException: 404,
  UnsupportedResultException: 400,

  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  // Seen with 400 (awsdocs/amazon-rds-user-guide#110). AWS also throttles with 429.
  ThrottlingException: 400,
  UnknownOperationException: 404,
};

/** The errors that have no message in the model. */
const WITHOUT_MESSAGE = [
  'DatabaseUnavailableException',
  'InternalServerErrorException',
  'ServiceUnavailableError',
];

/** The details of an error besides its name. */
export interface ErrorDetails {
  readonly message?: string | undefined;
  /** @default the status in the model, or 400 for a name that the model does not have */
  readonly statusCode?: number | undefined;
  /** The process id of the backend, for a `StatementTimeoutException`. */
  readonly dbConnectionId?: number | undefined;
}

/** An error that the service answers. Thrown wherever a request cannot be served. */
export class ServiceError extends Error {
  readonly statusCode: number;
  /** The members of the error, as the body of the answer has them. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(name: string, { message = '', statusCode, dbConnectionId }: ErrorDetails = {}) {
    super(message);
    this.name = name;
    this.statusCode = statusCode ?? STATUS_CODES[name] ?? 400;
    this.body = {
      ...(WITHOUT_MESSAGE.includes(name) ? {} : { message }),
      ...(dbConnectionId === undefined ? {} : { dbConnectionId }),
    };
  }
}

/** The error for a request that is well formed but asks for something that the service does not do. */
export const validationError = (message: string): ServiceError =>
  new ServiceError('ValidationException', { message });

/** The error for a request that does not match what it refers to. */
export const badRequest = (message: string): ServiceError =>
  new ServiceError('BadRequestException', { message });
