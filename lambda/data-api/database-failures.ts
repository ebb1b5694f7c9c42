import type { FailureRow, Remedy, RemedyAbout } from './failure';

const UNLISTED =
  "look for the error in the database's log and manual: a setting or a trigger may be the reason; if neither is, report it";
const SLOW = 'look for a lock on the table, a slow trigger, or a missing index on expire_date';
/** What to do about a lock. */
export const LOCKED =
  'look for who holds a lock on the table, a schema migration or a stuck transaction';
const CHANGING =
  'look for who changes the table, a trigger or a function just now; if nobody does, look at the log of the server';
const CONNECTIONS = 'the database has no connection left: look for a leak, or raise its limit';
const USER_LIMIT = "raise the limit of the purge's database user that the message names";
const READ_ONLY =
  'the database takes no writes: the writer may be failing over; look at its read-only settings';
const READ_ONLY_SETTING =
  'no transaction may write: set transaction_read_only to OFF in the parameter group of the cluster';
const DISK =
  'the database is out of disk space: make room first, since a delete needs space before it gives any back';
const DAMAGE = "the server cannot read or write its own files: look at its log, ask AWS's support";
const MEMORY =
  'a statement takes more memory, locks or space than the limit that the message names: look for a trigger that takes so much, or raise the limit';
const JOIN_SIZE =
  'set max_join_size to its default, or sql_big_selects to ON, for the user or in the parameter group';
const SAFE_UPDATES =
  'set sql_safe_updates to OFF in the parameter group, and look for a missing index on expire_date';
const BINLOG = 'set binlog_format to ROW or MIXED in the parameter group of the cluster';
const ENGINE =
  'a trigger writes to a table whose engine does not fit the binary log: convert that table to InnoDB';
/** What mends a secret that does not log in. */
export const LOGIN: Remedy = ({ secretArn }) =>
  `put the name and the password of a user who may log in into the secret: aws secretsmanager put-secret-value --secret-id ${secretArn} --secret-string '{"username":"...","password":"..."}'`;
const BLOCKED_HOST =
  'the server blocks the Data API after too many failed logins: correct the secret, then run FLUSH HOSTS';
const DATABASE: Remedy = ({ database }) => `name a database that exists, not "${database}"`;
const CONNECT: Remedy = ({ database }) =>
  `GRANT CONNECT ON DATABASE "${database}" to the purge's database user`;
const NO_CONNECTIONS: Remedy = ({ database }) =>
  `ALTER DATABASE "${database}" ALLOW_CONNECTIONS true`;
const SCHEMA = "GRANT USAGE on the schema that the message names to the purge's database user";
const TO_THE_USER =
  "to the purge's database user; where the message names something else, a trigger needs a right to that";
const POSTGRESQL_RIGHTS = `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE on the table ${TO_THE_USER}`;
const MYSQL_RIGHTS = `GRANT SELECT (expire_date), DELETE on the table ${TO_THE_USER}`;
const TABLE =
  'a table or a column was dropped while the purge ran, or a trigger names one that is missing: the next run says which';
const ROW_SECURITY =
  "the user's row_security is off and a policy hides rows: ALTER ROLE ... RESET row_security, and give the user BYPASSRLS or a policy that shows every row";
const FOREIGN_KEY =
  'another table refers to the session table: delete the rows that do so first, or let the owner of that table change the constraint, which locks both tables: with ON DELETE CASCADE those rows are deleted with their session, with ON DELETE SET NULL (where the column takes NULL) they stay without it';
const GUARD = 'a constraint or a trigger refuses these rows: change or drop it';
const TRIGGER =
  'a trigger, a policy or a rule of the table, or a function that it calls, fails: correct it or drop it';
const DEFINER =
  'the DEFINER of a trigger does not exist: create that user, or the trigger with another DEFINER';
const TRIGGER_RIGHT =
  'GRANT TRIGGER on the table to the DEFINER of its trigger, or create the trigger with another DEFINER';
const RULE =
  'a rule, a policy or a trigger of the table does not work with this DELETE: look at pg_rules, pg_policies and pg_trigger';
const REPLICA_IDENTITY =
  'a publication sends the deletes of the table that the message names, which has no replica identity: its owner gives it one, by default the primary key, or the deletes are left out of the publication';
const PUBLICATION =
  "a publication's WHERE or column list does not fit the table's replica identity: change it, as pg_publication_tables shows it, or the REPLICA IDENTITY";
const TIME =
  'a value cannot be read as a time: look for a trigger or a rule that computes one; if there is none, report it';

/** What guards the rows of a table, by the remedies that are about it. */
export const REMEDIES_ABOUT: ReadonlyMap<Remedy, RemedyAbout> = new Map<Remedy, RemedyAbout>([
  [FOREIGN_KEY, 'foreign keys'],
  [REPLICA_IDENTITY, 'publications'],
  [PUBLICATION, 'publications'],
  ...[GUARD, TRIGGER, DEFINER, TRIGGER_RIGHT, RULE, ENGINE, TIME, UNLISTED].map(
    (remedy): [Remedy, RemedyAbout] => [remedy, 'triggers'],
  ),
]);

/** The sign of an error with a SQLSTATE, whichever it is. */
export const ANY_SQLSTATE = 'SQLSTATE';

/** PostgreSQL says so of a sequence, a record or a view that has no value yet. */
const NEVER_SET = /not (yet )?(been )?(assigned|defined|populated)/;

/**
 * What the errors of the two databases mean, by SQLSTATE and by error number. Rows with `says` come first.
 *
 * PostgreSQL's manual lists the SQLSTATEs in its appendix A; MySQL and MariaDB list the numbers in their references of
 * errors. The server has understood the purge's own statements before it deletes. So an error of a delete that is about
 * names, types or values comes from what runs when a row goes.
 */
export const DATABASE_FAILURES: readonly FailureRow[] = [
  { says: /error in your SQL syntax/i, kind: 'final', at: 'grammar' },
  { on: '0A000', says: /cached plan must not change/, kind: 'transient', at: 'server' },
  { on: '42501', says: /new row violates/, kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '42501', says: /row-level security/, kind: 'final', at: 'row', remedy: ROW_SECURITY },
  { on: '42501', says: /for database/, kind: 'final', at: 'database', remedy: CONNECT },
  { on: '42501', says: /for schema/, kind: 'final', at: 'table', remedy: SCHEMA },
  { on: '1142', says: /^TRIGGER command/, kind: 'final', at: 'row', remedy: TRIGGER_RIGHT },
  { on: '42P10', says: /CONFLICT|DISTINCT|ORDER BY/, kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '55000', says: /accepting/, kind: 'final', at: 'database', remedy: NO_CONNECTIONS },
  { on: '55000', says: NEVER_SET, kind: 'refused', at: 'row', remedy: TRIGGER },
  {
    on: 'XX000',
    says: /cache lookup|concurrently|could not open relation/,
    kind: 'transient',
    at: 'table',
    remedy: CHANGING,
  },

  { on: 'DatabaseErrorException', kind: 'final', at: 'server', remedy: UNLISTED },
  // A trigger may raise a code of its own, and MySQL sends HY000 with most errors.
  { on: ANY_SQLSTATE, kind: 'refused', at: 'row', remedy: UNLISTED },
  { on: '1064', kind: 'final', at: 'grammar' },
  // The database is of another engine, or a trigger builds SQL that is wrong.
  { on: '42601', kind: 'refused', at: 'grammar', remedy: TRIGGER },

  // Other sessions were in the way: by a conflict or a deadlock, or by a lock that was not free in time.
  { on: '40000 40001 40P01 1020 1213 3058 3101', kind: 'transient', at: 'server' },
  { on: '55P03 1205 1689 3572', kind: 'transient', at: 'lock', remedy: LOCKED },

  // The server shuts down, crashes, starts, is offline or is short of resources.
  { on: '53 57 1297 1637 3032 3168', kind: 'transient', at: 'server' },
  // The connection was refused, or was closed while it was idle.
  { on: '08001 08004 25P03 4031', kind: 'transient', at: 'server' },
  // A connection from a pool has lost track of its statements or its transaction, or a snapshot is too old.
  { on: '25P02 26000 42P05 72000 1243 1412 1615', kind: 'transient', at: 'server' },
  { on: '53300 1040 1135 1203 1461', kind: 'transient', at: 'server', remedy: CONNECTIONS },
  { on: '1226', kind: 'transient', at: 'server', remedy: USER_LIMIT },
  { on: '1792', kind: 'final', at: 'server', remedy: READ_ONLY_SETTING },
  { on: '25006 1036 1290 1836 1874 3989', kind: 'transient', at: 'server', remedy: READ_ONLY },
  // The connection broke or the commit failed, perhaps after the rows were gone.
  { on: '08 40003 1053 1180 1181 1927 2006 2013 3169', kind: 'unknown', at: 'server' },

  // The statement met a limit of the server: of time, memory, locks, logs, packets, rows that it may read, or disk.
  { on: 'StatementTimeoutException', kind: 'too-large', at: 'server', remedy: SLOW },
  { on: '57014 25P04 1317 1969 3024', kind: 'too-large', at: 'server', remedy: SLOW },
  { on: '53200 53400 1028 1037 1038 1041', kind: 'too-large', at: 'server', remedy: MEMORY },
  { on: '1153 1197 1206 1705 3015 3019', kind: 'too-large', at: 'server', remedy: MEMORY },
  { on: '1104', kind: 'final', at: 'table', remedy: JOIN_SIZE },
  { on: '1175', kind: 'final', at: 'table', remedy: SAFE_UPDATES },
  { on: '53100 1021 1026 1114 1878', kind: 'final', at: 'server', remedy: DISK },
  { on: '58 F0 XX', kind: 'final', at: 'table', remedy: DAMAGE },
  // MySQL cannot use a file, a tablespace, an index or a table.
  { on: '1015 1016 1017 1023 1024 1033 1035', kind: 'final', at: 'table', remedy: DAMAGE },
  { on: '1707 1808 1810 1811 1812 1814', kind: 'final', at: 'table', remedy: DAMAGE },
  { on: '1030 1032 1034 1194 1195 1712 1817', kind: 'final', at: 'table', remedy: DAMAGE },
  { on: '1815 1863 1877 1881 1932', kind: 'final', at: 'table', remedy: DAMAGE },
  { on: '1598 1665 1666', kind: 'final', at: 'server', remedy: BINLOG },
  { on: '1661 1662 1663 1664 1667 1785', kind: 'final', at: 'row', remedy: ENGINE },

  // The user may not log in, or the database, the table or a right to it is missing.
  { on: '28 1045 1130 1251 1275 1524 1698 1873', kind: 'final', at: 'login', remedy: LOGIN },
  // The password has expired, the account is locked, or the connection has to be secure.
  { on: '1820 1862 3118 3159 3955', kind: 'final', at: 'login', remedy: LOGIN },
  { on: '1129', kind: 'final', at: 'login', remedy: BLOCKED_HOST },
  { on: '3D000 57P04 1049 1102', kind: 'final', at: 'database', remedy: DATABASE },
  { on: '42501', kind: 'final', at: 'table', remedy: POSTGRESQL_RIGHTS },
  { on: '1044 1142 1143 1370', kind: 'final', at: 'table', remedy: MYSQL_RIGHTS },
  { on: '42P01 42703 3F000', kind: 'final', at: 'table', remedy: TABLE },
  { on: '42S02 42S22 1054 1146 1356', kind: 'final', at: 'table', remedy: TABLE },

  // Something guards the rows. PostgreSQL sends 23001 for ON DELETE RESTRICT from version 18 on; MySQL sends 1217 where
  // the user may not see the other table.
  { on: '23001 23503 1217 1451 1834', kind: 'refused', at: 'row', remedy: FOREIGN_KEY },
  { on: '55000', kind: 'final', at: 'row', remedy: REPLICA_IDENTITY },
  { on: '42P10', kind: 'final', at: 'row', remedy: PUBLICATION },
  { on: '0A000 42P17', kind: 'final', at: 'row', remedy: RULE },
  { on: '1449', kind: 'final', at: 'row', remedy: DEFINER },
  // A constraint holds, or a trigger raises an error. MySQL sends 3008 where a cascade goes too deep.
  { on: '23 44 09 27 38 39 45 P0 40002', kind: 'refused', at: 'row', remedy: GUARD },
  { on: '1369 1442 1643 1644 3008 3819', kind: 'refused', at: 'row', remedy: GUARD },
  // A value or a number of rows does not fit. The purge stores none, so a trigger does.
  { on: '21 22 1172 1265 1364 1366 1411 1423', kind: 'refused', at: 'row', remedy: GUARD },
  { on: '1467 1526 1748', kind: 'refused', at: 'row', remedy: GUARD },
  // A time that cannot be read may also be the purge's own.
  { on: '22007 22008 1292 1525', kind: 'final', at: 'row', remedy: TIME },

  // A trigger, a policy or a rule gets something wrong: names, types, objects, cases or roles; transactions, cursors,
  // depth or foreign tables.
  { on: '42 55 02 0F 0K 0L 0P 0Z 20 2B', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '24 25 2D 2F 34 3B 54 HV', kind: 'refused', at: 'row', remedy: TRIGGER },
  // A trigger on MySQL gets routines, variables, collations or views wrong, or does what a trigger may not.
  { on: '1305 1318 1417 1418 1424 1436 1444', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '1119 1456 1457 1462', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '1193 1238 1267 1270 1271 1288 1347 1443', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '1471 1621 1706 1765', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '1137 1227 1312 1314 1335 1336 1362 1363', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '1415 1422 1445 1602 1604 1606', kind: 'refused', at: 'row', remedy: TRIGGER },
  { on: '1646 1648 1710 1711', kind: 'refused', at: 'row', remedy: TRIGGER },
];
