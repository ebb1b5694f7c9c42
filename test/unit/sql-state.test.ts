import type { FailureKind } from '../../lambda/failure';
import { meaningOf } from '../../lambda/sql-state';

const GRANT = "grant the purge's database user what the README's section on its role lists";
const PASSWORD = 'check the user name and password in the secret';
const REFERENCE =
  'a model of the application refers to the session table; delete its rows first, or let its constraint do so';

const DATABASE = 'check the database name';

const meaning = (kind: FailureKind, remedy: string | null) =>
  remedy === null ? { kind } : { kind, remedy };

describe('meaningOf a SQLSTATE', () => {
  it.each<[string, string, FailureKind, string | null]>([
    ['40001', 'a serialization failure', 'passing', null],
    ['40P01', 'a deadlock', 'passing', null],
    ['55P03', 'a lock that was not to be had', 'passing', null],
    ['53300', 'too many connections', 'passing', null],
    ['57P01', 'a shutdown by the administrator', 'passing', null],
    ['57P02', 'a crash', 'passing', null],
    ['57P03', 'a start that is not done', 'passing', null],
    ['25006', 'a writer that has become a reader', 'passing', null],
    ['57014', 'a cancelled statement', 'timed-out', null],
    ['08000', 'a broken connection', 'unknown', null],
    ['08006', 'a connection that failed', 'unknown', null],
    ['08P01', 'a broken protocol', 'unknown', null],
    ['42501', 'a missing right', 'final', GRANT],
    ['28000', 'a login that is not allowed', 'final', PASSWORD],
    ['28P01', 'a wrong password', 'final', PASSWORD],
    ['3D000', 'an unknown database', 'final', DATABASE],
    ['23503', 'a row that another refers to', 'final', REFERENCE],
    ['23505', 'another constraint', 'final', null],
    ['42601', 'a syntax error', 'final', null],
    ['42P01', 'an unknown table', 'final', null],
    ['40002', 'its neighbour in a class of passing ones', 'final', null],
    ['XX000', 'an internal error', 'final', null],
    ['00008', 'digits of a class in another place', 'final', null],
  ])('%s, %s, is %s', (sqlState, _name, kind, remedy) => {
    expect(meaningOf(sqlState)).toEqual(meaning(kind, remedy));
  });
});

describe("meaningOf MySQL's error number", () => {
  const numbers: [string, string, string, FailureKind, string | null][] = [
    ['1040', '08004', 'too many connections', 'passing', null],
    ['1203', '42000', 'too many connections of one user', 'passing', null],
    ['1205', 'HY000', 'a lock that was not let go of', 'passing', null],
    ['1213', '40001', 'a deadlock', 'passing', null],
    ['1290', 'HY000', 'a server that only reads', 'passing', null],
    ['1836', 'HY000', 'a server in read-only mode', 'passing', null],
    ['1792', '25006', 'a transaction that only reads', 'passing', null],
    ['1053', '08S01', 'a shutdown', 'unknown', null],
    ['1927', '70100', 'a killed connection', 'unknown', null],
    ['1317', '70100', 'a killed statement', 'timed-out', null],
    ['3024', 'HY000', 'a statement stopped by max_execution_time', 'timed-out', null],
    ['1969', '70100', "a statement stopped by MariaDB's max_statement_time", 'timed-out', null],
    ['1044', '42000', 'no right to the database', 'final', GRANT],
    ['1142', '42000', 'no right to the table', 'final', GRANT],
    ['1143', '42000', 'no right to the column', 'final', GRANT],
    ['1045', '28000', 'a wrong password', 'final', PASSWORD],
    ['1049', '42000', 'an unknown database', 'final', DATABASE],
    ['1451', '23000', 'a row that another refers to', 'final', REFERENCE],
    ['1064', '42000', 'a syntax error', 'final', null],
    ['1146', '42S02', 'an unknown table', 'final', null],
    ['1054', '42S22', 'an unknown column', 'final', null],
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
    expect(meaningOf('40001', '1142')).toEqual(meaning('final', GRANT));
  });

  it.each<[string, string | null, string, FailureKind, string | null]>([
    ['40001', '9999', 'not known', 'passing', null],
    ['08S01', '0', 'that of the driver', 'unknown', null],
    ['28000', '1698', 'not known', 'final', PASSWORD],
    ['42501', null, 'missing', 'final', GRANT],
  ])(
    'leaves it to the SQLSTATE %s where the number, %s, is %s',
    (sqlState, errorCode, _n, kind, remedy) => {
      expect(meaningOf(sqlState, errorCode)).toEqual(meaning(kind, remedy));
    },
  );
});
