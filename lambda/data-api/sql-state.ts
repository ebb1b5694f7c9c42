import type { FailureKind } from './failures';

/** What a database's error says of the statement, and what the operator can do about it. */
interface Meaning {
  readonly kind: FailureKind;
  readonly remedy?: string;
}

const TRANSIENT: Meaning = { kind: 'transient' };
const UNKNOWN: Meaning = { kind: 'unknown' };
/** Taken back for what it asked of the server in time, memory or locks: a smaller one may pass. */
const TOO_MUCH: Meaning = { kind: 'too-large' };

const final = (remedy: string): Meaning => ({ kind: 'final', remedy });
const refused = (remedy: string): Meaning => ({ kind: 'refused', remedy });

const CONNECTIONS: Meaning = {
  kind: 'transient',
  remedy: 'the database has no connection left: look for a leak, or raise its limit',
};
const LOCKED: Meaning = {
  kind: 'transient',
  remedy: 'look for who holds a lock on the table: a schema migration, a stuck transaction',
};
const READ_ONLY: Meaning = {
  kind: 'transient',
  remedy:
    'the database takes no writes: the writer may be failing over; look at its read-only settings',
};
const POSTGRESQL_RIGHTS = final(
  "GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE on the table to the purge's database user; where the message names another table, a trigger needs a right to that",
);
const MYSQL_RIGHTS = final(
  "GRANT SELECT (expire_date), DELETE on the table to the purge's database user; where the message names another table, a trigger needs a right to that",
);
const LOGIN = final('check the user name and password in the secret, and that the user may log in');
const DATABASE = final('check the database name');
const TABLE = final(
  'a table or a column went while the purge ran, or a trigger looks for one: the next run tells what it misses',
);
const DISK = final(
  'the database is out of disk space: make room first, since a delete needs space before it gives any back',
);
const DAMAGE = final(
  "the server cannot read or write its own files: look at its log, ask AWS's support",
);
const FOREIGN_KEY = refused(
  'another table refers to the session table: delete the rows that do so first, or give the constraint ON DELETE CASCADE',
);
const RULE = refused(
  'a constraint or a trigger does not let a row go: change it, or delete that row by hand',
);

/**
 * By SQLSTATE; the first two characters stand for a whole class. What is not here is final.
 *
 * From PostgreSQL's appendix "PostgreSQL Error Codes".
 */
const BY_SQL_STATE: Readonly<Record<string, Meaning>> = {
  '40001': TRANSIENT, // serialization failure; MySQL's deadlock
  '40P01': TRANSIENT, // deadlock
  '55P03': LOCKED, // lock_timeout
  '53300': CONNECTIONS,
  '53000': TRANSIENT, // resources
  '53100': DISK,
  '53200': TOO_MUCH, // memory, shared memory for locks
  '53400': TOO_MUCH, // a configured limit, temp_file_limit say
  '57P01': TRANSIENT, // administrator shutdown, as in a failover
  '57P02': TRANSIENT,
  '57P03': TRANSIENT, // starting up
  '57P05': TRANSIENT, // idle for too long: there was no statement to lose
  '57P04': DATABASE, // dropped
  '25006': READ_ONLY, // the old writer after a failover
  '25P04': TOO_MUCH, // transaction_timeout
  '57014': TOO_MUCH, // cancelled: statement_timeout
  '08001': TRANSIENT, // no connection came about
  '08004': TRANSIENT,
  '08': UNKNOWN, // the connection broke, perhaps after the commit
  '42501': POSTGRESQL_RIGHTS,
  '42P01': TABLE,
  '42703': TABLE,
  '42S02': TABLE, // MySQL's
  '42S22': TABLE,
  '28': LOGIN,
  '3D000': DATABASE,
  '58': DAMAGE,
  XX: DAMAGE,
  '23503': FOREIGN_KEY,
  '23': RULE,
  '09': RULE, // triggered action
  '27': RULE, // triggered data change
  '38': RULE, // raised in a function of a trigger
  '39': RULE,
  '44': RULE, // WITH CHECK OPTION
  '45': RULE, // SIGNAL in a trigger of MySQL
  P0: RULE, // RAISE in a trigger of PostgreSQL
  // A value that does not fit: this statement stores none, so it is a trigger's.
  '22': RULE,
  // A time that cannot be read may as well be this statement's own.
  '22007': { kind: 'final' },
  '22008': { kind: 'final' },
};

/**
 * By MySQL's error number, which tells more than its SQLSTATE: that is HY000 or 42000 for most.
 *
 * From MySQL's "Server Error Message Reference" and "Client Error Message Reference".
 */
const BY_ERROR_CODE: Readonly<Record<string, Meaning>> = {
  '1040': CONNECTIONS,
  '1203': CONNECTIONS, // of one user
  '1226': CONNECTIONS, // max_user_connections
  '1205': LOCKED, // the statement alone is taken back
  '1213': TRANSIENT, // deadlock
  '1290': READ_ONLY,
  '1836': READ_ONLY,
  '1792': READ_ONLY,
  '1053': UNKNOWN, // server shutdown
  '1927': UNKNOWN, // connection killed
  '2006': UNKNOWN, // server has gone away
  '2013': UNKNOWN, // connection lost during the query
  '1153': TOO_MUCH, // packet too large
  '1197': TOO_MUCH, // the binary log's cache
  '1206': TOO_MUCH, // the lock table is full
  '1037': TOO_MUCH, // memory
  '1038': TOO_MUCH,
  '1041': TOO_MUCH,
  '1317': TOO_MUCH, // killed, as the Data API does after 45 s
  '3024': TOO_MUCH, // max_execution_time
  '1969': TOO_MUCH, // max_statement_time, MariaDB's
  '1021': DISK,
  '1114': DISK, // the table, or the tablespace that it is in, is full
  '1034': DAMAGE, // index corrupt
  '1194': DAMAGE, // table marked as crashed
  '1712': DAMAGE, // index corrupt, InnoDB's
  '1044': MYSQL_RIGHTS,
  '1142': MYSQL_RIGHTS,
  '1143': MYSQL_RIGHTS,
  '1370': MYSQL_RIGHTS, // a routine
  '1045': LOGIN,
  '1130': LOGIN, // not from this host
  '1862': LOGIN, // password expired
  '3118': LOGIN, // account locked
  '1049': DATABASE,
  '1054': TABLE,
  '1146': TABLE,
  '1217': FOREIGN_KEY, // without the right to be told which
  '1451': FOREIGN_KEY,
  '1442': RULE, // a trigger that changes the table itself
  '1644': RULE, // SIGNAL
};

/** The meaning of an error by its SQLSTATE and, on MySQL, its number. */
export function meaningOf(sqlState: string, errorCode: string | null = null): Meaning {
  const known = BY_ERROR_CODE[errorCode ?? ''] ?? BY_SQL_STATE[sqlState];
  return known ?? BY_SQL_STATE[sqlState.slice(0, 2)] ?? { kind: 'final' };
}
