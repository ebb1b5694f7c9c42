import type { FailureKind } from '../../../lambda/data-api/failures';
import { meaningOf } from '../../../lambda/data-api/sql-state';
import { mysql } from '../../../lambda/database/mysql';
import { postgresql } from '../../../lambda/database/postgresql';

const CONNECTIONS = 'the database has no connection left: look for a leak, or raise its limit';
const LOCKED = 'look for who holds a lock on the table: a schema migration, a stuck transaction';
const READ_ONLY =
  'the database takes no writes: the writer may be failing over; look at its read-only settings';
const TRIGGER_RIGHTS =
  "to the purge's database user; where the message names another table, a trigger needs a right to that";
const POSTGRESQL_GRANT = `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE on the table ${TRIGGER_RIGHTS}`;
const MYSQL_GRANT = `GRANT SELECT (expire_date), DELETE on the table ${TRIGGER_RIGHTS}`;
const LOGIN = 'check the user name and password in the secret, and that the user may log in';
const DATABASE = 'check the database name';
const TABLE =
  'a table or a column went while the purge ran, or a trigger looks for one: the next run tells what it misses';
const DISK =
  'the database is out of disk space: make room first, since a delete needs space before it gives any back';
const DAMAGE = "the server cannot read or write its own files: look at its log, ask AWS's support";
const REFERENCE =
  'another table refers to the session table: delete the rows that do so first, or give the constraint ON DELETE CASCADE';
const RULE =
  'a constraint or a trigger does not let a row go: change it, or delete that row by hand';

const meaning = (kind: FailureKind, remedy: string | null) =>
  remedy === null ? { kind } : { kind, remedy };

describe('meaningOf a SQLSTATE', () => {
  it.each<[string, string, FailureKind, string | null]>([
    ['40001', 'a serialization failure', 'transient', null],
    ['40P01', 'a deadlock', 'transient', null],
    ['55P03', 'a lock that was not to be had', 'transient', LOCKED],
    ['53300', 'too many connections', 'transient', CONNECTIONS],
    ['53000', 'a want of resources', 'transient', null],
    ['57P01', 'a shutdown by the administrator', 'transient', null],
    ['57P02', 'a crash', 'transient', null],
    ['57P03', 'a start that is not done', 'transient', null],
    ['57P05', 'a connection that was idle for too long', 'transient', null],
    ['08001', 'a connection that did not come about', 'transient', null],
    ['08004', 'a connection that was rejected', 'transient', null],
    ['25006', 'a writer that has become a reader', 'transient', READ_ONLY],
    ['57014', 'a cancelled statement', 'too-large', null],
    ['25P04', 'a transaction that took too long', 'too-large', null],
    ['53200', 'a want of memory', 'too-large', null],
    ['53400', 'a configured limit', 'too-large', null],
    ['08000', 'a broken connection', 'unknown', null],
    ['08006', 'a connection that failed', 'unknown', null],
    ['08P01', 'a broken protocol', 'unknown', null],
    ['53100', 'a full disk', 'final', DISK],
    ['42501', 'a missing right', 'final', POSTGRESQL_GRANT],
    ['28000', 'a login that is not allowed', 'final', LOGIN],
    ['28P01', 'a wrong password', 'final', LOGIN],
    ['3D000', 'an unknown database', 'final', DATABASE],
    ['57P04', 'a database that was dropped', 'final', DATABASE],
    ['42P01', 'an unknown table', 'final', TABLE],
    ['42703', 'an unknown column', 'final', TABLE],
    ['42S02', "MySQL's unknown table", 'final', TABLE],
    ['42S22', "MySQL's unknown column", 'final', TABLE],
    ['XX000', 'an internal error', 'final', DAMAGE],
    ['XX001', 'damaged data', 'final', DAMAGE],
    ['58030', 'an input or output error', 'final', DAMAGE],
    ['23503', 'a row that another refers to', 'refused', REFERENCE],
    ['23505', 'another constraint', 'refused', RULE],
    ['09000', 'a triggered action that failed', 'refused', RULE],
    ['27000', 'a change by a trigger that is not allowed', 'refused', RULE],
    ['38000', 'a routine of a trigger that failed', 'refused', RULE],
    ['39P01', 'a trigger that breaks its protocol', 'refused', RULE],
    ['44000', 'a check option', 'refused', RULE],
    ['45000', "an error raised in MySQL's trigger", 'refused', RULE],
    ['P0001', "an error raised in PostgreSQL's trigger", 'refused', RULE],
    ['22001', 'a value that is too long for a trigger', 'refused', RULE],
    ['22007', "a time that cannot be read, the purge's own perhaps", 'final', null],
    ['22008', 'a time out of range', 'final', null],
    ['42601', 'a syntax error', 'final', null],
    ['40002', 'its neighbour in a class of passing ones', 'final', null],
    ['00008', 'digits of a class in another place', 'final', null],
    ['00P01', 'letters of a class in another place', 'final', null],
  ])('%s, %s, is %s', (sqlState, _name, kind, remedy) => {
    expect(meaningOf(sqlState)).toEqual(meaning(kind, remedy));
  });
});

describe("meaningOf MySQL's error number", () => {
  const numbers: [string, string, string, FailureKind, string | null][] = [
    ['1040', '08004', 'too many connections', 'transient', CONNECTIONS],
    ['1203', '42000', 'too many connections of one user', 'transient', CONNECTIONS],
    ['1226', '42000', 'more connections than a user may have', 'transient', CONNECTIONS],
    ['1205', 'HY000', 'a lock that was not let go of', 'transient', LOCKED],
    ['1213', '40001', 'a deadlock', 'transient', null],
    ['1290', 'HY000', 'a server that only reads', 'transient', READ_ONLY],
    ['1836', 'HY000', 'a server in read-only mode', 'transient', READ_ONLY],
    ['1792', '25006', 'a transaction that only reads', 'transient', READ_ONLY],
    ['1053', '08S01', 'a shutdown', 'unknown', null],
    ['1927', '70100', 'a killed connection', 'unknown', null],
    ['2006', 'HY000', 'a server that is gone', 'unknown', null],
    ['2013', 'HY000', 'a connection that was lost', 'unknown', null],
    ['1317', '70100', 'a killed statement', 'too-large', null],
    ['3024', 'HY000', 'a statement stopped by max_execution_time', 'too-large', null],
    ['1969', '70100', "a statement stopped by MariaDB's max_statement_time", 'too-large', null],
    ['1153', '08S01', 'a packet that is too large', 'too-large', null],
    ['1197', 'HY000', "more than the binary log's cache takes", 'too-large', null],
    ['1206', 'HY000', 'more locks than there is room for', 'too-large', null],
    ['1037', 'HY001', 'a want of memory', 'too-large', null],
    ['1038', 'HY001', 'a want of memory to sort', 'too-large', null],
    ['1041', 'HY000', 'a want of memory of the machine', 'too-large', null],
    ['1021', 'HY000', 'a full disk', 'final', DISK],
    ['1114', 'HY000', 'a full table', 'final', DISK],
    ['1034', 'HY000', 'a damaged index', 'final', DAMAGE],
    ['1194', 'HY000', 'a crashed table', 'final', DAMAGE],
    ['1712', 'HY000', "InnoDB's damaged index", 'final', DAMAGE],
    ['1044', '42000', 'no right to the database', 'final', MYSQL_GRANT],
    ['1142', '42000', 'no right to the table', 'final', MYSQL_GRANT],
    ['1143', '42000', 'no right to the column', 'final', MYSQL_GRANT],
    ['1370', '42000', 'no right to a routine', 'final', MYSQL_GRANT],
    ['1045', '28000', 'a wrong password', 'final', LOGIN],
    ['1130', 'HY000', 'a host that may not connect', 'final', LOGIN],
    ['1862', 'HY000', 'a password that has expired', 'final', LOGIN],
    ['3118', 'HY000', 'a locked account', 'final', LOGIN],
    ['1049', '42000', 'an unknown database', 'final', DATABASE],
    ['1146', '42S02', 'an unknown table', 'final', TABLE],
    ['1054', '42S22', 'an unknown column', 'final', TABLE],
    ['1451', '23000', 'a row that another refers to', 'refused', REFERENCE],
    ['1217', '23000', 'the same, of a table that may not be named', 'refused', REFERENCE],
    ['1644', 'HY000', 'an error raised in a trigger', 'refused', RULE],
    ['1442', 'HY000', 'a trigger that changes its own table', 'refused', RULE],
    ['1064', '42000', 'a syntax error', 'final', null],
  ];

  it.each(numbers)('%s (%s), %s, is %s', (errorCode, sqlState, _name, kind, remedy) => {
    expect(meaningOf(sqlState, errorCode)).toEqual(meaning(kind, remedy));
  });

  it.each(numbers)(
    '%s needs no SQLSTATE beside it',
    (errorCode, _sqlState, _name, kind, remedy) => {
      expect(meaningOf('', errorCode)).toEqual(meaning(kind, remedy));
    },
  );

  it('counts for more than a SQLSTATE that says otherwise', () => {
    expect(meaningOf('40001', '1142')).toEqual(meaning('final', MYSQL_GRANT));
  });

  it.each<[string, string | null, string, FailureKind, string | null]>([
    ['40001', '9999', 'not known', 'transient', null],
    ['08S01', '0', 'that of the driver', 'unknown', null],
    ['28000', '1698', 'not known', 'final', LOGIN],
    ['23000', '1062', 'not known', 'refused', RULE],
    ['42501', null, 'missing', 'final', POSTGRESQL_GRANT],
  ])(
    'leaves it to the SQLSTATE %s where the number, %s, is %s',
    (sqlState, errorCode, _n, kind, remedy) => {
      expect(meaningOf(sqlState, errorCode)).toEqual(meaning(kind, remedy));
    },
  );
});

it.each([
  { dialect: postgresql, sqlState: '42501', errorCode: null },
  { dialect: mysql('UTC'), sqlState: '42000', errorCode: '1142' },
])('the rights that it names are those that the first look asks for: $sqlState', (given) => {
  const { dialect, sqlState, errorCode } = given;
  const [rights] = dialect.grant({ schema: 's', table: 't' }, 'u@h').split(' ON ');

  expect(meaningOf(sqlState, errorCode).remedy?.split(' on the table ')[0]).toBe(rights);
});
