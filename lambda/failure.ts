import { SessionPurgeError } from './errors';
import { meaningOf } from './sql-state';

/** What a call that failed means for the statement that it carried. */
export type FailureKind =
  /** A paused cluster is waking; the statement did not run. */
  | 'resuming'
  /** The statement did not run, or was taken back; the same call may succeed later. */
  | 'passing'
  /** The database stopped the statement for its duration and took it back. */
  | 'timed-out'
  /** No answer, or none that can be read: the statement may have run. */
  | 'unknown'
  /** Repeating the call cannot help. */
  | 'final';

/** A failed call; the text holds no session key. */
export interface Failure {
  readonly kind: FailureKind;
  /** The service's or the network's name for it. */
  readonly code: string;
  readonly sqlState: string | null;
  readonly text: string;
  readonly remedy: string | null;
}

/** The part of an SDK or network error that is read. */
interface CallError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const SECRET_REMEDY = 'check that the secret exists, holds username and password, and may be read';
const ACCESS_REMEDY =
  "the function's role needs rds-data:ExecuteStatement on the cluster, secretsmanager:GetSecretValue on the secret and, with a key of your own, kms:Decrypt on it";

type Reading = Pick<Failure, 'kind'> & { readonly remedy?: string };

/** By the name of the error: the service model's, and those that it leaves out. */
const BY_NAME: Readonly<Record<string, Reading>> = {
  DatabaseResumingException: {
    kind: 'resuming',
    remedy: 'the cluster may be waking from auto-pause',
  },
  DatabaseUnavailableException: { kind: 'passing', remedy: 'the writer may be failing over' },
  ServiceUnavailableError: { kind: 'passing' },
  ThrottlingException: { kind: 'passing' },
  TooManyRequestsException: { kind: 'passing' },
  InternalServerErrorException: { kind: 'unknown' },
  StatementTimeoutException: { kind: 'timed-out' },
  AccessDeniedException: { kind: 'final', remedy: ACCESS_REMEDY },
  ForbiddenException: { kind: 'final', remedy: ACCESS_REMEDY },
  DatabaseNotFoundException: { kind: 'final', remedy: 'the cluster has no instance to run on' },
  HttpEndpointNotEnabledException: {
    kind: 'final',
    remedy: "enable the cluster's Data API; after a rename of the cluster disable it first",
  },
  InvalidResourceStateException: { kind: 'final', remedy: 'the cluster may be stopped' },
  InvalidSecretException: { kind: 'final', remedy: SECRET_REMEDY },
  SecretsErrorException: { kind: 'final', remedy: SECRET_REMEDY },
  NotFoundException: { kind: 'final', remedy: "check the cluster's ARN" },
};

/** Network errors from before the request was sent. */
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'];

function readBadRequest(message: string): Reading {
  // The name that the service's first version had for a connection to a waking cluster, still seen.
  return { kind: /communications link failure/i.test(message) ? 'resuming' : 'final' };
}

function readWithoutName({ code, message, $metadata }: CallError): Reading {
  const status = $metadata?.httpStatusCode;
  if (status === 429) return { kind: 'passing' };
  if (status !== undefined && status >= 400 && status < 500) return { kind: 'final' };
  const neverSent =
    NEVER_SENT.includes(String(code)) || /did not establish a connection/.test(message);
  return { kind: neverSent ? 'passing' : 'unknown' };
}

function readDatabaseError(message: string, sqlState: string | null): Reading {
  if (/communications link failure/i.test(message)) return { kind: 'unknown' };
  const [, errorCode = null] = /Error code: (\d+)/i.exec(message) ?? [];
  return sqlState === null && errorCode === null
    ? { kind: 'final' }
    : meaningOf(sqlState ?? '', errorCode);
}

function read(error: CallError, sqlState: string | null): Reading {
  if (error.name === 'DatabaseErrorException') return readDatabaseError(error.message, sqlState);
  if (error.name === 'BadRequestException') return readBadRequest(error.message);
  if (error.name === 'CredentialsProviderError') return { kind: 'final', remedy: ACCESS_REMEDY };
  if (error.name === 'SecretsErrorException' && /timed? ?out/i.test(error.message)) {
    return { kind: 'passing', remedy: SECRET_REMEDY };
  }
  return Object.hasOwn(BY_NAME, error.name)
    ? (BY_NAME[error.name] as Reading)
    : readWithoutName(error);
}

/** A message without what a database may quote from a row: a violated key, a refused row, and session keys. */
function withoutRowValues(message: string): string {
  return message
    .replace(/\s*Detail:.*?(?=; (?:Hint|Position|SQLState):|$)/gs, '')
    .replace(/\)=\(.*?\)/gs, ')=(...)')
    .replace(/row contains \(.*\)/gs, 'row contains (...)')
    .replace(/\b[a-z0-9]{32,40}\b/gi, '...')
    .slice(0, 500);
}

/** Whether an error came from a call to the service, so that `readFailure` may judge it. */
export function isCallError(error: unknown): error is CallError {
  return (
    error instanceof Error &&
    !(error instanceof SessionPurgeError) &&
    ('$metadata' in error || 'code' in error)
  );
}

/** Reads the error of a call: what became of the statement, and what helps. */
export function readFailure(error: CallError): Failure {
  const [, sqlState = null] = /SQLState: ([0-9A-Z]{5})/i.exec(error.message) ?? [];
  const { kind, remedy = null } = read(error, sqlState);
  const code = typeof error.code === 'string' ? error.code : error.name;
  return { kind, code, sqlState, text: withoutRowValues(error.message), remedy };
}
