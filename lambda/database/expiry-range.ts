import type { TableName } from '../../contract/table-name';
import type { Statement } from '../data-api/statement';
import type { TableId } from './dialect';

/** An engine's SQL for the least (`ASC`) or the greatest (`DESC`) `expire_date` of a table, as text; null: no rows. */
export type End = (table: Pick<TableName, 'schema' | 'table'>, order: 'ASC' | 'DESC') => string;

/**
 * The columns `oldest` and `newest` of an inspection, each with a comma in front, for the tables that are wanted by
 * their one name; empty where there is none.
 */
export function rangeColumns(wanted: readonly TableName[], end: End): string {
  const column = (name: string, order: 'ASC' | 'DESC') => {
    const cases = wanted.flatMap((table, at) =>
      table.schema === '*' ? [] : `WHEN ${at} THEN ${end(table, order)}`,
    );
    return cases.length === 0 ? '' : `,\n  CASE wanted.at ${cases.join(' ')} END AS ${name}`;
  };
  return column('oldest', 'ASC') + column('newest', 'DESC');
}

/** The dialect's `expiryRanges`. */
export function rangesOf(tables: readonly TableId[], end: End): Statement<'read'> {
  const rows = tables.map(
    (table, at) =>
      `SELECT ${at} AS at, ${end(table, 'ASC')} AS oldest, ${end(table, 'DESC')} AS newest`,
  );
  return { sql: rows.join(' UNION ALL '), parameters: {}, mode: 'read' };
}
