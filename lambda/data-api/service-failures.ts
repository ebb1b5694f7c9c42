import { clusterIdentifier } from '../../contract/arn';
import { LOGIN } from './database-failures';
import type { FailureRow, Remedy } from './failure';

const ROLE: Remedy = ({ clusterArn, secretArn }) =>
  `the caller's role needs rds-data:ExecuteStatement on ${clusterArn}, secretsmanager:GetSecretValue on ${secretArn} and, with a key of your own, kms:Decrypt on it`;
const NO_CREDENTIALS =
  'there are no credentials: a function has those of its role, a shell needs a login';
const EXPIRED =
  'the credentials have expired: the next run gets new ones, a shell needs a new login';
const CREDENTIALS =
  'AWS does not know these credentials: check the account, the region and the role';
const REGION =
  "the account has no access to this region's service: enable the region for the account";
const CLOCK = 'check the clock of the machine that sent the call';
const THROTTLED =
  'the account sends the Data API more calls than it takes: spread the schedules of its callers';
const FORM =
  'the service does not take such a request: check the region and the endpoint, then report it as a defect';
const TOO_BIG = 'the answer is too big for the Data API: configure fewer tables for one purge';
const UNREACHABLE =
  'the service cannot be reached: a function in a VPC needs a NAT gateway or an interface endpoint for rds-data';
const CERTIFICATE =
  "the other side's certificate is not valid here: look for a proxy in between, and at the clock";
const HEALTH = "look at AWS's health dashboard";
const CLUSTER: Remedy = ({ clusterArn }) => `check the cluster's ARN, ${clusterArn}`;
const ENDPOINT: Remedy = ({ clusterArn }) =>
  `aws rds enable-http-endpoint --resource-arn ${clusterArn} (after a rename of the cluster disable-http-endpoint first)`;
const INSTANCE: Remedy = 'add a writer instance to the cluster';
const STOPPED: Remedy = ({ clusterArn }) =>
  `the cluster may be stopped: aws rds start-db-cluster --db-cluster-identifier ${clusterIdentifier(clusterArn)}`;
const WRITER = 'the writer may be failing over: look at its state and its events in RDS';
const SECRET: Remedy = ({ secretArn }) =>
  `check that ${secretArn} exists in the cluster's region, and that the caller's role may read and decrypt it`;

const LINK_FAILURE = /communications link failure/i;
const BUSY = /timed? ?out|rate exceeded|throttl/i;
const OF_SECRET = /perform: (secretsmanager|kms):/i;
const ANY_THROTTLING = /throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i;
const ANY_CERTIFICATE = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;
const NEVER_SENT =
  'ECONNREFUSED ENOTFOUND EAI_AGAIN ENETUNREACH ENETDOWN EHOSTUNREACH EADDRNOTAVAIL';
const UNKNOWN_CREDENTIALS =
  'UnrecognizedClientException InvalidClientTokenId MissingAuthenticationTokenException IncompleteSignature InvalidSignatureException SignatureDoesNotMatch';

/** What the errors of the service, of the credentials and of the network mean. Rows with `says` come first. */
export const SERVICE_FAILURES: readonly FailureRow[] = [
  // The first version of the service said in this way that a cluster was paused.
  { on: 'BadRequestException', says: LINK_FAILURE, kind: 'resuming', at: 'server' },
  { on: 'DatabaseErrorException', says: LINK_FAILURE, kind: 'unknown', at: 'server' },
  // MySQL answers a delete with a count, so what is too large is the statement.
  { says: /packet for query is too large/i, kind: 'too-large', at: 'server' },
  { says: /response.*size limit/i, kind: 'unknown', at: 'service', remedy: TOO_BIG },
  {
    on: 'UnsupportedResultException',
    says: /size/i,
    kind: 'unknown',
    at: 'service',
    remedy: TOO_BIG,
  },
  {
    on: 'BadRequestException',
    says: /HttpEndpoint is(n't| not) enabled/i,
    kind: 'transient',
    at: 'endpoint',
    remedy: ENDPOINT,
  },
  { on: 'SecretsErrorException', says: BUSY, kind: 'transient', at: 'secret', remedy: SECRET },
  { on: 'AccessDeniedException', says: OF_SECRET, kind: 'final', at: 'secret', remedy: ROLE },
  { on: 'ForbiddenException', says: OF_SECRET, kind: 'final', at: 'secret', remedy: ROLE },
  {
    on: 'TimeoutError ETIMEDOUT',
    says: /not establish/,
    kind: 'transient',
    at: 'network',
    remedy: UNREACHABLE,
  },

  // The service refuses the call, or cannot serve it.
  { on: 'DatabaseResumingException', kind: 'resuming', at: 'server' },
  { on: 'DatabaseUnavailableException', kind: 'transient', at: 'server', remedy: WRITER },
  { on: 'ServiceUnavailableError', kind: 'transient', at: 'service', remedy: HEALTH },
  { on: 'InternalServerErrorException', kind: 'unknown', at: 'service' },
  { on: 'ThrottlingException', kind: 'transient', at: 'service', remedy: THROTTLED },
  { named: ANY_THROTTLING, kind: 'transient', at: 'service', remedy: THROTTLED },
  // These three are transient, since a switch-over of the cluster leads to them for up to a minute.
  { on: 'HttpEndpointNotEnabledException', kind: 'transient', at: 'endpoint', remedy: ENDPOINT },
  { on: 'DatabaseNotFoundException', kind: 'transient', at: 'database', remedy: INSTANCE },
  { on: 'InvalidResourceStateException', kind: 'transient', at: 'database', remedy: STOPPED },
  { on: 'NotFoundException', kind: 'final', at: 'endpoint', remedy: CLUSTER },
  { on: 'InvalidSecretException', kind: 'final', at: 'secret', remedy: LOGIN },
  { on: 'SecretsErrorException', kind: 'final', at: 'secret', remedy: SECRET },
  { on: 'BadRequestException UnsupportedResultException', kind: 'final', at: 'service' },
  { on: 'TransactionNotFoundException', kind: 'final', at: 'service', remedy: FORM },
  { on: 'ValidationException', kind: 'final', at: 'service', remedy: FORM },
  { on: 'UnknownOperationException', kind: 'final', at: 'service', remedy: FORM },

  // AWS does not know the caller, or does not let the caller in.
  { on: 'AccessDeniedException', kind: 'final', at: 'role', remedy: ROLE, mayBeClock: true },
  { on: 'ForbiddenException', kind: 'final', at: 'role', remedy: ROLE, mayBeClock: true },
  { on: UNKNOWN_CREDENTIALS, kind: 'final', at: 'role', remedy: CREDENTIALS, mayBeClock: true },
  { on: 'CredentialsProviderError', kind: 'final', at: 'role', remedy: NO_CREDENTIALS },
  { on: 'ExpiredTokenException ExpiredToken', kind: 'final', at: 'role', remedy: EXPIRED },
  { on: 'RequestTimeTooSkewed RequestExpired', kind: 'transient', at: 'role', remedy: CLOCK },
  { on: 'RequestInTheFuture', kind: 'transient', at: 'role', remedy: CLOCK },
  { on: 'OptInRequired', kind: 'final', at: 'role', remedy: REGION },

  // The network failed before the request was sent.
  { on: NEVER_SENT, kind: 'transient', at: 'network', remedy: UNREACHABLE },
  { named: ANY_CERTIFICATE, kind: 'final', at: 'network', remedy: CERTIFICATE },
];
