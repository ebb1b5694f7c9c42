/**
 * HTTP status by error name: the service model's errors, then those that AWS answers outside of any
 * model.
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
  // Seen as 400 (awsdocs/amazon-rds-user-guide#110); AWS also throttles with 429.
  ThrottlingException: 400,
  UnknownOperationException: 404,
};

/** The model gives these no message. */
const WITHOUT_MESSAGE = [
  'DatabaseUnavailableException',
  'InternalServerErrorException',
  'ServiceUnavailableError',
];

/** What may be said of an error beside its name. */
export interface ErrorDetails {
  readonly message?: string | undefined;
  /** @default the model's status; 400 for a name that no model has */
  readonly statusCode?: number | undefined;
  /** The backend's process id, on a `StatementTimeoutException`. */
  readonly dbConnectionId?: number | undefined;
}

/**
 * An error that the service answers a request with; thrown wherever a request turns out not to be
 * served.
 */
export class ServiceError extends Error {
  readonly statusCode: number;
  /** The members of the error shape, as they go into the body. */
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

/** The request is well formed, and asks for what the service does not do. */
export const validationError = (message: string): ServiceError =>
  new ServiceError('ValidationException', { message });

/** The request does not fit what it refers to. */
export const badRequest = (message: string): ServiceError =>
  new ServiceError('BadRequestException', { message });
