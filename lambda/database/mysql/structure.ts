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

/** The dialect's `refuseNull`. */
export const refuseNull = (table: TableId): string =>
  `ALTER TABLE ${qualified(table)} MODIFY expire_date datetime(6) NOT NULL`;
