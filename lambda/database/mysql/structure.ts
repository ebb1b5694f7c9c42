import { flag, type Row, text } from '../../data-api/rows';
import type { TableId } from '../dialect';
import { qualified } from './sql';

/** The dialect's `addKey`. */
export const addKey = (table: TableId): string =>
  `ALTER TABLE ${qualified(table)} ADD PRIMARY KEY (session_key)`;

/** The dialect's `countDuplicates`. */
export const countDuplicates = (table: TableId): string =>
  `SELECT COUNT(*) - COUNT(DISTINCT session_key) AS duplicates FROM ${qualified(table)}`;

/** The dialect's `countNulls`. */
export const countNulls = (table: TableId): string =>
  `SELECT COUNT(*) AS nulls FROM ${qualified(table)} WHERE expire_date IS NULL`;

/**
 * The dialect's `refuseNull`. MODIFY takes the whole definition of a column, so that a default, a comment or what the column
 * is generated from is lost where it does not say it again.
 */
export const refuseNull = (table: TableId, row: Row): string => {
  const modify = `ALTER TABLE ${qualified(table)} MODIFY`;
  return flag(row, 'isExpireDatePlain')
    ? `${modify} expire_date ${text(row, 'expireDateType')} NOT NULL`
    : `${modify} with NOT NULL and all else that SHOW CREATE TABLE says of expire_date, so that it loses nothing`;
};
