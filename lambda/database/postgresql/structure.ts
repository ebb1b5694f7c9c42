import type { TableId } from '../dialect';
import { qualified } from './sql';

/** The dialect's `addKey`. */
export const addKey = (table: TableId): string =>
  `ALTER TABLE ${qualified(table)} ADD PRIMARY KEY (session_key)`;

/** The dialect's `countDuplicates`. */
export const countDuplicates = (table: TableId): string =>
  `SELECT count(*) - count(DISTINCT session_key) AS duplicates FROM ONLY ${qualified(table)}`;

/** The dialect's `countNulls`. */
export const countNulls = (table: TableId): string =>
  `SELECT count(*) AS nulls FROM ${qualified(table)} WHERE expire_date IS NULL`;

/** The dialect's `refuseNull`. */
export const refuseNull = (table: TableId): string =>
  `ALTER TABLE ${qualified(table)} ALTER COLUMN expire_date SET NOT NULL`;
