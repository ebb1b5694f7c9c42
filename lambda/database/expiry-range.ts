import type { TableName } from '../../contract/table-name';
import type { Statement } from '../data-api/statement';
import type { TableId } from './dialect';

/** An engine's SQL for the ends of a table's range. */
export interface EndsSql {
  /** The least (`ASC`) or the greatest (`DESC`) `expire_date` of a table that is not null; null: there is none. */
  end(table: Pick<TableName, 'schema' | 'table'>, order: 'ASC' | 'DESC'): string;
  /** An `expire_date` as text. */
  asText(instant: string): string;
  /** Whether a column is one of the numbers. */
  isOneOf(column: string, numbers: readonly number[]): string;
}

/** One statement asks for the ranges of this many tables and stays far below its limit of 65 536 characters. */
export const TABLES_AT_ONCE = 100;

/**
 * The columns `hasRange`, `oldest` and `newest` of an inspection, each with a comma in front, for the first of the tables
 * that are wanted by their one name; empty where there is none. `guard`: a condition without which a table's range is left
 * alone.
 */
export function rangeColumns(
  wanted: readonly TableName[],
  guard: string,
  { end, asText, isOneOf }: EndsSql,
): string {
  const named = wanted
    .map((table, at) => ({ table, at }))
    .filter(({ table }) => table.schema !== '*')
    .slice(0, TABLES_AT_ONCE);
  if (named.length === 0) return '';
  const column = (name: string, order: 'ASC' | 'DESC') => {
    const cases = named.map(({ table, at }) => `WHEN wanted = ${at} THEN ${end(table, order)}`);
    const instant = `CASE WHEN ${guard} THEN CASE ${cases.join(' ')} END END`;
    return `,\n  ${asText(instant)} AS ${name}`;
  };
  const places = named.map(({ at }) => at);
  const hasRange = `(${guard}) AND ${isOneOf('wanted', places)}`;
  return `,\n  ${hasRange} AS "hasRange"${column('oldest', 'ASC')}${column('newest', 'DESC')}`;
}

/** The dialect's `expiryRanges`. */
export function rangesOf(tables: readonly TableId[], { end, asText }: EndsSql): Statement<'read'> {
  const rows = tables.map(
    (table, at) =>
      `SELECT ${at} AS at, ${end(table, 'ASC')} AS oldest, ${end(table, 'DESC')} AS newest`,
  );
  const sql = `SELECT at, ${asText('oldest')} AS oldest, ${asText('newest')} AS newest FROM (${rows.join(' UNION ALL ')}) AS ranges`;
  return { sql, parameters: {}, mode: 'read' };
}
