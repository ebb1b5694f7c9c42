import { SessionPurgeError } from '../errors';
import { meaningOf } from './sql-state';

/** What a call that failed means for the statement that it carried. */
export type FailureKind =
  /** A paused cluster is waking; the statement did not run. */
  | 'resuming'
  /** The statement did not run, or was taken back; the same call may succeed later. */
  | 'transient'
  /** The database stopped the statement for its duration or its size and took it back: a smaller one may pass. */
  | 'too-large'
  /** The database does not let some row of the statement go, and took the statement back. */
  | 'refused'
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
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
}

type Reading = Pick<Failure, 'kind'> & { readonly remedy?: string };

const final = (remedy: string): Reading => ({ kind: 'final', remedy });

const WAKING: Reading = { kind: 'resuming' };
const THROTTLED: Reading = {
  kind: 'transient',
  remedy: 'the account sends the Data API more calls than it takes',
};
const SECRET = final('check that the secret exists, holds username and password, and may be read');
const ACCESS = final(
  "the function's role needs rds-data:ExecuteStatement on the cluster, secretsmanager:GetSecretValue on the secret and, with a key of your own, kms:Decrypt on it",
);
const EXPIRED = final(
  'the credentials have expired: the next run gets new ones, a shell needs a new login',
);
const CREDENTIALS = final(
  'AWS does not know these credentials: check the account, the region and the role',
);
const CLOCK: Reading = { kind: 'transient', remedy: 'check the clock of the machine that sent it' };
const FORM = final(
  'the service does not take such a request: check the region and the endpoint, then report it as a defect',
);
const UNREACHABLE: Reading = {
  kind: 'transient',
  remedy:
    'the service cannot be reached: a function in a VPC needs a NAT gateway or an interface endpoint for rds-data',
};
const ANSWER_TOO_BIG: Reading = {
  kind: 'unknown',
  remedy: 'the answer is too big for the Data API: configure fewer tables for one purge',
};

/** From before there was a request, so that it carries nothing of one. */
const NO_CREDENTIALS = 'CredentialsProviderError';

/** By the name of the error: the service model's, and those that it leaves out. */
const BY_NAME: Readonly<Record<string, Reading>> = {
  DatabaseResumingException: WAKING,
  DatabaseUnavailableException: { kind: 'transient', remedy: 'the writer may be failing over' },
  ServiceUnavailableError: { kind: 'transient', remedy: "look at AWS's health dashboard" },
  InternalServerErrorException: { kind: 'unknown' },
  StatementTimeoutException: { kind: 'too-large' },
  AccessDeniedException: ACCESS,
  ForbiddenException: ACCESS,
  DatabaseNotFoundException: final('the cluster has no instance to run on'),
  HttpEndpointNotEnabledException: final(
    "enable the cluster's Data API; after a rename of the cluster disable it first",
  ),
  InvalidResourceStateException: final('the cluster may be stopped'),
  InvalidSecretException: SECRET,
  SecretsErrorException: SECRET,
  NotFoundException: final("check the cluster's ARN"),
  TransactionNotFoundException: FORM,
  ValidationException: FORM,
  UnknownOperationException: FORM,
  [NO_CREDENTIALS]: final(
    'there are no credentials: a function has those of its role, a shell needs a login',
  ),
  ExpiredTokenException: EXPIRED,
  ExpiredToken: EXPIRED,
  UnrecognizedClientException: CREDENTIALS,
  InvalidClientTokenId: CREDENTIALS,
  MissingAuthenticationTokenException: CREDENTIALS,
  IncompleteSignature: CREDENTIALS,
  InvalidSignatureException: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  OptInRequired: final("the account has no access to this region's service"),
  RequestExpired: CLOCK,
  RequestInTheFuture: CLOCK,
  RequestTimeTooSkewed: CLOCK,
};

/** What a wrong clock is answered with; the first of them a missing right, too. */
const SIGNED_WRONG: readonly (Reading | null)[] = [ACCESS, CREDENTIALS, CLOCK];

/** Network errors from before the request was sent. */
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'];

/** Node.js's names for a certificate that does not hold: the request was never sent, and never will be. */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

const CERTIFICATE_REMEDY =
  'the certificate of the other side does not hold: look for a proxy in between, and at the clock';

function readWithoutName({ code, message, $metadata }: CallError): Reading {
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 429) return THROTTLED;
  if (status >= 400 && status < 500) return { kind: 'final' };
  if (CERTIFICATE.test(String(code))) return final(CERTIFICATE_REMEDY);
  const neverSent =
    NEVER_SENT.includes(String(code)) || /did not establish a connection/.test(message);
  return neverSent ? UNREACHABLE : { kind: 'unknown' };
}

function readDatabaseError(message: string, sqlState: string | null): Reading {
  if (/communications link failure/i.test(message)) return { kind: 'unknown' };
  const [, errorCode = null] = /Error code: (\d+)/i.exec(message) ?? [];
  return meaningOf(sqlState ?? '', errorCode);
}

/** What the service says by several names, in the words of its guide and of its first version. */
function readWords({ name, message }: CallError): Reading | null {
  // A delete returns no row that could be too large, so it is what was sent.
  if (/packet for query is too large/i.test(message)) return { kind: 'too-large' };
  if (/response.*size limit/i.test(message)) return ANSWER_TOO_BIG;
  if (name === 'UnsupportedResultException' && /size/i.test(message)) return ANSWER_TOO_BIG;
  if (name === 'BadRequestException' && /communications link failure/i.test(message)) {
    return WAKING;
  }
  const slow = name === 'SecretsErrorException' && /timed? ?out/i.test(message);
  return slow ? { ...SECRET, kind: 'transient' } : null;
}

function read(error: CallError, sqlState: string | null): Reading {
  const { name, message, $metadata } = error;
  const words = readWords(error);
  if (words !== null) return words;
  if (name === 'DatabaseErrorException') return readDatabaseError(message, sqlState);
  const known = Object.hasOwn(BY_NAME, name) ? (BY_NAME[name] as Reading) : null;
  // The client has set its clock by the answer's, and signs the next request with that.
  if ($metadata?.clockSkewCorrected && SIGNED_WRONG.includes(known)) return CLOCK;
  if (/throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i.test(name)) return THROTTLED;
  return known ?? readWithoutName(error);
}

/** Django's session data as it is since version 3.1: text, time and signature. */
const SIGNED_DATA = /(?<![\w.+/=-])[\w.+/=-]*:[a-z0-9]{6}:[\w-]{20,}/gi;

/** Session keys, older session data in base64, and any other such word. */
const LONG_WORD = /(?<![a-z0-9+/])[a-z0-9+/]*[a-z0-9]{32,}[a-z0-9+/=]*/gi;

/** Nothing beyond is a message; some of the patterns would take long on it. */
const READ_LENGTH = 20_000;

const SHOWN_LENGTH = 500;

/** A message without what a database may quote from a row: a violated key, a refused row, keys and data. */
function withoutRowValues(message: string): string {
  return message
    .slice(0, READ_LENGTH)
    .replace(/\s*Detail:.*?(?=; (?:Hint|Position|SQLState):|$)/gs, '')
    .replace(/\)=\(.*?(?:\)|$)/gs, ')=(...)')
    .replace(/row contains \((?:.*\)|.*)/gs, 'row contains (...)')
    .replace(SIGNED_DATA, '...')
    .replace(LONG_WORD, '...')
    .slice(0, SHOWN_LENGTH);
}

/** Whether an error came from a call to the service, so that `readFailure` may judge it. */
export function isCallError(error: unknown): error is CallError {
  return (
    error instanceof Error &&
    !(error instanceof SessionPurgeError) &&
    ('$metadata' in error || 'code' in error || error.name === NO_CREDENTIALS)
  );
}

/** The remedy, with the constraint's name in front where the text has one. */
function naming(text: string, remedy: string): string {
  const [, name] = /\bconstraint ["`]([^"`]+)["`]/i.exec(text) ?? [];
  return name === undefined ? remedy : `constraint "${name}": ${remedy}`;
}

/** Reads the error of a call: what became of the statement, and what helps. */
export function readFailure(error: CallError): Failure {
  const [, sqlState = null] = /SQLState: ([0-9A-Z]{5})/i.exec(error.message) ?? [];
  const { kind, remedy = null } = read(error, sqlState);
  const text = withoutRowValues(error.message);
  const name = typeof error.code === 'string' ? error.code : error.name;
  const code = Object.hasOwn(BY_NAME, name) ? name : withoutRowValues(name);
  return { kind, code, sqlState, text, remedy: remedy && naming(text, remedy) };
}
