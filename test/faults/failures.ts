import type { Addressee, FailedLink, FailureKind } from '../../lambda/data-api/failure';
import type { Fault } from '../../local/data-api-server/index';

/** One thing that may go wrong: how to make it happen, and what an operator reads about it in docs/failures.md. */
export interface FailureRow {
  /** What the log and the error show. */
  readonly see: string;
  readonly means: string;
  /** What became of the statement. */
  readonly kind: FailureKind;
  /** Which link broke. */
  readonly at: FailedLink;
  /** The end of the error's message, with names in braces for what was called; `null`: the message ends without. */
  readonly remedy: string | null;
  /** What to do where the message has no remedy. */
  readonly todo?: string;
  /** What the service makes of the call: a fault, or an environment in which there is no service. */
  readonly cause: Fault | { readonly env: Readonly<Record<string, string>> };
  /** Other faults that mean the same. */
  readonly others?: readonly Fault[];
  /** What the SDK throws, where the cause does not say it. */
  readonly thrown?: { readonly name: string; readonly code?: string; readonly status?: number };
}

/** Part of every message of the service; it must not appear in any output. */
export const SESSION_KEY = 'k3y0abcdefghijklmnopqrstuvwxyz12';

/** Also part of them: what Django writes into `session_data`. */
export const SESSION_DATA =
  '.eJxVjMsOwiAUBf-FtSFweXRx7_0GAvdCtEpJaLsy_rs06UK3Z2bOmwXc1hK2TkuYM7sywS6_W8L0pHaA_MB2X3haattf4j'.concat(
    ':1rXyzA:Hn3j0pVsQyJ2k1bT0dEwBqZ7mL5uCfGhI9oKxN4rS6s',
  );

const QUOTED = `; session "${SESSION_KEY}" with data ${SESSION_DATA}`;

const exception = (error: string, message: string, statusCode?: number): Fault => ({
  answer: { error, message: `${message}${QUOTED}`, ...(statusCode && { statusCode }) },
});

const LOGIN = `put the name and the password of a user who may log in into the secret: aws secretsmanager put-secret-value --secret-id {secretArn} --secret-string '{"username":"...","password":"..."}'`;
const ROLE =
  "the caller's role needs rds-data:ExecuteStatement on {clusterArn}, secretsmanager:GetSecretValue on {secretArn} and, with a key of your own, kms:Decrypt on it";
const SECRET =
  "check that {secretArn} exists in the cluster's region, and that the caller's role may read and decrypt it";
const THROTTLED =
  'the account sends the Data API more calls than it takes: spread the schedules of its callers';
const FORM =
  'the service does not take such a request: check the region and the endpoint, then report it as a defect';
const CREDENTIALS =
  'AWS does not know these credentials: check the account, the region and the role';
const UNREACHABLE =
  'the service cannot be reached: a function in a VPC needs a NAT gateway or an interface endpoint for rds-data';
const TOO_BIG = 'the answer is too big for the Data API: configure fewer tables for one purge';
const SLOW = 'look for a lock on the table, a slow trigger, or a missing index on expire_date';
const REPORT = 'nothing that you can mend: report it, with the log';
const UNLISTED =
  "look for the error in the database's log and manual: a setting or a trigger may be the reason; if neither is, report it";
const RARELY = 'nothing, unless it comes often';
const WAKE = "raise the function's timeout or the wake budget, whichever the message names";

/** Every error of the service's model. */
export const MODELLED: readonly FailureRow[] = [
  {
    see: 'AccessDeniedException',
    means: 'the function may not call the Data API',
    kind: 'final',
    at: 'role',
    remedy: ROLE,
    cause: exception(
      'AccessDeniedException',
      'User is not authorized to perform: rds-data:ExecuteStatement',
    ),
  },
  {
    see: 'AccessDeniedException that names secretsmanager or kms',
    means: 'the function may not read the secret',
    kind: 'final',
    at: 'secret',
    remedy: ROLE,
    cause: exception(
      'AccessDeniedException',
      'User is not authorized to perform: secretsmanager:GetSecretValue',
    ),
    others: [exception('ForbiddenException', 'User is not authorized to perform: kms:Decrypt')],
  },
  {
    see: 'BadRequestException',
    means: 'the service does not take the request; an older name, for many causes',
    kind: 'final',
    at: 'service',
    remedy: null,
    todo: 'what its message says',
    cause: exception('BadRequestException', 'the request is bad'),
  },
  {
    see: 'DatabaseErrorException without a SQLSTATE',
    means: 'the database refuses, and gives no reason',
    kind: 'final',
    at: 'server',
    remedy: UNLISTED,
    cause: exception('DatabaseErrorException', 'Database returned SQL Exception'),
  },
  {
    see: 'DatabaseNotFoundException',
    means: 'the cluster has no instance, or switches over to another',
    kind: 'transient',
    at: 'database',
    remedy: 'add a writer instance to the cluster',
    cause: exception('DatabaseNotFoundException', "Can't find an instance"),
  },
  {
    see: 'DatabaseResumingException',
    means: 'the cluster had paused itself and is waking',
    kind: 'resuming',
    at: 'server',
    remedy: null,
    todo: WAKE,
    cause: exception('DatabaseResumingException', 'is resuming after being auto-paused'),
  },
  {
    see: 'DatabaseUnavailableException',
    means: 'no writer answers: a failover, a restart, a reboot',
    kind: 'transient',
    at: 'server',
    remedy: 'the writer may be failing over: look at its state and its events in RDS',
    cause: exception('DatabaseUnavailableException', ''),
  },
  {
    see: 'ForbiddenException',
    means: 'as AccessDeniedException',
    kind: 'final',
    at: 'role',
    remedy: ROLE,
    cause: exception('ForbiddenException', 'not permitted'),
  },
  {
    see: 'HttpEndpointNotEnabledException',
    means:
      "the cluster's Data API is off, its ARN is of no cluster, or it switches over to another",
    kind: 'transient',
    at: 'endpoint',
    remedy:
      'aws rds enable-http-endpoint --resource-arn {clusterArn} (after a rename of the cluster disable-http-endpoint first)',
    cause: exception('HttpEndpointNotEnabledException', 'HttpEndpoint is not enabled'),
    others: [
      exception('BadRequestException', 'HttpEndpoint is not enabled for cluster shop'),
      exception('BadRequestException', "HttpEndpoint isn't enabled for cluster shop"),
    ],
  },
  {
    see: 'InternalServerErrorException',
    means: 'the service broke down over the call, which may have run',
    kind: 'unknown',
    at: 'service',
    remedy: null,
    todo: RARELY,
    cause: exception('InternalServerErrorException', ''),
  },
  {
    see: 'InvalidResourceStateException',
    means: 'the cluster is stopped, or switches over to another',
    kind: 'transient',
    at: 'database',
    remedy:
      'the cluster may be stopped: aws rds start-db-cluster --db-cluster-identifier {cluster}',
    cause: exception('InvalidResourceStateException', 'not available'),
  },
  {
    see: 'InvalidSecretException',
    means: 'the secret holds no user name and password',
    kind: 'final',
    at: 'secret',
    remedy: LOGIN,
    cause: exception('InvalidSecretException', 'no username'),
  },
  {
    see: 'NotFoundException',
    means: 'there is no such cluster',
    kind: 'final',
    at: 'endpoint',
    remedy: "check the cluster's ARN, {clusterArn}",
    cause: exception('NotFoundException', 'not found'),
  },
  {
    see: 'SecretsErrorException',
    means: 'the secret cannot be read',
    kind: 'final',
    at: 'secret',
    remedy: SECRET,
    cause: exception('SecretsErrorException', 'no such secret'),
  },
  {
    see: 'SecretsErrorException that speaks of a timeout or a rate',
    means: 'Secrets Manager did not answer in time, or is asked too often',
    kind: 'transient',
    at: 'secret',
    remedy: SECRET,
    cause: exception('SecretsErrorException', 'timed out'),
    others: [
      exception('SecretsErrorException', 'Timeout while reading the secret'),
      exception('SecretsErrorException', 'request time out'),
      exception('SecretsErrorException', 'Rate exceeded'),
    ],
  },
  {
    see: 'ServiceUnavailableError',
    means: 'the Data API itself is not available',
    kind: 'transient',
    at: 'service',
    remedy: "look at AWS's health dashboard",
    cause: exception('ServiceUnavailableError', ''),
  },
  {
    see: 'StatementTimeoutException',
    means: 'the Data API stopped the statement after 45 s; none of its rows are deleted',
    kind: 'too-large',
    at: 'server',
    remedy: SLOW,
    cause: {
      answer: { error: 'StatementTimeoutException', message: 'stopped', dbConnectionId: 7 },
    },
  },
  {
    see: 'TransactionNotFoundException',
    means: 'the service looks for a transaction, though the purge uses none',
    kind: 'final',
    at: 'service',
    remedy: FORM,
    cause: exception('TransactionNotFoundException', 'not found'),
  },
  {
    see: 'UnsupportedResultException',
    means: 'the Data API cannot express the answer',
    kind: 'final',
    at: 'service',
    remedy: null,
    todo: REPORT,
    cause: exception('UnsupportedResultException', 'the unsupported data type regtype'),
  },
  {
    see: 'UnsupportedResultException that speaks of the size',
    means: 'the answer is too big; the statement may have run',
    kind: 'unknown',
    at: 'service',
    remedy: TOO_BIG,
    cause: exception('UnsupportedResultException', 'The size was too large'),
  },
];

/** Answers of AWS that the model does not have, and answers of others in its place. */
export const UNMODELLED: readonly FailureRow[] = [
  {
    see: 'ThrottlingException',
    means: 'too many calls',
    kind: 'transient',
    at: 'service',
    remedy: THROTTLED,
    cause: exception('ThrottlingException', 'Rate exceeded'),
    others: [
      exception('Throttling', 'Rate exceeded'),
      exception('RequestThrottledException', 'Rate exceeded'),
      exception('TooManyRequestsException', 'Rate exceeded'),
    ],
  },
  {
    see: 'RequestLimitExceeded',
    means: 'too many calls, by another name',
    kind: 'transient',
    at: 'service',
    remedy: THROTTLED,
    cause: exception('RequestLimitExceeded', 'slow down', 503),
    others: [exception('SlowDown', 'slow down', 503)],
  },
  {
    see: 'any error with HTTP status 429',
    means: 'too many calls',
    kind: 'transient',
    at: 'service',
    remedy: THROTTLED,
    cause: exception('SomethingNewException', 'slow down', 429),
  },
  {
    see: 'ValidationException',
    means: 'a member of the request is not as it should be',
    kind: 'final',
    at: 'service',
    remedy: FORM,
    cause: exception('ValidationException', "Multistatements aren't supported"),
  },
  {
    see: 'UnknownOperationException',
    means: 'something that is no Data API answered',
    kind: 'final',
    at: 'service',
    remedy: FORM,
    cause: exception('UnknownOperationException', 'unknown', 404),
  },
  {
    see: 'ExpiredTokenException',
    means: 'the credentials have expired',
    kind: 'final',
    at: 'role',
    remedy: 'the credentials have expired: the next run gets new ones, a shell needs a new login',
    cause: exception('ExpiredTokenException', 'The security token is expired', 403),
    others: [exception('ExpiredToken', 'The security token is expired', 403)],
  },
  {
    see: 'UnrecognizedClientException',
    means: 'credentials of another partition, of a deleted role, or of nobody',
    kind: 'final',
    at: 'role',
    remedy: CREDENTIALS,
    cause: exception('UnrecognizedClientException', 'The security token is invalid', 403),
    others: [
      exception('InvalidClientTokenId', 'invalid', 403),
      exception('MissingAuthenticationTokenException', 'invalid', 403),
    ],
  },
  {
    see: 'InvalidSignatureException',
    means: 'the request was signed with another secret, or changed on its way',
    kind: 'final',
    at: 'role',
    remedy: CREDENTIALS,
    cause: exception('InvalidSignatureException', 'does not match', 403),
    others: [
      exception('IncompleteSignature', 'does not match', 403),
      exception('SignatureDoesNotMatch', 'does not match', 403),
    ],
  },
  {
    see: 'RequestTimeTooSkewed',
    means:
      "the function's clock is wrong by more than five minutes; the repeated call is signed by AWS's",
    kind: 'transient',
    at: 'role',
    remedy: 'check the clock of the machine that sent the call',
    cause: exception('RequestTimeTooSkewed', 'too large a difference', 403),
    others: [exception('RequestExpired', 'no', 403), exception('RequestInTheFuture', 'no', 403)],
  },
  {
    see: 'OptInRequired',
    means: 'the region is not open to the account',
    kind: 'final',
    at: 'role',
    remedy: "the account has no access to this region's service: enable the region for the account",
    cause: exception('OptInRequired', 'not subscribed', 403),
  },
  {
    see: 'CredentialsProviderError',
    means: 'there are no credentials at all',
    kind: 'final',
    at: 'role',
    remedy: 'there are no credentials: a function has those of its role, a shell needs a login',
    cause: {
      env: {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    },
    thrown: { name: 'CredentialsProviderError' },
  },
  {
    see: 'any other error with HTTP status 4xx',
    means: 'the service refuses the call, for a reason that is new',
    kind: 'final',
    at: 'service',
    remedy: null,
    todo: 'what its message says',
    cause: exception('SomethingNewException', 'no', 418),
    others: [exception('SomethingNewException', 'no', 499)],
  },
  {
    see: 'HTTP status 500, 502, 503 or 504 without a name',
    means: 'the service or something in front of it broke down; the call may have run',
    kind: 'unknown',
    at: 'service',
    remedy: null,
    todo: RARELY,
    cause: { answer: { statusCode: 503, body: '', contentType: 'text/plain' } },
    thrown: { name: 'Error', status: 503 },
  },
  {
    see: 'SyntaxError, of an answer in HTML',
    means: 'a proxy or a load balancer answered; the call may have run',
    kind: 'unknown',
    at: 'network',
    remedy: null,
    todo: 'look for what stands between the function and AWS',
    cause: {
      answer: { statusCode: 200, body: `<html>${SESSION_KEY}</html>`, contentType: 'text/html' },
    },
    thrown: { name: 'SyntaxError', status: 200 },
  },
  {
    see: 'SyntaxError, of an answer that is cut off',
    means: 'the connection broke in the middle of the answer; the call has run',
    kind: 'unknown',
    at: 'network',
    remedy: null,
    todo: RARELY,
    cause: { answer: 'truncated' },
    thrown: { name: 'SyntaxError', status: 200 },
  },
  {
    see: 'ECONNRESET, before the statement ran',
    means: 'the connection broke, at a time that is not known',
    kind: 'unknown',
    at: 'network',
    remedy: null,
    todo: RARELY,
    cause: { answer: 'lost' },
    thrown: { name: 'Error', code: 'ECONNRESET' },
  },
  {
    see: 'ECONNRESET, after the statement ran',
    means: 'the connection broke, at a time that is not known',
    kind: 'unknown',
    at: 'network',
    remedy: null,
    todo: RARELY,
    cause: { answer: 'lost', executes: true },
    thrown: { name: 'Error', code: 'ECONNRESET' },
  },
  {
    see: 'ETIMEDOUT: no answer',
    means: 'silence for 50 s, or for as long as the run could wait; the call may have run',
    kind: 'unknown',
    at: 'network',
    remedy: null,
    todo: 'look at the network; a run that ends with it is out of time',
    cause: { answer: 'none' },
    thrown: { name: 'TimeoutError', code: 'ETIMEDOUT' },
  },
  {
    see: 'TimeoutError that speaks of no connection',
    means: 'no connection came about within 5 s, so that nothing was sent',
    kind: 'transient',
    at: 'network',
    remedy: UNREACHABLE,
    cause: exception('TimeoutError', 'the request socket did not establish a connection'),
  },
  {
    see: 'ECONNREFUSED',
    means: 'nothing listens where the service should be',
    kind: 'transient',
    at: 'network',
    remedy: UNREACHABLE,
    cause: { env: { AWS_ENDPOINT_URL_RDS_DATA: 'http://127.0.0.1:1' } },
    thrown: { name: 'Error', code: 'ECONNREFUSED' },
  },
  {
    see: 'ENOTFOUND or EAI_AGAIN',
    means: "the service's name is not resolved",
    kind: 'transient',
    at: 'network',
    remedy: UNREACHABLE,
    cause: { env: { AWS_ENDPOINT_URL_RDS_DATA: 'http://no-such-host.invalid' } },
    thrown: { name: 'Error', code: 'EAI_AGAIN' },
  },
  {
    see: 'Packet for query is too large',
    means: 'the request is too big for the database',
    kind: 'too-large',
    at: 'server',
    remedy: null,
    todo: 'nothing, unless the run ends with it',
    cause: exception('DatabaseErrorException', 'Packet for query is too large (5 > 4)'),
  },
  {
    see: 'Database response exceeded size limit',
    means: 'the answer is over 1 MiB; the statement may have run',
    kind: 'unknown',
    at: 'service',
    remedy: TOO_BIG,
    cause: exception('BadRequestException', 'Database response exceeded size limit'),
    others: [
      exception(
        'DatabaseErrorException',
        'Database returned more than the allowed response size limit',
      ),
    ],
  },
  {
    see: 'Communications link failure, in a BadRequestException',
    means: 'a waking cluster, in the words of the first version of Aurora Serverless',
    kind: 'resuming',
    at: 'server',
    remedy: null,
    todo: WAKE,
    cause: exception('BadRequestException', 'Communications link failure'),
  },
  {
    see: 'Communications link failure, in a DatabaseErrorException',
    means: "the Data API's own connection to the database broke; the statement may have run",
    kind: 'unknown',
    at: 'server',
    remedy: null,
    todo: RARELY,
    cause: exception('DatabaseErrorException', 'Communications link failure; SQLState: 08S01'),
  },
];

const LOCKED = 'look for who holds a lock on the table, a schema migration or a stuck transaction';
const CONNECTIONS = 'the database has no connection left: look for a leak, or raise its limit';
const READ_ONLY =
  'the database takes no writes: the writer may be failing over; look at its read-only settings';
const DATABASE = 'name a database that exists, not "{database}"';
const TABLE =
  'a table or a column was dropped while the purge ran, or a trigger names one that is missing: the next run says which';
const DISK =
  'the database is out of disk space: make room first, since a delete needs space before it gives any back';
const DAMAGE = "the server cannot read or write its own files: look at its log, ask AWS's support";
const FOREIGN_KEY =
  'another table refers to the session table: delete the rows that do so first, or let the owner of that table change the constraint, which locks both tables: with ON DELETE CASCADE those rows are deleted with their session, with ON DELETE SET NULL (where the column takes NULL) they stay without it';
const GUARD = 'a constraint or a trigger refuses these rows: change or drop it';
const TRIGGER =
  'a trigger, a policy or a rule of the table, or a function that it calls, fails: correct it or drop it';
const RULE =
  'a rule, a policy or a trigger of the table does not work with this DELETE: look at pg_rules, pg_policies and pg_trigger';
const MEMORY =
  'a statement takes more memory, locks or space than the limit that the message names: look for a trigger that takes so much, or raise the limit';
const TIME =
  'a value cannot be read as a time: look for a trigger or a rule that computes one; if there is none, report it';
const OTHER_THINGS =
  "to the purge's database user; where the message names something else, a trigger needs a right to that";

type Verdict = Pick<FailureRow, 'kind' | 'at' | 'remedy'>;

const verdict =
  (kind: FailureKind, at: FailedLink) =>
  (remedy: string | null = null): Verdict => ({ kind, at, remedy });

const passes = verdict('transient', 'server');
const changes = verdict('transient', 'table');
const waitsForLock = verdict('transient', 'lock');
const isTooMuch = verdict('too-large', 'server');
const isLost = verdict('unknown', 'server');
const isWrong = verdict('final', 'server');
const isForeign = verdict('final', 'grammar');
const isNotAllowed = verdict('final', 'login');
const isMissing = verdict('final', 'database');
const isNotGiven = verdict('final', 'table');
const cannotGo = verdict('final', 'row');
const isKept = verdict('refused', 'row');

const sql = (
  fault: (code: string) => Fault,
  codes: string,
  see: string,
  means: string,
  { kind, at, remedy }: Verdict,
): FailureRow => {
  const [cause, ...others] = codes.split(' ').map(fault) as [Fault, ...Fault[]];
  const todo = kind === 'final' ? REPORT : RARELY;
  return { see, means, kind, at, remedy, ...(remedy === null && { todo }), cause, others };
};

/** SQLSTATEs that mean the same. `see` names them if they stand for a class. */
const postgresql = (
  codes: string,
  means: string,
  is: Verdict,
  text: string,
  see = codes.replaceAll(' ', ', '),
): FailureRow =>
  sql(
    (sqlState) =>
      exception(
        'DatabaseErrorException',
        `ERROR: ${text}\n  Detail: Key (session_key)=(${SESSION_KEY}) holds ${SESSION_DATA}.; SQLState: ${sqlState}`,
      ),
    codes,
    see,
    means,
    is,
  );

/** Error numbers that mean the same. */
const mysql = (
  codes: string,
  means: string,
  is: Verdict,
  text: string,
  see = codes.replaceAll(' ', ', '),
): FailureRow =>
  sql(
    (errorNumber) =>
      exception('DatabaseErrorException', `${text}; Error code: ${errorNumber}; SQLState: HY000`),
    codes,
    see,
    means,
    is,
  );

/** What PostgreSQL says, by SQLSTATE. */
export const POSTGRESQL: readonly FailureRow[] = [
  postgresql(
    '40000 40001',
    'serialization failure; raised by a trigger, its row stays alone, and the message goes on with `a delete of no row of`',
    passes(),
    'could not serialize access',
  ),
  postgresql('40P01', 'deadlock', passes(), 'deadlock detected'),
  postgresql(
    '55P03',
    'the statement could not get a lock within lock_timeout',
    waitsForLock(LOCKED),
    'canceling statement due to lock timeout',
  ),
  postgresql(
    '57014',
    'the statement was cancelled, usually by statement_timeout',
    isTooMuch(SLOW),
    'canceling statement due to statement timeout',
  ),
  postgresql(
    '25P04',
    'the transaction took too long',
    isTooMuch(SLOW),
    'terminating connection due to transaction timeout',
  ),
  postgresql('53200', 'out of memory, or of room for locks', isTooMuch(MEMORY), 'out of memory'),
  postgresql(
    '53400',
    'a configured limit, like temp_file_limit',
    isTooMuch(MEMORY),
    'temporary file size exceeds temp_file_limit',
  ),
  postgresql(
    '57P01 57P02 57P03 57000',
    'the server shuts down or starts: a failover, a restart',
    passes(),
    'terminating connection due to administrator command',
    '57P01, 57P02, 57P03 and their class',
  ),
  postgresql(
    '53000 53001',
    'the server is short of resources',
    passes(),
    'insufficient resources',
    '53000 and its class',
  ),
  postgresql(
    '25P03 57P05',
    'the connection was closed because it was idle',
    passes(),
    'terminating connection due to idle-session timeout',
  ),
  postgresql(
    '26000 42P05 25P02',
    'the connection lost track of its prepared statements or its transaction, as behind a proxy',
    passes(),
    'prepared statement "S_1" does not exist',
  ),
  postgresql(
    '0A000',
    'the table changed under a prepared statement',
    passes(),
    'cached plan must not change result type',
    '0A000 that speaks of a cached plan',
  ),
  postgresql('72000', 'the snapshot is too old', passes(), 'snapshot too old'),
  postgresql('53300', 'too many connections', passes(CONNECTIONS), 'too many connections for role'),
  postgresql(
    '25006',
    'the server only reads: the old writer after a failover; raised by a trigger, its row stays alone, and the message goes on with `a delete of no row of`',
    passes(READ_ONLY),
    'cannot execute DELETE in a read-only transaction',
  ),
  postgresql('08001 08004', 'the server refused the connection', passes(), 'rejected'),
  postgresql(
    '08006 08000 08003 08007 08P01',
    'the connection broke; the statement may have run',
    isLost(),
    'connection failure',
    '08006 and its class',
  ),
  postgresql(
    '40003',
    'the connection broke; the statement may have run',
    isLost(),
    'statement completion unknown',
  ),
  postgresql('53100', 'out of disk space', isWrong(DISK), 'could not extend file'),
  postgresql(
    'XX000',
    'a table, a trigger or a function was dropped or changed under the statement',
    changes(
      'look for who changes the table, a trigger or a function just now; if nobody does, look at the log of the server',
    ),
    'cache lookup failed for function 16402',
    'XX000 that speaks of the cache, a relation or concurrency',
  ),
  postgresql(
    'XX000 XX001 XX002 58000 58030 58P01 F0000',
    "an error inside the server, damaged data, or the server's disk",
    isNotGiven(DAMAGE),
    'invalid page in block 7',
    'classes XX, 58 and F0',
  ),
  postgresql(
    '28P01 28000',
    'the login is refused',
    isNotAllowed(LOGIN),
    'password authentication failed',
  ),
  postgresql(
    '3D000 57P04',
    'there is no such database',
    isMissing(DATABASE),
    'database "shop" does not exist',
  ),
  postgresql(
    '55000',
    'the database takes no connections',
    isMissing('ALTER DATABASE "{database}" ALLOW_CONNECTIONS true'),
    'database "shop" is not currently accepting connections',
    '55000 that speaks of connections',
  ),
  postgresql(
    '42501',
    'the user may not connect to the database',
    isMissing(`GRANT CONNECT ON DATABASE "{database}" to the purge's database user`),
    'permission denied for database "shop"',
    '42501 for a database',
  ),
  postgresql(
    '42501',
    'the user may not use a schema',
    isNotGiven("GRANT USAGE on the schema that the message names to the purge's database user"),
    'permission denied for schema tenant_b',
    '42501 for a schema',
  ),
  postgresql(
    '42501',
    'a right is missing',
    isNotGiven(
      `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE on the table ${OTHER_THINGS}`,
    ),
    'permission denied for table django_session',
  ),
  postgresql(
    '42501',
    'row-level security hides rows from the user, and its row_security is off',
    cannotGo(
      "the user's row_security is off and a policy hides rows: ALTER ROLE ... RESET row_security, and give the user BYPASSRLS or a policy that shows every row",
    ),
    'query would be affected by row-level security policy for table "django_session"',
    '42501 that speaks of row-level security',
  ),
  postgresql(
    '42501',
    'a policy keeps a trigger from writing a row',
    isKept(TRIGGER),
    'new row violates row-level security policy for table "audit"',
    '42501 that speaks of a new row',
  ),
  postgresql(
    '42P01 42703 3F000',
    'a table, a column or a schema is missing',
    isNotGiven(TABLE),
    'relation "django_session" does not exist',
  ),
  postgresql(
    '23503 23001',
    'a row of another table refers to a session',
    isKept(`constraint "audit_session_id_fk": ${FOREIGN_KEY}`),
    'update or delete on table "django_session" violates foreign key constraint "audit_session_id_fk" on table "audit"',
  ),
  postgresql(
    '23505 23502 23514 23P01 44000 40002',
    'another constraint, of a table that a trigger writes to',
    isKept(`constraint "archive_pkey": ${GUARD}`),
    'duplicate key value violates unique constraint "archive_pkey"',
    'classes 23 and 44, 40002',
  ),
  postgresql(
    'P0001 P0002 P0003 P0004 09000 27000 38000 39P01',
    'a trigger raised an error',
    isKept(GUARD),
    'this session is under audit',
    'classes P0, 09, 27, 38 and 39',
  ),
  postgresql(
    '22001 22003 22012 21000',
    'a trigger met a value or a number of rows that does not fit',
    isKept(GUARD),
    'value too long for type character varying(5)',
    'classes 21 and 22',
  ),
  postgresql(
    '42883 42804 42702 42704 42725 42846 42P02 42P03 42P07 42803 42809 55006',
    'a trigger, a policy or a rule calls or names something that is missing, or mixes up types',
    isKept(TRIGGER),
    'function archive(text) does not exist',
    '42883, 42804 and others of the classes 42 and 55',
  ),
  postgresql(
    '54001 54000 20000 24000 25001 2D000 2F005 34000 3B001 HV00N',
    'a trigger recurses too deep, or fails over a case, a cursor, a transaction or a foreign table',
    isKept(TRIGGER),
    'stack depth limit exceeded',
    'classes 54, 20, 24, 25, 2D, 2F, 34, 3B and HV',
  ),
  postgresql(
    '02000 0F001 0K000 0L000 0P000 0Z002 2BP01',
    'a trigger fails over a role, a large object or something that others depend on',
    isKept(TRIGGER),
    'role "auditor" does not exist',
    'classes 02, 0F, 0K, 0L, 0P, 0Z and 2B',
  ),
  postgresql(
    '55000',
    'a trigger reads what was never set',
    isKept(TRIGGER),
    'currval of sequence "audit_id_seq" is not yet defined in this session',
    '55000 that speaks of something not assigned, defined or populated',
  ),
  postgresql(
    '55000',
    'a publication sends deletes, and the table has no replica identity',
    cannotGo(
      'a publication sends the deletes of the table that the message names, which has no replica identity: its owner gives it one, by default the primary key, or the deletes are left out of the publication',
    ),
    'cannot delete from table "django_session" because it does not have a replica identity and publishes deletes',
  ),
  postgresql(
    '42P10',
    'a publication selects rows or columns that its replica identity does not cover',
    cannotGo(
      "a publication's WHERE or column list does not fit the table's replica identity: change it, as pg_publication_tables shows it, or the REPLICA IDENTITY",
    ),
    'cannot delete from table "django_session"',
  ),
  postgresql(
    '42P10',
    'a trigger names a key or a column that does not fit',
    isKept(TRIGGER),
    'there is no unique or exclusion constraint matching the ON CONFLICT specification',
    '42P10 that speaks of ON CONFLICT, DISTINCT or ORDER BY',
  ),
  postgresql(
    '0A000 42P17',
    'a rule or a policy of the table does not work with the statement',
    cannotGo(RULE),
    'multiple-statement DO INSTEAD rules are not supported for data-modifying statements in WITH',
  ),
  postgresql(
    '22007 22008',
    'a time that cannot be read',
    cannotGo(TIME),
    'date/time field value out of range',
  ),
  postgresql(
    '42601',
    "a syntax error: a trigger's own, or another engine's SQL",
    { ...isKept(TRIGGER), at: 'grammar' },
    'syntax error',
  ),
  postgresql(
    '0B000 99999',
    'what is not listed here',
    isKept(UNLISTED),
    'no words for it',
    'any other',
  ),
];

/** What MySQL says, by its error number. */
export const MYSQL: readonly FailureRow[] = [
  mysql(
    '1213 1020 3058 3101',
    'deadlock, or a conflict with another session',
    passes(),
    'Deadlock found when trying to get lock',
  ),
  mysql(
    '1205 1689 3572',
    'a row or a table stayed locked',
    waitsForLock(LOCKED),
    'Lock wait timeout exceeded',
  ),
  mysql(
    '1290 1036 1836 1874 3989',
    'the server or the schema only reads: the old writer after a failover',
    passes(READ_ONLY),
    'The MySQL server is running with the --read-only option',
  ),
  mysql(
    '1040 1135 1203 1461',
    'too many connections, threads or prepared statements',
    passes(CONNECTIONS),
    'Too many connections',
  ),
  mysql(
    '1226',
    'the user has used up a limit',
    passes("raise the limit of the purge's database user that the message names"),
    'User has exceeded the max_user_connections resource',
  ),
  mysql(
    '4031',
    'the connection was closed because it was idle',
    passes(),
    'The client was disconnected by the server because of inactivity',
  ),
  mysql(
    '1412 1615 1243',
    'the table changed under a prepared statement',
    passes(),
    'Table definition has changed, please retry transaction',
  ),
  mysql(
    '3032 1297 1637 3168',
    'the server is offline or overloaded for a while',
    passes(),
    'The server is currently in offline mode',
  ),
  mysql(
    '1317 1969 3024',
    'the statement was stopped for its duration',
    isTooMuch(SLOW),
    'Query execution was interrupted',
  ),
  mysql(
    '1206 1028 1037 1038 1041 1153 1197 1705 3015 3019',
    "the statement is too big for the server's locks, log or memory",
    isTooMuch(MEMORY),
    'The total number of locks exceeds the lock table size',
  ),
  mysql(
    '1053 1180 1181 1927 2006 2013 3169',
    'the connection was ended or the commit failed; the statement may have run',
    isLost(),
    'Server shutdown in progress',
  ),
  mysql(
    '1021 1026 1114 1878',
    'out of disk space',
    isWrong(DISK),
    "The table 'django_session' is full",
  ),
  mysql(
    '1030 1032 1034 1194 1195 1712 1815 1817 1863 1877 1881 1932',
    'damaged data',
    isNotGiven(DAMAGE),
    'Index is corrupted',
  ),
  mysql(
    '1015 1016 1017 1023 1024 1033 1035 1707 1808 1810 1811 1812 1814',
    'a file or a tablespace is missing or cannot be read',
    isNotGiven(DAMAGE),
    'Tablespace is missing for table',
  ),
  mysql(
    '1104',
    'max_join_size forbids the statement',
    isNotGiven(
      'set max_join_size to its default, or sql_big_selects to ON, for the user or in the parameter group',
    ),
    'The SELECT would examine more than MAX_JOIN_SIZE rows',
  ),
  mysql(
    '1792',
    'a setting makes all transactions read-only',
    isWrong(
      'no transaction may write: set transaction_read_only to OFF in the parameter group of the cluster',
    ),
    'Cannot execute statement in a READ ONLY transaction',
  ),
  mysql(
    '1175',
    'sql_safe_updates forbids the statement',
    isNotGiven(
      'set sql_safe_updates to OFF in the parameter group, and look for a missing index on expire_date',
    ),
    'You are using safe update mode',
  ),
  mysql(
    '1665 1598 1666',
    'the binary log cannot hold the statement',
    isWrong('set binlog_format to ROW or MIXED in the parameter group of the cluster'),
    'Cannot execute statement: impossible to write to binary log since BINLOG_FORMAT = STATEMENT',
  ),
  mysql(
    '1661 1662 1663 1664 1667 1785',
    'the binary log cannot hold what a trigger writes',
    cannotGo(
      'a trigger writes to a table whose engine does not fit the binary log: convert that table to InnoDB',
    ),
    'Cannot execute statement: impossible to write to binary log since more than one engine is involved',
  ),
  mysql(
    '1045 1130 1251 1275 1524 1698 1820 1862 1873 3118 3159 3955',
    'the login is refused',
    isNotAllowed(LOGIN),
    'Access denied for user',
  ),
  mysql(
    '1129',
    'the server blocks the host after failed logins',
    isNotAllowed(
      'the server blocks the Data API after too many failed logins: correct the secret, then run FLUSH HOSTS',
    ),
    'Host is blocked because of many connection errors',
  ),
  mysql('1049 1102', 'there is no such database', isMissing(DATABASE), "Unknown database 'shop'"),
  mysql(
    '1142',
    'the definer of a trigger may not run one on the table',
    cannotGo(
      'GRANT TRIGGER on the table to the DEFINER of its trigger, or create the trigger with another DEFINER',
    ),
    "TRIGGER command denied to user 'ghost'@'%' for table 'django_session'",
    '1142 that speaks of TRIGGER',
  ),
  mysql(
    '1142 1044 1143 1370',
    'a right is missing',
    isNotGiven(`GRANT SELECT (expire_date), DELETE on the table ${OTHER_THINGS}`),
    'DELETE command denied',
  ),
  mysql(
    '1146 1054 1356',
    'a table or a column is missing',
    isNotGiven(TABLE),
    "Table 'shop.django_session' doesn't exist",
  ),
  mysql(
    '1451',
    'a row of another table refers to a session',
    isKept(`constraint "audit_session_id_fk": ${FOREIGN_KEY}`),
    'Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`audit`, CONSTRAINT `audit_session_id_fk` FOREIGN KEY (`session_id`) REFERENCES `django_session` (`session_key`))',
  ),
  mysql(
    '1217 1834',
    'the same, where the user may not see which table',
    isKept(FOREIGN_KEY),
    'Cannot delete or update a parent row: a foreign key constraint fails',
  ),
  mysql(
    '1644 1369 1442 1643 3008 3819',
    'a trigger raised an error, or broke a constraint',
    isKept(GUARD),
    'this session is under audit',
  ),
  mysql(
    '1366 1172 1265 1364 1411 1423 1467 1526 1748',
    'a trigger met a value or a number of rows that does not fit',
    isKept(GUARD),
    'Incorrect string value for column',
  ),
  mysql('1292 1525', 'a time that cannot be read', cannotGo(TIME), 'Incorrect datetime value'),
  mysql(
    '1305 1318 1417 1418 1444',
    'a trigger calls a routine that is missing, or one that does not work there',
    isKept(TRIGGER),
    'FUNCTION shop.archive does not exist',
  ),
  mysql(
    '1456 1119 1424 1436 1457 1462',
    'a trigger recurses too deep',
    isKept(TRIGGER),
    'Recursive limit was exceeded for routine',
  ),
  mysql(
    '1193 1238 1267 1270 1271 1288 1347 1443 1471 1621 1706 1765',
    'a trigger gets a variable, a collation or a view wrong',
    isKept(TRIGGER),
    'Illegal mix of collations',
  ),
  mysql(
    '1422 1137 1312 1314 1335 1336 1362 1363 1415 1445 1602 1604 1606 1646 1648 1710 1711',
    'a trigger does what a trigger may not, or cannot be read',
    isKept(TRIGGER),
    'Explicit or implicit commit is not allowed in stored function or trigger',
  ),
  mysql(
    '1227',
    'a trigger needs a privilege that its user does not have',
    isKept(TRIGGER),
    'Access denied; you need the SUPER privilege',
  ),
  mysql(
    '1449',
    'the definer of a trigger does not exist',
    cannotGo(
      'the DEFINER of a trigger does not exist: create that user, or the trigger with another DEFINER',
    ),
    'The user specified as a definer does not exist',
  ),
  mysql(
    '1064',
    "a syntax error: another engine's SQL",
    isForeign(),
    'You have an error in your SQL syntax',
  ),
  mysql('9999', 'what is not listed here', isKept(UNLISTED), 'no words for it', 'any other'),
];

/** All failures, by the sections of docs/failures.md. */
export const FAILURES: Readonly<Record<string, readonly FailureRow[]>> = {
  "Errors of the service's model": MODELLED,
  "Errors outside of the model, and the network's": UNMODELLED,
  'SQLSTATEs of PostgreSQL': POSTGRESQL,
  'Error numbers of MySQL': MYSQL,
};

/** What the run does about each kind, and what the report shows of it, as docs/failures.md has it. */
export const KINDS: Readonly<Record<FailureKind, string>> = {
  transient:
    'the statement did not run, or was taken back; the call is repeated after random, growing waits; all calls together may take up to 90 s for it, until one is answered; a delete that met a lock is not repeated: its batch is parted, and the row that is locked is left to the next run; a read waits only for a lock on the whole table, and is repeated for 5 s at the most, the first look at the tables not at all | `Retries`; after the 90 s the run ends as at "final", but a delete that has an error of the database itself is followed by a DELETE of no row: if that passes, a trigger has raised the error, the run goes on as at "refused", and no further delete waits for that code; where the time of the run ends before the 90 s and a DELETE of no row passes, that table ends with the error, and the next one is purged',
  resuming:
    'the same, with the wake budget (`SESSION_PURGE_WAKE_BUDGET_SECONDS`) in place of the 90 s | `Retries`, `WakeTime`; after the wake budget the run ends as at "final"',
  'too-large':
    'nothing of the batch was deleted; it is tried again with half the rows, then in eighths, down to one | `rowsSteppedOver`, if one row alone still fails: it is left, the rest is done, then the run ends as a failure',
  unknown:
    'the rows of the batch are in no count, since they may be deleted or not; those that are left are deleted later in the run | `UnknownOutcomes`; after five in a row it ends as at "final", unless the database itself said so and a DELETE of no row passes: then a trigger has raised the error, and the run goes on as at "refused"',
  refused:
    'the batch is parted until the rows that are refused are known; they are left, and [all others go](how-it-works.md#what-is-in-the-way) | `rowsSteppedOver`, `rowsNotTried` and `problem`; everything else is done, then the run ends as a failure',
  final:
    'nothing is tried again as it was; a delete that failed as at a table, a row, a login, a database, the grammar or the server (a full disk) is followed by a DELETE of no row: if that passes, a trigger has raised the error for some row, and the run goes on as at "refused"; otherwise what is of one table (its rights, its locks) ends that table, and the next one is purged; anything else ends the run | stop reason `failed`, the report with what was done so far is logged, `Failures` is 1, `Successes` 0, the invocation ends with the error',
};

/** A remedy with the names of what was called. */
export function remedyIn(remedy: string, { clusterArn, secretArn, database }: Addressee): string {
  return remedy
    .replaceAll('{clusterArn}', clusterArn)
    .replaceAll('{cluster}', clusterArn.split(':').at(-1) ?? '')
    .replaceAll('{secretArn}', secretArn)
    .replaceAll('{database}', database);
}

const ON_THE_PAGE = { clusterArn: 'CLUSTER_ARN', secretArn: 'SECRET_ARN', database: 'DATABASE' };

/** One line of the page. */
export function pageLine({ see, means, kind, remedy, todo }: FailureRow): string {
  const advice =
    remedy === null ? todo : remedyIn(remedy.replace('{cluster}', 'CLUSTER'), ON_THE_PAGE);
  return `| ${see} | ${means} | ${kind} | ${advice?.replace(/^constraint "\w+"/, 'constraint "..."')} |`;
}

/** The function's own messages; each contains `says`, as its sources show. */
export const OWN: readonly {
  readonly says: string;
  readonly means: string;
  readonly todo: string;
  /** The message itself ends with `todo`. */
  readonly endsWithTodo?: true;
}[] = [
  {
    says: 'settings: ',
    means:
      'a variable of the function is missing or out of range; nothing was sent to the database',
    todo: 'what the message says of each',
  },
  {
    says: 'control parameter ',
    means: 'the control parameter cannot be read or understood; nothing was sent to the database',
    todo: 'what the message says',
  },
  {
    says: '; nothing was deleted',
    means: 'the event, the engine or a clock is not as it has to be',
    todo: 'what the message says',
  },
  {
    says: ' has other schemas before pg_catalog ',
    means:
      "in the function of a trigger, PostgreSQL would take a function or an operator of such a schema for the catalog's own, and run it with the rights of the purge",
    todo: 'the ALTER ROLE that the message has; connections that are open keep the old path for some minutes',
  },
  {
    says: ' may write, since ',
    means:
      'a setting of the role, of the database or of the parameter group makes all transactions read-only',
    todo: 'the statement that the message has; connections that are open keep the old setting for some minutes',
  },
  {
    says: ' was not found in ',
    means: 'there is no such table; on MySQL it may also be that the user has no right to it',
    todo: 'what the message says; it names tables of similar names as the setting takes them',
  },
  {
    says: ', not a table',
    means:
      'a view, a partitioned or a foreign table; a partitioned table has no rows of its own, and its partitions can be named',
    todo: 'what the message says',
  },
  {
    says: ' as its primary key',
    means: 'this is no table of sessions, or a copy without its key',
    todo: 'check the setting; for a copy that has sessions, the ALTER TABLE that the message has, once its query shows that no key is there twice',
  },
  {
    says: ', which Django never makes',
    means:
      'the column `expire_date` has another type than Django gives it, on PostgreSQL often `timestamp without time zone`: this is no table of sessions, or somebody made or copied it by hand',
    todo: 'check the setting; for a table of sessions on PostgreSQL, as its owner: ALTER TABLE ... ALTER expire_date TYPE timestamptz USING expire_date AT TIME ZONE the zone of its times',
  },
  {
    says: ' lacks ',
    means: 'the user has not all the rights that the purge needs',
    todo: 'the GRANT that the message has',
  },
  {
    says: 'row-level security may hide rows of ',
    means: 'PostgreSQL might show the user a part of the rows, so that the rest would stay',
    todo: 'the CREATE POLICY that the message has; beside a restrictive policy the ALTER POLICY, too, which leaves the user of the purge out of it; with row_security off the ALTER ROLE first',
  },
  {
    says: ' has rules that do something else ',
    means: 'a rule on DELETE may keep the rows, so that the number of deleted rows says nothing',
    todo: 'the DROP RULE that the message has',
  },
  {
    says: ' inherits from ',
    means:
      'Django sees the rows of such a table in the session table; the purge takes each table by itself',
    todo: 'add the table to `tables`, if you trust its owner where the message says so, and do what else it says; a foreign table has its rows in another database, and cannot be purged from here',
  },
  {
    says: " could use the purge's rights",
    means:
      'a table that nobody has named has another owner, a schema of somebody else, a trigger or a policy, so that code of others could run with the rights of the purge; a pattern found it, or it inherits from a table that is purged',
    todo: 'see [what the star trusts](tenants.md#what-the-star-finds-and-what-it-trusts)',
  },
  {
    says: ' is stored by ',
    means:
      'MySQL: another engine than InnoDB locks the whole table for each DELETE, and can take none back',
    todo: 'the ALTER TABLE that the message has',
  },
  {
    says: ' has no index that starts with expire_date and can be used',
    means: 'MySQL: each DELETE would lock the whole table',
    todo: 'the ALTER TABLE that the message has',
  },
  {
    says: 'each run reads the whole table',
    means:
      'a warning: PostgreSQL has no index along expire_date that can be walked; the purge goes through the table as it is stored',
    todo: 'the CREATE INDEX that the warning has',
  },
  {
    says: ' takes NULL for expire_date',
    means: 'a warning: a session without a time never expires, for Django and for the purge',
    todo: 'the ALTER TABLE that the warning has, once no row has a NULL; where it is told in words, the column has more than its type, which a plain MODIFY would take away',
  },
  {
    says: "the database's clock says ",
    means: "the database's clock and the function's are more than ten minutes apart",
    todo: 'set the clock that is wrong; an event with a "cutoff" of its own is not refused for this',
    endsWithTodo: true,
  },
  {
    says: 'unexpected answer: ',
    means: 'the answer has another shape than the statement asked for',
    todo: REPORT,
  },
  {
    says: 'the cluster did not wake within ',
    means: 'a paused cluster took longer than the wake budget or the time of the run',
    todo: "raise the wake budget or the function's timeout, whichever the message names",
  },
  {
    says: 'no answer to ',
    means: 'five deletes in a row were not answered; how many rows they took is not known',
    todo: 'look at the network and the cluster; the next run finishes the work',
  },
  {
    says: ' could not be deleted',
    means: 'rows were refused, stopped or kept, and everything else was done',
    todo: 'what the message says of them: how many they are, when the first expired, and what keeps them',
  },
  {
    says: 'a delete of no row of ',
    means:
      "deletes of this table's rows fail with an error that speaks of the table, the server or the login, while the table takes a DELETE of no row",
    todo: 'look for [a trigger on the table](#which-triggers-a-table-has) that raises such an error',
  },
  {
    says: ' not tried, because ',
    means:
      'rows among others that stay or are locked; each run tries some hundreds of them, and the next run tries others',
    todo: 'mend what keeps the others; for locks look for a stuck transaction, as the query of the message shows it',
  },
  {
    says: ' come back or are added while ',
    means:
      'something puts rows into the table as fast as the purge deletes them, so that it does not get smaller; the run has ended its work on this table',
    todo: 'look for [a trigger on the table](#which-triggers-a-table-has) that inserts rows, or for a job that adds expired ones',
  },
  {
    says: 'the purge of the table stopped before its end ',
    means:
      'rows are in the way, and the time or the row limit was used up before the rest was tried',
    todo: 'what the message says of the rows; the next run goes on with the rest',
  },
  {
    says: ' is locked',
    means:
      'another session holds a lock on the whole table, or waits for one; all others were purged',
    todo: 'look for a schema migration or a stuck transaction: [who holds a lock](#who-holds-a-lock-on-a-table)',
  },
  {
    says: 'no row of ',
    means:
      'the run came to the end of the table, met nothing but locks, and no row went: others hold the rows, or something of another table that the delete also changes',
    todo: 'look for a schema migration or a stuck transaction, as the query of the message shows it',
  },
  {
    says: ', since others hold ',
    means:
      'a warning: more than a hundred rows are left, or more than went, since other sessions hold them locked',
    todo: 'look for a stuck transaction, as the query of the warning shows it; the next run tries the rows again',
  },
  {
    says: 'not reached:',
    means: 'the run ended with an error before it came to this table',
    todo: 'what the error says',
  },
  {
    says: ' came to its end, but',
    means:
      'the look for what is left of a table took too long, so that it cannot be called drained',
    todo: 'create the index on expire_date, if it is missing',
  },
  {
    says: 'time-budget',
    means: 'no failure: the next batch might not have fit the time left',
    todo: 'nothing; if it comes every time, run more often',
  },
];
