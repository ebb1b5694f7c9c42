import type { TableName } from '../../../contract/table-name';
import { mysqlUser } from '../../../contract/user-sql/mysql';
import { type Row, text } from '../../data-api/rows';
import type { Statement } from '../../data-api/statement';
import { type Dialect, type TableId, YEAR_ONE } from '../dialect';
import { rangesOf } from '../expiry-range';
import { byOwner } from '../who-runs-it';
import { showCascade, showTriggers } from './guards';
import { indexWalk } from './index-walk';
import { ends, inspect } from './inspect';
import {
  inCalendar,
  instantOf,
  knownZone,
  localCutoff,
  NO_TIME_ZONE,
  type TimeZone,
} from './local-time';
import { SHOW_ROW_LOCKS, showLocks, waitingShortly } from './locks';
import { createIndex, obstacles } from './obstacles';
import { readEstimate } from './plan';
import { expiredParameters, expiredRows, oldestRows, qualified } from './sql';
import { addKey, countDuplicates, countNulls, refuseNull } from './structure';

/** A name without a schema is one in the database of the connection, which whoever gives the right may not have chosen. */
function showTable({ schema, table }: TableName, row: Row, meant: readonly string[]): string {
  const shown = 'MySQL shows the user only tables to which it has a right';
  if (schema === '*') return shown;
  if (meant.length > 0)
    return `${shown}: if the name is right, give the user its rights to the table`;
  const hidden = { schema: schema ?? text(row, 'database'), table };
  const grant = mysqlUser.grant(hidden, text(row, 'user'));
  return `${shown}, so if this one is there: ${byOwner(row, grant)}`;
}

/** Without the column it would need no right to read it. */
function deleteNone(table: TableId): Statement<'ask'> {
  const sql = `DELETE FROM ${qualified(table)} WHERE FALSE AND expire_date IS NULL`;
  return { sql, parameters: {}, mode: 'ask' };
}

/** Aurora MySQL. The column has no zone: it holds UTC with Django's `USE_TZ = True`, the time of `TIME_ZONE` without. */
export function mysql(timeZone: TimeZone): Dialect {
  return {
    engine: 'mysql',
    ...(timeZone === null ? { missing: NO_TIME_ZONE } : { timeZone }),
    inspect,
    // MySQL takes no list as a parameter, so that each name makes the statement longer.
    namesAtOnce: 100,
    expiryRanges: (tables) => rangesOf(tables, ends),
    deleteNone,
    locks: null,
    opensOthers: true,
    showLocks,
    showRowLocks: () => SHOW_ROW_LOCKS,
    showTriggers,
    showCascade,
    waitingShortly,
    index: indexWalk(timeZone),
    storage: null,
    // 27 to 80 times on MariaDB 10.11 with local disks: the count reads the index alone.
    deleteByCount: { least: 1, most: 100 },
    countExpired: (table, cutoff, cap) => ({
      sql: `SELECT COUNT(*) AS expired, CAST(MIN(expire_date) AS CHAR) AS oldest FROM ${oldestRows(table, cap)}`,
      parameters: expiredParameters(timeZone, cutoff),
      mode: 'read',
    }),
    countAllExpired: (table, cutoff) => ({
      sql: `SELECT COUNT(*) AS expired ${expiredRows(table)}`,
      parameters: expiredParameters(timeZone, cutoff),
      mode: 'probe',
    }),
    oldestExpired: (table, cutoff, since) => {
      const at = since && localCutoff(since, knownZone(timeZone));
      return {
        sql: `SELECT CAST(MIN(expire_date) AS CHAR) AS oldest FROM ${oldestRows(table, 1, at)}`,
        parameters: expiredParameters(timeZone, cutoff, at),
        mode: 'probe',
      };
    },
    explainExpired: (table, cutoff) => ({
      sql: `EXPLAIN SELECT expire_date ${expiredRows(table)}`,
      parameters: expiredParameters(timeZone, cutoff),
      mode: 'read',
    }),
    readEstimate,
    toInstant: (text) =>
      text.startsWith('0000') ? YEAR_ONE : instantOf(inCalendar(text), knownZone(timeZone)),
    grant: mysqlUser.grant,
    grantUsage: null,
    addKey,
    countDuplicates,
    takeOut: null,
    showTable,
    danger: () => null,
    refusal: () => null,
    obstacles,
    createIndex,
    countNulls,
    refuseNull,
  };
}
