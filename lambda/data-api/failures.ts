import { clusterIdentifier } from '../../contract/arn';
import type { FailureRow, Remedy } from './failure';

const ROLE: Remedy = ({ clusterArn, secretArn }) =>
  `the caller's role needs rds-data:ExecuteStatement on ${clusterArn}, secretsmanager:GetSecretValue on ${secretArn} and, with a key of your own, kms:Decrypt on it`;
const NO_CREDENTIALS =
  'there are no credentials: a function has those of its role, a shell needs a login';
const EXPIRED =
  'the credentials have expired: the next run gets new ones, a shell needs a new login';
const CREDENTIALS =
  'AWS does not know these credentials: check the account, the region and the role';
const REGION = "the account has no access to this region's service";
const CLOCK = 'check the clock of the machine that sent the call';
const THROTTLED = 'the account sends the Data API more calls than it takes';
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
const SECRET_VALUE: Remedy = ({ secretArn }) =>
  `store {"username":"...","password":"..."} in ${secretArn}`;

const SLOW = 'look for a missing index on expire_date, a lock on the table, or a slow trigger';
const LOCKED = 'look for who holds a lock on the table: a schema migration, a stuck transaction';
const CONNECTIONS = 'the database has no connection left: look for a leak, or raise its limit';
const USER_LIMIT = "raise the limit of the purge's database user that the message names";
const READ_ONLY =
  'the database takes no writes: the writer may be failing over; look at its read-only settings';
const DISK =
  'the database is out of disk space: make room first, since a delete needs space before it gives any back';
const DAMAGE = "the server cannot read or write its own files: look at its log, ask AWS's support";
const JOIN_SIZE =
  'set max_join_size to its default, or sql_big_selects to ON, for the user or in the parameter group';
const SAFE_UPDATES =
  'set sql_safe_updates to OFF in the parameter group, and look for a missing index on expire_date';
const BINLOG = 'set binlog_format to ROW or MIXED in the parameter group of the cluster';
const LOGIN: Remedy = ({ secretArn }) =>
  `put the name and the password of a user who may log in into the secret: aws secretsmanager put-secret-value --secret-id ${secretArn} --secret-string '{"username":"...","password":"..."}'`;
const BLOCKED_HOST =
  'the server blocks the Data API after too many failed logins: correct the secret, then run FLUSH HOSTS';
const DATABASE: Remedy = ({ database }) => `name a database that exists, not "${database}"`;
const CONNECT: Remedy = ({ database }) =>
  `GRANT CONNECT ON DATABASE "${database}" to the purge's database user`;
const NO_CONNECTIONS: Remedy = ({ database }) =>
  `ALTER DATABASE "${database}" ALLOW_CONNECTIONS true`;
const TO_THE_USER =
  "to the purge's database user; where the message names another table, a trigger needs a right to that";
const POSTGRESQL_RIGHTS = `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE on the table ${TO_THE_USER}`;
const MYSQL_RIGHTS = `GRANT SELECT (expire_date), DELETE on the table ${TO_THE_USER}`;
const TABLE =
  'a table or a column was dropped while the purge ran, or a trigger names one that is missing: the next run says which';
const ROW_SECURITY =
  "the user's row_security is off and a policy hides rows: ALTER ROLE ... RESET row_security, and give the user BYPASSRLS or a policy that shows every row";
const FOREIGN_KEY =
  'another table refers to the session table: delete the rows that do so first, or give the constraint ON DELETE CASCADE';
const GUARD =
  'a constraint or a trigger does not let a row go: change it, or delete that row by hand';
const TRIGGER = 'a trigger on the table, or a function that it calls, fails: correct it or drop it';
const DEFINER =
  'the DEFINER of a trigger does not exist: create that user, or the trigger with another DEFINER';
const RULE =
  'a rule or a policy on the table does not work with this DELETE: look at pg_rules and pg_policies';
const REPLICA_IDENTITY =
  'a publication sends the deletes of the table: give the table a REPLICA IDENTITY, or leave "delete" out of the publication';
const PUBLICATION =
  "a publication selects by columns outside of the table's replica identity: change the publication's WHERE or column list, or the REPLICA IDENTITY";

const LINK_FAILURE = /communications link failure/i;
const BUSY = /timed? ?out|rate exceeded|throttl/i;
const OF_SECRET = /perform: (secretsmanager|kms):/i;
const ANY_THROTTLING = /throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i;
const ANY_CERTIFICATE = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;
const NEVER_SENT =
  'ECONNREFUSED ENOTFOUND EAI_AGAIN ENETUNREACH ENETDOWN EHOSTUNREACH EADDRNOTAVAIL';
const UNKNOWN_CREDENTIALS =
  'UnrecognizedClientException InvalidClientTokenId MissingAuthenticationTokenException IncompleteSignature InvalidSignatureException SignatureDoesNotMatch';

/** What each error means. Rows with `says` come first: the first of them that applies counts. */
export const FAILURES: readonly FailureRow[] = [
  // How the first version of the service said that a cluster was paused.
  { on: 'BadRequestException', says: LINK_FAILURE, kind: 'resuming', at: 'server' },
  { on: 'DatabaseErrorException', says: LINK_FAILURE, kind: 'unknown', at: 'server' },
  // The answer to a delete has no rows, so the packet that is too large is the statement.
  { says: /packet for query is too large/i, kind: 'too-large', at: 'server' },
  { says: /response.*size limit/i, kind: 'unknown', at: 'service', remedy: TOO_BIG },
  {
    on: 'UnsupportedResultException',
    says: /size/i,
    kind: 'unknown',
    at: 'service',
    remedy: TOO_BIG,
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
  { says: /error in your SQL syntax/i, kind: 'final', at: 'grammar' },
  { on: '0A000', says: /cached plan must not change/, kind: 'transient', at: 'server' },
  { on: '42501', says: /row-level security/, kind: 'final', at: 'row', remedy: ROW_SECURITY },
  { on: '42501', says: /for database/, kind: 'final', at: 'database', remedy: CONNECT },
  { on: '55000', says: /accepting/, kind: 'final', at: 'database', remedy: NO_CONNECTIONS },

  // The service.
  { on: 'DatabaseResumingException', kind: 'resuming', at: 'server' },
  { on: 'DatabaseUnavailableException', kind: 'transient', at: 'server', remedy: WRITER },
  { on: 'ServiceUnavailableError', kind: 'transient', at: 'service', remedy: HEALTH },
  { on: 'InternalServerErrorException', kind: 'unknown', at: 'service' },
  { on: 'StatementTimeoutException', kind: 'too-large', at: 'server', remedy: SLOW },
  { on: 'ThrottlingException', kind: 'transient', at: 'service', remedy: THROTTLED },
  { named: ANY_THROTTLING, kind: 'transient', at: 'service', remedy: THROTTLED },
  // Transient, since a switch-over of the cluster leads to these three for up to a minute.
  { on: 'HttpEndpointNotEnabledException', kind: 'transient', at: 'endpoint', remedy: ENDPOINT },
  { on: 'DatabaseNotFoundException', kind: 'transient', at: 'database', remedy: INSTANCE },
  { on: 'InvalidResourceStateException', kind: 'transient', at: 'database', remedy: STOPPED },
  { on: 'NotFoundException', kind: 'final', at: 'endpoint', remedy: CLUSTER },
  { on: 'InvalidSecretException', kind: 'final', at: 'secret', remedy: SECRET_VALUE },
  { on: 'SecretsErrorException', kind: 'final', at: 'secret', remedy: SECRET },
  { on: 'DatabaseErrorException', kind: 'final', at: 'server' },
  { on: 'BadRequestException UnsupportedResultException', kind: 'final', at: 'service' },
  { on: 'TransactionNotFoundException', kind: 'final', at: 'service', remedy: FORM },
  { on: 'ValidationException', kind: 'final', at: 'service', remedy: FORM },
  { on: 'UnknownOperationException', kind: 'final', at: 'service', remedy: FORM },

  // The caller's credentials and rights.
  { on: 'AccessDeniedException', kind: 'final', at: 'role', remedy: ROLE, mayBeClock: true },
  { on: 'ForbiddenException', kind: 'final', at: 'role', remedy: ROLE, mayBeClock: true },
  { on: UNKNOWN_CREDENTIALS, kind: 'final', at: 'role', remedy: CREDENTIALS, mayBeClock: true },
  { on: 'CredentialsProviderError', kind: 'final', at: 'role', remedy: NO_CREDENTIALS },
  { on: 'ExpiredTokenException ExpiredToken', kind: 'final', at: 'role', remedy: EXPIRED },
  { on: 'RequestTimeTooSkewed RequestExpired', kind: 'transient', at: 'role', remedy: CLOCK },
  { on: 'RequestInTheFuture', kind: 'transient', at: 'role', remedy: CLOCK },
  { on: 'OptInRequired', kind: 'final', at: 'role', remedy: REGION },

  // The network, before the request was sent.
  { on: NEVER_SENT, kind: 'transient', at: 'network', remedy: UNREACHABLE },
  { named: ANY_CERTIFICATE, kind: 'final', at: 'network', remedy: CERTIFICATE },

  { on: '42601 1064', kind: 'final', at: 'grammar' },

  // Conflicts with other sessions: serialization failures and deadlocks, then locks that were not free in time.
  { on: '40000 40001 40P01 1213 3058 3101', kind: 'transient', at: 'server' },
  { on: '55P03 1205 1689 3572', kind: 'transient', at: 'lock', remedy: LOCKED },

  // The server is shut down, crashes, starts, is offline or short of resources.
  { on: '57P01 57P02 57P03 53000 3032', kind: 'transient', at: 'server' },
  // The connection was refused, or was closed while it was idle.
  { on: '08001 08004 25P03 57P05 4031', kind: 'transient', at: 'server' },
  // A prepared statement is gone or out of date; a snapshot is too old.
  { on: '26000 42P05 72000 1243 1412 1615', kind: 'transient', at: 'server' },
  { on: '53300 1040 1135 1203 1461', kind: 'transient', at: 'server', remedy: CONNECTIONS },
  { on: '1226', kind: 'transient', at: 'server', remedy: USER_LIMIT },
  { on: '25006 1036 1290 1792 1836 1874 3989', kind: 'transient', at: 'server', remedy: READ_ONLY },
  // The connection broke, perhaps after the commit.
  { on: '08 40003 1053 1927 2006 2013 3169', kind: 'unknown', at: 'server' },

  // The server's limits: time, then memory, locks and packets, rows examined, disk.
  { on: '57014 25P04 1317 1969 3024', kind: 'too-large', at: 'server', remedy: SLOW },
  { on: '53200 53400 1028 1037 1038 1041 1153 1197 1206', kind: 'too-large', at: 'server' },
  { on: '1104', kind: 'final', at: 'server', remedy: JOIN_SIZE },
  { on: '1175', kind: 'final', at: 'server', remedy: SAFE_UPDATES },
  { on: '53100 1021 1026 1114', kind: 'final', at: 'server', remedy: DISK },
  { on: '58 F0 XX 1030 1034 1194 1195', kind: 'final', at: 'server', remedy: DAMAGE },
  { on: '1712 1812 1877 1881', kind: 'final', at: 'server', remedy: DAMAGE },
  { on: '1598 1665 1666', kind: 'final', at: 'server', remedy: BINLOG },

  // The login, the database, the user's rights.
  { on: '28 1045 1130 1251 1698', kind: 'final', at: 'login', remedy: LOGIN },
  // A password that has to be changed or has expired, a locked account, a connection that has to be secure.
  { on: '1820 1862 3118 3159 3955', kind: 'final', at: 'login', remedy: LOGIN },
  { on: '1129', kind: 'final', at: 'login', remedy: BLOCKED_HOST },
  { on: '3D000 57P04 1049', kind: 'final', at: 'database', remedy: DATABASE },
  { on: '42501', kind: 'final', at: 'table', remedy: POSTGRESQL_RIGHTS },
  { on: '1044 1142 1143 1370', kind: 'final', at: 'table', remedy: MYSQL_RIGHTS },
  { on: '42P01 42703 3F000', kind: 'final', at: 'table', remedy: TABLE },
  { on: '42S02 42S22 1054 1146 1356', kind: 'final', at: 'table', remedy: TABLE },

  // What guards the rows. 23001: ON DELETE RESTRICT from PostgreSQL 18 on. 1217: the other table may not be named.
  { on: '23001 23503 1217 1451', kind: 'refused', at: 'row', remedy: FOREIGN_KEY },
  { on: '55000', kind: 'final', at: 'row', remedy: REPLICA_IDENTITY },
  { on: '42P10', kind: 'final', at: 'row', remedy: PUBLICATION },
  { on: '0A000 42P17', kind: 'final', at: 'row', remedy: RULE },
  { on: '1449', kind: 'final', at: 'row', remedy: DEFINER },
  // Constraints, and what a trigger raises.
  { on: '23 44 09 27 38 39 45 P0 1442 1644 3819', kind: 'refused', at: 'row', remedy: GUARD },
  // A value or a number of rows that does not fit: the purge's statements store none, so it is a trigger's.
  { on: '21 22 1172 1265 1364 1366 1526 1748', kind: 'refused', at: 'row', remedy: GUARD },
  // A time that cannot be read may also be the purge's own.
  { on: '22007 22008', kind: 'final', at: 'server' },
  // Names and types that a trigger gets wrong.
  { on: '42702 42704 42725 42804 42846 42883', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '42P02 42P03 42P07 1305 1318 1336', kind: 'refused', at: 'row', remedy: TRIGGER },
  // Recursion, cursors, transactions, foreign tables and privileges of a trigger.
  { on: '24 2D 2F 34 54 HV 1227 1415 1422', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '1424 1436 1456', kind: 'refused', at: 'row', remedy: TRIGGER },
];
