import type { Fault } from '../../local/data-api-server/index';

/** What a run does about a failed call. */
export type Course = 'repeats' | 'wakes' | 'halves' | 'doubts' | 'steps over' | 'ends';

/** One thing that may go wrong: how to make it happen, and what an operator reads about it in docs/failures.md. */
export interface FailureRow {
  /** What the log and the error show. */
  readonly see: string;
  readonly means: string;
  readonly course: Course;
  /** The end of the error's message; `null`: the message ends with what was seen. */
  readonly remedy: string | null;
  /** What to do where the message has no remedy. */
  readonly todo?: string;
  /** What the service makes of the call: a fault, or an environment in which there is no service. */
  readonly cause: Fault | { readonly env: Readonly<Record<string, string>> };
}

/** Planted into every message that the service may choose: it must come out nowhere. */
export const SESSION_KEY = 'k3y0abcdefghijklmnopqrstuvwxyz12';

/** Planted as well: what Django writes into `session_data`. */
export const SESSION_DATA =
  '.eJxVjMsOwiAUBf-FtSFweXRx7_0GAvdCtEpJaLsy_rs06UK3Z2bOmwXc1hK2TkuYM7sywS6_W8L0pHaA_MB2X3haattf4j'.concat(
    ':1rXyzA:Hn3j0pVsQyJ2k1bT0dEwBqZ7mL5uCfGhI9oKxN4rS6s',
  );

const QUOTED = `; session "${SESSION_KEY}" with data ${SESSION_DATA}`;

const exception = (error: string, message: string, statusCode?: number): Fault => ({
  answer: { error, message: `${message}${QUOTED}`, ...(statusCode && { statusCode }) },
});

const postgresql = (text: string, sqlState: string): Fault =>
  exception(
    'DatabaseErrorException',
    `ERROR: ${text}\n  Detail: Key (session_key)=(${SESSION_KEY}) holds ${SESSION_DATA}.; SQLState: ${sqlState}`,
  );

const mysql = (text: string, code: number, sqlState: string): Fault =>
  exception('DatabaseErrorException', `${text}; Error code: ${code}; SQLState: ${sqlState}`);

const SERVICE_ROLE =
  "the function's role needs rds-data:ExecuteStatement on the cluster, secretsmanager:GetSecretValue on the secret and, with a key of your own, kms:Decrypt on it";
const SECRET = 'check that the secret exists, holds username and password, and may be read';
const THROTTLED = 'the account sends the Data API more calls than it takes';
const FORM =
  'the service does not take such a request: check the region and the endpoint, then report it as a defect';
const CREDENTIALS =
  'AWS does not know these credentials: check the account, the region and the role';
const UNREACHABLE =
  'the service cannot be reached: a function in a VPC needs a NAT gateway or an interface endpoint for rds-data';
const TOO_BIG = 'the answer is too big for the Data API: configure fewer tables for one purge';
const CLOCK = 'check the clock of the machine that sent it';
const REPORT = 'nothing that you could mend: report it, with the log';
const RARELY = 'nothing, unless it comes often';

/** Every error of the service's model. */
export const MODELLED: readonly FailureRow[] = [
  {
    see: 'AccessDeniedException',
    means: 'the function may not call the Data API, or may not read the secret',
    course: 'ends',
    remedy: SERVICE_ROLE,
    cause: exception('AccessDeniedException', 'User is not authorized'),
  },
  {
    see: 'BadRequestException',
    means: 'the service does not take the request; an older name, for many causes',
    course: 'ends',
    remedy: null,
    todo: 'what its message says',
    cause: exception('BadRequestException', 'the request is bad'),
  },
  {
    see: 'DatabaseErrorException without a SQLSTATE',
    means: 'the database refused, nobody says why',
    course: 'ends',
    remedy: null,
    todo: "look at the database's own log",
    cause: exception('DatabaseErrorException', 'Database returned SQL Exception'),
  },
  {
    see: 'DatabaseNotFoundException',
    means: 'the cluster is there, an instance is not',
    course: 'ends',
    remedy: 'the cluster has no instance to run on',
    cause: exception('DatabaseNotFoundException', "Can't find an instance"),
  },
  {
    see: 'DatabaseResumingException',
    means: 'the cluster had paused itself and is waking',
    course: 'wakes',
    remedy: null,
    todo: "raise the function's timeout or the wake budget, whichever the message names",
    cause: exception('DatabaseResumingException', 'is resuming after being auto-paused'),
  },
  {
    see: 'DatabaseUnavailableException',
    means: 'no writer answers: a failover, a restart, a reboot',
    course: 'repeats',
    remedy: 'the writer may be failing over',
    cause: exception('DatabaseUnavailableException', ''),
  },
  {
    see: 'ForbiddenException',
    means: 'as AccessDeniedException',
    course: 'ends',
    remedy: SERVICE_ROLE,
    cause: exception('ForbiddenException', 'not permitted'),
  },
  {
    see: 'HttpEndpointNotEnabledException',
    means: "the cluster's Data API is off, or its ARN is of no cluster",
    course: 'ends',
    remedy: "enable the cluster's Data API; after a rename of the cluster disable it first",
    cause: exception('HttpEndpointNotEnabledException', 'HttpEndpoint is not enabled'),
  },
  {
    see: 'InternalServerErrorException',
    means: 'the service broke down over the call, which may have run',
    course: 'doubts',
    remedy: null,
    todo: RARELY,
    cause: exception('InternalServerErrorException', ''),
  },
  {
    see: 'InvalidResourceStateException',
    means: 'the cluster cannot be used as it is',
    course: 'ends',
    remedy: 'the cluster may be stopped',
    cause: exception('InvalidResourceStateException', 'not available'),
  },
  {
    see: 'InvalidSecretException',
    means: 'what the secret holds is no user name and password',
    course: 'ends',
    remedy: SECRET,
    cause: exception('InvalidSecretException', 'no username'),
  },
  {
    see: 'NotFoundException',
    means: 'there is no such cluster',
    course: 'ends',
    remedy: "check the cluster's ARN",
    cause: exception('NotFoundException', 'not found'),
  },
  {
    see: 'SecretsErrorException',
    means: 'the secret cannot be read',
    course: 'ends',
    remedy: SECRET,
    cause: exception('SecretsErrorException', 'no such secret'),
  },
  {
    see: 'SecretsErrorException that speaks of a timeout',
    means: 'Secrets Manager did not answer in time',
    course: 'repeats',
    remedy: SECRET,
    cause: exception('SecretsErrorException', 'timed out'),
  },
  {
    see: 'ServiceUnavailableError',
    means: 'the Data API itself is not available',
    course: 'repeats',
    remedy: "look at AWS's health dashboard",
    cause: exception('ServiceUnavailableError', ''),
  },
  {
    see: 'StatementTimeoutException',
    means: 'the Data API stopped the statement after 45 s; none of its rows went',
    course: 'halves',
    remedy: null,
    todo: 'look for a missing index on `expire_date`, a lock, or a trigger',
    cause: {
      answer: { error: 'StatementTimeoutException', message: 'stopped', dbConnectionId: 7 },
    },
  },
  {
    see: 'TransactionNotFoundException',
    means: 'the service looks for a transaction, though the purge uses none',
    course: 'ends',
    remedy: FORM,
    cause: exception('TransactionNotFoundException', 'not found'),
  },
  {
    see: 'UnsupportedResultException',
    means: 'the answer holds what the Data API cannot tell',
    course: 'ends',
    remedy: null,
    todo: REPORT,
    cause: exception('UnsupportedResultException', 'the unsupported data type regtype'),
  },
  {
    see: 'UnsupportedResultException that speaks of the size',
    means: 'the answer is too big; the statement may have run',
    course: 'doubts',
    remedy: TOO_BIG,
    cause: exception('UnsupportedResultException', 'The size was too large'),
  },
];

/** What AWS answers outside of the model, and what others answer in its place. */
export const UNMODELLED: readonly FailureRow[] = [
  {
    see: 'ThrottlingException',
    means: 'too many calls',
    course: 'repeats',
    remedy: THROTTLED,
    cause: exception('ThrottlingException', 'Rate exceeded'),
  },
  {
    see: 'RequestLimitExceeded',
    means: 'too many calls, by another name',
    course: 'repeats',
    remedy: THROTTLED,
    cause: exception('RequestLimitExceeded', 'slow down', 503),
  },
  {
    see: 'any error with HTTP status 429',
    means: 'too many calls',
    course: 'repeats',
    remedy: THROTTLED,
    cause: exception('SomethingNewException', 'slow down', 429),
  },
  {
    see: 'ValidationException',
    means: 'a member of the request is not as it should be',
    course: 'ends',
    remedy: FORM,
    cause: exception('ValidationException', "Multistatements aren't supported"),
  },
  {
    see: 'UnknownOperationException',
    means: 'whoever answered is no Data API',
    course: 'ends',
    remedy: FORM,
    cause: exception('UnknownOperationException', 'unknown', 404),
  },
  {
    see: 'ExpiredTokenException',
    means: 'the credentials lived too long',
    course: 'ends',
    remedy: 'the credentials have expired: the next run gets new ones, a shell needs a new login',
    cause: exception('ExpiredTokenException', 'The security token is expired', 403),
  },
  {
    see: 'UnrecognizedClientException',
    means: 'credentials of another partition, of a deleted role, or of nobody',
    course: 'ends',
    remedy: CREDENTIALS,
    cause: exception('UnrecognizedClientException', 'The security token is invalid', 403),
  },
  {
    see: 'InvalidSignatureException',
    means: 'the request was signed with another secret, or changed on its way',
    course: 'ends',
    remedy: CREDENTIALS,
    cause: exception('InvalidSignatureException', 'does not match', 403),
  },
  {
    see: 'RequestTimeTooSkewed',
    means:
      "the function's clock is wrong by more than five minutes; the repeated call is signed by AWS's",
    course: 'repeats',
    remedy: CLOCK,
    cause: exception('RequestTimeTooSkewed', 'too large a difference', 403),
  },
  {
    see: 'OptInRequired',
    means: 'the region is not open to the account',
    course: 'ends',
    remedy: "the account has no access to this region's service",
    cause: exception('OptInRequired', 'not subscribed', 403),
  },
  {
    see: 'CredentialsProviderError',
    means: 'there are no credentials at all',
    course: 'ends',
    remedy: 'there are no credentials: a function has those of its role, a shell needs a login',
    cause: {
      env: {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    },
  },
  {
    see: 'any other error with HTTP status 4xx',
    means: 'the service refuses the call, for a reason that is new',
    course: 'ends',
    remedy: null,
    todo: 'what its message says',
    cause: exception('SomethingNewException', 'no', 418),
  },
  {
    see: 'HTTP status 500, 502, 503 or 504 without a name',
    means: 'the service or something in front of it broke down; the call may have run',
    course: 'doubts',
    remedy: null,
    todo: RARELY,
    cause: { answer: { statusCode: 503, body: '', contentType: 'text/plain' } },
  },
  {
    see: 'SyntaxError, of an answer in HTML',
    means: 'a proxy or a load balancer answered; the call may have run',
    course: 'doubts',
    remedy: null,
    todo: 'look for what stands between the function and AWS',
    cause: {
      answer: { statusCode: 200, body: `<html>${SESSION_KEY}</html>`, contentType: 'text/html' },
    },
  },
  {
    see: 'SyntaxError, of an answer that is cut off',
    means: 'the connection broke in the middle of the answer; the call has run',
    course: 'doubts',
    remedy: null,
    todo: RARELY,
    cause: { answer: 'truncated' },
  },
  {
    see: 'ECONNRESET, before the statement ran',
    means: 'the connection broke; nobody knows when',
    course: 'doubts',
    remedy: null,
    todo: RARELY,
    cause: { answer: 'lost' },
  },
  {
    see: 'ECONNRESET, after the statement ran',
    means: 'the connection broke; nobody knows when',
    course: 'doubts',
    remedy: null,
    todo: RARELY,
    cause: { answer: 'lost', executes: true },
  },
  {
    see: 'ETIMEDOUT: no answer',
    means: 'silence for 50 s, or for as long as the run could wait; the call may have run',
    course: 'doubts',
    remedy: null,
    todo: 'look at the network; a run that ends with it is out of time',
    cause: { answer: 'none' },
  },
  {
    see: 'ECONNREFUSED',
    means: 'nobody listens where the service should be',
    course: 'repeats',
    remedy: UNREACHABLE,
    cause: { env: { AWS_ENDPOINT_URL_RDS_DATA: 'http://127.0.0.1:1' } },
  },
  {
    see: 'ENOTFOUND or EAI_AGAIN',
    means: "the service's name is not resolved",
    course: 'repeats',
    remedy: UNREACHABLE,
    cause: { env: { AWS_ENDPOINT_URL_RDS_DATA: 'http://no-such-host.invalid' } },
  },
  {
    see: 'Packet for query is too large',
    means: 'the request is too big for the database',
    course: 'halves',
    remedy: null,
    todo: 'nothing, unless the run ends with it',
    cause: exception('DatabaseErrorException', 'Packet for query is too large (5 > 4)'),
  },
  {
    see: 'Database response exceeded size limit',
    means: 'the answer is over 1 MiB; the statement may have run',
    course: 'doubts',
    remedy: TOO_BIG,
    cause: exception('BadRequestException', 'Database response exceeded size limit'),
  },
  {
    see: 'Communications link failure, in a BadRequestException',
    means: 'a waking cluster, in the words of the first version of Aurora Serverless',
    course: 'wakes',
    remedy: null,
    todo: "raise the function's timeout or the wake budget, whichever the message names",
    cause: exception('BadRequestException', 'Communications link failure'),
  },
  {
    see: 'Communications link failure, in a DatabaseErrorException',
    means: "the Data API's own connection to the database broke; the statement may have run",
    course: 'doubts',
    remedy: null,
    todo: RARELY,
    cause: exception('DatabaseErrorException', 'Communications link failure; SQLState: 08S01'),
  },
];

const CONNECTIONS = 'the database has no connection left: look for a leak, or raise its limit';
const LOCKED = 'look for who holds a lock on the table: a schema migration, a stuck transaction';
const READ_ONLY =
  'the database takes no writes: the writer may be failing over; look at its read-only settings';
const LOGIN = 'check the user name and password in the secret, and that the user may log in';
const TABLE =
  'a table or a column went while the purge ran, or a trigger looks for one: the next run tells what it misses';
const DISK =
  'the database is out of disk space: make room first, since a delete needs space before it gives any back';
const DAMAGE = "the server cannot read or write its own files: look at its log, ask AWS's support";
const FOREIGN_KEY =
  'another table refers to the session table: delete the rows that do so first, or give the constraint ON DELETE CASCADE';
const RULE =
  'a constraint or a trigger does not let a row go: change it, or delete that row by hand';
const OTHER_TABLE =
  "to the purge's database user; where the message names another table, a trigger needs a right to that";

const sql = (
  see: string,
  means: string,
  course: Course,
  remedy: string | null,
  cause: Fault,
): FailureRow => ({
  see,
  means,
  course,
  remedy,
  ...(remedy === null && { todo: course === 'ends' ? REPORT : RARELY }),
  cause,
});

/** What PostgreSQL says, by SQLSTATE. */
export const POSTGRESQL: readonly FailureRow[] = [
  sql(
    '40001',
    'serialization failure',
    'repeats',
    null,
    postgresql('could not serialize access', '40001'),
  ),
  sql('40P01', 'deadlock', 'repeats', null, postgresql('deadlock detected', '40P01')),
  sql(
    '55P03',
    "a lock was not to be had within the role's lock_timeout",
    'repeats',
    LOCKED,
    postgresql('canceling statement due to lock timeout', '55P03'),
  ),
  sql(
    '57014',
    "the statement was cancelled, by the role's statement_timeout as a rule",
    'halves',
    null,
    postgresql('canceling statement due to statement timeout', '57014'),
  ),
  sql(
    '25P04',
    'the transaction took too long',
    'halves',
    null,
    postgresql('terminating connection due to transaction timeout', '25P04'),
  ),
  sql(
    '53200',
    'out of memory, or of room for locks',
    'halves',
    null,
    postgresql('out of memory', '53200'),
  ),
  sql(
    '53400',
    'a configured limit, like temp_file_limit',
    'halves',
    null,
    postgresql('temporary file size exceeds temp_file_limit', '53400'),
  ),
  sql(
    '57P01, 57P02, 57P03',
    'the server is shut down, or starting: a failover, a restart',
    'repeats',
    null,
    postgresql('terminating connection due to administrator command', '57P01'),
  ),
  sql(
    '53300',
    'too many connections',
    'repeats',
    CONNECTIONS,
    postgresql('too many connections for role', '53300'),
  ),
  sql(
    '25006',
    'the server only reads: the old writer after a failover',
    'repeats',
    READ_ONLY,
    postgresql('cannot execute DELETE in a read-only transaction', '25006'),
  ),
  sql(
    '08006 and its class',
    'the connection broke; the statement may have run',
    'doubts',
    null,
    postgresql('connection failure', '08006'),
  ),
  sql('08001, 08004', 'no connection came about', 'repeats', null, postgresql('rejected', '08004')),
  sql('53100', 'out of disk space', 'ends', DISK, postgresql('could not extend file', '53100')),
  sql(
    '42501',
    'a right is missing',
    'ends',
    `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE on the table ${OTHER_TABLE}`,
    postgresql('permission denied for table django_session', '42501'),
  ),
  sql(
    '42P01',
    'a table is missing',
    'ends',
    TABLE,
    postgresql('relation "django_session" does not exist', '42P01'),
  ),
  sql(
    '42703',
    'a column is missing',
    'ends',
    TABLE,
    postgresql('column "expire_date" does not exist', '42703'),
  ),
  sql(
    '28P01, 28000',
    'the login is refused',
    'ends',
    LOGIN,
    postgresql('password authentication failed', '28P01'),
  ),
  sql(
    '3D000',
    'there is no such database',
    'ends',
    'check the database name',
    postgresql('database "shop" does not exist', '3D000'),
  ),
  sql(
    '23503',
    'a row of another table refers to a session',
    'steps over',
    `constraint "audit_session_id_fk": ${FOREIGN_KEY}`,
    postgresql(
      'update or delete on table "django_session" violates foreign key constraint "audit_session_id_fk" on table "audit"',
      '23503',
    ),
  ),
  sql(
    '23xxx',
    'another constraint, of a table that a trigger writes to',
    'steps over',
    `constraint "archive_pkey": ${RULE}`,
    postgresql('duplicate key value violates unique constraint "archive_pkey"', '23505'),
  ),
  sql(
    'P0001',
    'a trigger raised an error',
    'steps over',
    RULE,
    postgresql('this session is under audit', 'P0001'),
  ),
  sql(
    '22xxx',
    'a trigger met a value that does not fit',
    'steps over',
    RULE,
    postgresql('value too long for type character varying(5)', '22001'),
  ),
  sql(
    'XX000, XX001, XX002 and class 58',
    "an error inside the server, damaged data, or the server's disk",
    'ends',
    DAMAGE,
    postgresql('invalid page in block 7', 'XX001'),
  ),
  sql(
    '42601 and any other',
    'what should not happen',
    'ends',
    null,
    postgresql('syntax error', '42601'),
  ),
];

/** What MySQL says, by its error number. */
export const MYSQL: readonly FailureRow[] = [
  sql(
    '1213',
    'deadlock',
    'repeats',
    null,
    mysql('Deadlock found when trying to get lock', 1213, '40001'),
  ),
  sql(
    '1205',
    'a row or a table stayed locked',
    'repeats',
    LOCKED,
    mysql('Lock wait timeout exceeded', 1205, 'HY000'),
  ),
  sql(
    '1290, 1836, 1792',
    'the server only reads: the old writer after a failover',
    'repeats',
    READ_ONLY,
    mysql('The MySQL server is running with the --read-only option', 1290, 'HY000'),
  ),
  sql(
    '1040, 1203, 1226',
    'too many connections',
    'repeats',
    CONNECTIONS,
    mysql('Too many connections', 1040, '08004'),
  ),
  sql(
    '1317, 3024, 1969',
    'the statement was stopped for its duration',
    'halves',
    null,
    mysql('Query execution was interrupted', 1317, '70100'),
  ),
  sql(
    '1206, 1197, 1153, 1037, 1038, 1041',
    "the statement is too big for the server's locks, log or memory",
    'halves',
    null,
    mysql('The total number of locks exceeds the lock table size', 1206, 'HY000'),
  ),
  sql(
    '1053, 1927, 2006, 2013',
    'the connection was ended; the statement may have run',
    'doubts',
    null,
    mysql('Server shutdown in progress', 1053, '08S01'),
  ),
  sql(
    '1021, 1114',
    'out of disk space',
    'ends',
    DISK,
    mysql("The table 'django_session' is full", 1114, 'HY000'),
  ),
  sql(
    '1044, 1142, 1143, 1370',
    'a right is missing',
    'ends',
    `GRANT SELECT (expire_date), DELETE on the table ${OTHER_TABLE}`,
    mysql('DELETE command denied', 1142, '42000'),
  ),
  sql(
    '1146',
    'a table is missing',
    'ends',
    TABLE,
    mysql("Table 'shop.django_session' doesn't exist", 1146, '42S02'),
  ),
  sql(
    '1054',
    'a column is missing',
    'ends',
    TABLE,
    mysql("Unknown column 'expire_date'", 1054, '42S22'),
  ),
  sql(
    '1045, 1130, 1862, 3118',
    'the login is refused',
    'ends',
    LOGIN,
    mysql('Access denied for user', 1045, '28000'),
  ),
  sql(
    '1049',
    'there is no such database',
    'ends',
    'check the database name',
    mysql("Unknown database 'shop'", 1049, '42000'),
  ),
  sql(
    '1451',
    'a row of another table refers to a session',
    'steps over',
    `constraint "audit_session_id_fk": ${FOREIGN_KEY}`,
    mysql(
      'Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`audit`, CONSTRAINT `audit_session_id_fk` FOREIGN KEY (`session_id`) REFERENCES `django_session` (`session_key`))',
      1451,
      '23000',
    ),
  ),
  sql(
    '1217',
    'the same, where the user may not be told which table',
    'steps over',
    FOREIGN_KEY,
    mysql('Cannot delete or update a parent row: a foreign key constraint fails', 1217, '23000'),
  ),
  sql(
    '1644, 1442, class 45',
    'a trigger raised an error',
    'steps over',
    RULE,
    mysql('this session is under audit', 1644, '45000'),
  ),
  sql(
    '1034, 1194, 1712',
    'damaged data',
    'ends',
    DAMAGE,
    mysql('Index is corrupted', 1712, 'HY000'),
  ),
];

/** All that a call may come to, by the sections of docs/failures.md. */
export const FAILURES: Readonly<Record<string, readonly FailureRow[]>> = {
  "Errors of the service's model": MODELLED,
  "Errors outside of the model, and the network's": UNMODELLED,
  'SQLSTATEs of PostgreSQL': POSTGRESQL,
  'Error numbers of MySQL': MYSQL,
};

/** What a course of the run means for its end, as docs/failures.md has it. */
export const COURSES: Readonly<Record<Course, string>> = {
  repeats:
    'the call is repeated after random, growing waits, for up to 90 s | `Retries`; when the 90 s are over, it ends as below',
  wakes:
    'the same, for up to the wake budget (`SESSION_PURGE_WAKE_BUDGET_SECONDS`) | `Retries`, `WakeTime`; when the budget is used up, it ends as below',
  halves:
    'nothing of the batch went; it is tried again with half the rows, down to one | `rowsSteppedOver`, should one row alone still fail: it is left, the rest goes on, then it ends as below',
  doubts:
    'the rows of the batch are in no count, since they may be gone or not; what is left of them is deleted later in the run | `UnknownOutcomes`; five in a row, and it ends as below',
  'steps over':
    'the batch is parted until the row that is refused stands alone; it is left, and the rest goes on, up to ten such rows a table | `rowsSteppedOver`; everything else is done, then it ends as below',
  ends: 'nothing is tried again | stop reason `failed`, the report with what was done so far is logged, `Failures` is 1, `Successes` 0, the invocation ends with the error',
};

/** One line of the page. */
export function pageLine({ see, means, course, remedy, todo }: FailureRow): string {
  const advice = (remedy ?? todo)?.replace(/^constraint "\w+"/, 'constraint "..."');
  return `| ${see} | ${means} | ${course} | ${advice} |`;
}

/** What the function itself says; `says` stands in its sources. */
export const OWN: readonly {
  readonly says: string;
  readonly means: string;
  readonly todo: string;
}[] = [
  {
    says: 'settings: ',
    means: 'a variable of the function is missing or out of range; the database was not asked',
    todo: 'what the message says of each',
  },
  {
    says: 'control parameter ',
    means: 'the control parameter cannot be read or understood; the database was not asked',
    todo: 'what the message says',
  },
  {
    says: '; nothing was deleted',
    means:
      "the event, a configured table, the engine or the database's clock is not what it has to be",
    todo: 'what the message says; a missing GRANT stands in it',
  },
  {
    says: "the database's clock says ",
    means: 'a session expires further ahead than any cookie lives: the clock may be behind',
    todo: 'check the clock; if it is right, what the message says',
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
    todo: 'look at the network and the cluster; the next run settles the rest',
  },
  {
    says: ' could not be deleted and was stepped over',
    means:
      'one row was refused or stopped, everything else was done; at most ten such rows a table',
    todo: 'what the message says; the row is told by the time of its expiry',
  },
  {
    says: 'time-budget',
    means: 'no failure: the next batch might not have fit the time left',
    todo: 'nothing; a schedule that is more frequent, where it comes every time',
  },
];
