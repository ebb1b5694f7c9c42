import { grantUsage, postgresqlUser } from '../../../contract/user-sql/postgresql';
import type { Statement } from '../../data-api/statement';
import { type Dialect, type TableId, YEAR_ONE } from '../dialect';
import { rangesOf } from '../expiry-range';
import { showCascade, showTriggers } from './guards';
import { heapWalk } from './heap-walk';
import { indexWalk } from './index-walk';
import { ends, inspect } from './inspect';
import { locks, showLocks, showRowLocks } from './locks';
import { obstacles } from './obstacles';
import { readEstimate } from './plan';
import { publications } from './publications';
import { danger } from './search-path';
import { refusal } from './server';
import { asText, catalogOperators, cutoffParameter, expiredRows, qualified, sentName } from './sql';
import { addKey, countDuplicates, countNulls, refuseNull } from './structure';

function countExpired(table: TableId, cutoff: Date, cap: number): Statement<'read'> {
  const sql = `
SELECT pg_catalog.count(*) AS expired, ${asText('pg_catalog.min(expire_date)')} AS oldest
FROM (SELECT expire_date ${expiredRows(table)} ORDER BY expire_date LIMIT ${cap}) AS expired`;
  return { sql: catalogOperators(sql), parameters: cutoffParameter(cutoff), mode: 'read' };
}

function countAllExpired(table: TableId, cutoff: Date): Statement<'probe'> {
  const sql = `SELECT pg_catalog.count(*) AS expired ${expiredRows(table)}`;
  return { sql: catalogOperators(sql), parameters: cutoffParameter(cutoff), mode: 'probe' };
}

function oldestExpired(table: TableId, cutoff: Date, since?: Date): Statement<'probe'> {
  const from =
    since === undefined ? '' : ' AND expire_date >= CAST(:since AS pg_catalog.timestamptz)';
  const sql = `
SELECT ${asText('pg_catalog.min(expire_date)')} AS oldest
FROM (SELECT expire_date ${expiredRows(table)}${from} ORDER BY expire_date LIMIT 1) AS oldest`;
  const parameters = { ...cutoffParameter(cutoff), ...(since && { since: since.toISOString() }) };
  return { sql: catalogOperators(sql), parameters, mode: 'probe' };
}

function explainExpired(table: TableId, cutoff: Date): Statement<'read'> {
  const sql = `EXPLAIN (FORMAT JSON) SELECT expire_date ${expiredRows(table)}`;
  return { sql: catalogOperators(sql), parameters: cutoffParameter(cutoff), mode: 'read' };
}

/** The last instant that a `Date` holds stands for everything later, 'infinity' included. */
const END_OF_TIME = new Date(8.64e15);

function toInstant(text: string): Date {
  if (text === 'infinity' || /^\+?\d{5,}-/.test(text)) return END_OF_TIME;
  return text === '-infinity' || text.endsWith(' BC') ? YEAR_ONE : new Date(text);
}

function createIndex(table: TableId, invalid: readonly string[] = []): string {
  const drop = invalid.map(
    (name) => `DROP INDEX CONCURRENTLY ${qualified({ ...table, table: name })}`,
  );
  return [...drop, `CREATE INDEX CONCURRENTLY ON ${qualified(table)} (expire_date)`].join('; ');
}

/** Aurora PostgreSQL. The column is `timestamp with time zone` whatever Django's `USE_TZ` says. */
export const postgresql = {
  engine: 'postgresql',
  inspect,
  namesAtOnce: Number.POSITIVE_INFINITY,
  expiryRanges: (tables) => rangesOf(tables, ends),
  // Without the column it would need no right to read it.
  deleteNone: (table) => ({
    sql: `DELETE FROM ONLY ${sentName(table)} WHERE false AND expire_date IS NULL`,
    parameters: {},
    mode: 'ask',
  }),
  locks,
  opensOthers: false,
  showLocks,
  showRowLocks,
  showTriggers,
  showCascade,
  publications,
  // The user's lock_timeout is a second.
  waitingShortly: (statement) => statement,
  index: indexWalk,
  storage: heapWalk,
  // 2 to 12 times on PostgreSQL 17 with local disks, and less where others kept the machine busy while it counted.
  deleteByCount: { least: 1, most: 20 },
  countExpired,
  countAllExpired,
  explainExpired,
  readEstimate,
  oldestExpired,
  toInstant,
  grant: postgresqlUser.grant,
  grantUsage,
  addKey,
  countDuplicates,
  takeOut: (child, parent) =>
    `ALTER FOREIGN TABLE ${qualified(child)} NO INHERIT ${qualified(parent)}`,
  showTable: () => null,
  danger,
  refusal,
  obstacles,
  createIndex,
  countNulls,
  refuseNull,
} satisfies Dialect;
