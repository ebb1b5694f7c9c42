import type { FailureKind } from '../../lambda/failure';
import { meaningOf } from '../../lambda/sql-state';

const GRANT = "grant the purge's database user what the README's section on its role lists";
const PASSWORD = 'check the user name and password in the secret';
const REFERENCE =
  'a model of the application refers to the session table; delete its rows first, or let its constraint do so';

describe('meaningOf', () => {
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
    ['3D000', 'an unknown database', 'final', 'check the database name'],
    ['23503', 'a row that another refers to', 'final', REFERENCE],
    ['23505', 'another constraint', 'final', null],
    ['42601', 'a syntax error', 'final', null],
    ['42P01', 'an unknown table', 'final', null],
    ['40002', 'its neighbour in a class of passing ones', 'final', null],
    ['XX000', 'an internal error', 'final', null],
    ['00008', 'digits of a class in another place', 'final', null],
  ])('%s, %s, is %s', (sqlState, _name, kind, remedy) => {
    expect(meaningOf(sqlState)).toEqual(remedy === null ? { kind } : { kind, remedy });
  });
});
