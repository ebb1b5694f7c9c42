import type { FailureKind } from './failure';

/** What a database's error says of the statement, and what the operator can do about it. */
interface Meaning {
  readonly kind: FailureKind;
  readonly remedy?: string;
}

const PASSING: Meaning = { kind: 'passing' };
const TIMED_OUT: Meaning = { kind: 'timed-out' };
const RIGHTS: Meaning = {
  kind: 'final',
  remedy: "grant the purge's database user what the README's section on its role lists",
};
const SECRET: Meaning = { kind: 'final', remedy: 'check the user name and password in the secret' };
const DATABASE: Meaning = { kind: 'final', remedy: 'check the database name' };
const FOREIGN_KEY: Meaning = {
  kind: 'final',
  remedy:
    'a model of the application refers to the session table; delete its rows first, or let its constraint do so',
};

/**
 * By SQLSTATE; the first two characters stand for a whole class. What is not here is final.
 *
 * From PostgreSQL's appendix "PostgreSQL Error Codes".
 */
const BY_SQL_STATE: Readonly<Record<string, Meaning>> = {
  '40001': PASSING, // serialization failure; MySQL's deadlock
  '40P01': PASSING, // deadlock
  '55P03': PASSING, // lock not available: lock_timeout, beside a schema migration say
  '53300': PASSING, // too many connections
  '57P01': PASSING, // administrator shutdown, as in a failover
  '57P02': PASSING,
  '57P03': PASSING, // starting up
  '25006': PASSING, // read-only: the old writer after a failover
  '57014': TIMED_OUT, // cancelled: statement_timeout
  '08': { kind: 'unknown' }, // the connection broke, perhaps after the commit
  '42501': RIGHTS,
  '28': SECRET,
  '3D000': DATABASE,
  '23503': FOREIGN_KEY,
};

/**
 * By MySQL's error number, which tells more than its SQLSTATE: that is HY000 or 42000 for most.
 *
 * From MySQL's "Server Error Message Reference".
 */
const BY_ERROR_CODE: Readonly<Record<string, Meaning>> = {
  '1040': PASSING, // too many connections
  '1203': PASSING,
  '1205': PASSING, // lock wait timeout: the statement alone is taken back
  '1213': PASSING, // deadlock
  '1290': PASSING, // read-only: the old writer after a failover
  '1836': PASSING,
  '1792': PASSING,
  '1053': { kind: 'unknown' }, // server shutdown
  '1927': { kind: 'unknown' }, // connection killed
  '1317': TIMED_OUT, // killed, as the Data API does after 45 s
  '3024': TIMED_OUT, // max_execution_time
  '1969': TIMED_OUT, // max_statement_time, MariaDB's
  '1044': RIGHTS,
  '1142': RIGHTS,
  '1143': RIGHTS,
  '1045': SECRET,
  '1049': DATABASE,
  '1451': FOREIGN_KEY,
};

/** The meaning of an error by its SQLSTATE and, on MySQL, its number. */
export function meaningOf(sqlState: string, errorCode: string | null = null): Meaning {
  const known = BY_ERROR_CODE[errorCode ?? ''] ?? BY_SQL_STATE[sqlState];
  return known ?? BY_SQL_STATE[sqlState.slice(0, 2)] ?? { kind: 'final' };
}
