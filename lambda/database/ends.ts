import type { TableName } from '../../contract/table-name';
import type { Statement, TableId } from './dialect';

/** An engine's SQL for the least or the greatest `expire_date` of a table, as text; null where it has no rows. */
export type End = (table: Pick<TableName, 'schema' | 'table'>, order: 'ASC' | 'DESC') => string;

/**
 * The columns `oldest` and `newest` of an inspection, each with a comma in front: the ends of the tables that are
 * wanted by their one name. Empty where none is.
 */
export function endColumns(wanted: readonly TableName[], end: End): string {
  const column = (name: string, order: 'ASC' | 'DESC') => {
    const cases = wanted.flatMap((table, at) =>
      table.schema === '*' ? [] : `WHEN ${at} THEN ${end(table, order)}`,
    );
    return cases.length === 0 ? '' : `,\n  CASE wanted.at ${cases.join(' ')} END AS ${name}`;
  };
  return column('oldest', 'ASC') + column('newest', 'DESC');
}

/** The dialect's `ends`. */
export function endsOf(tables: readonly TableId[], end: End): Statement {
  const rows = tables.map(
    (table, at) =>
      `SELECT ${at} AS at, ${end(table, 'ASC')} AS oldest, ${end(table, 'DESC')} AS newest`,
  );
  return { sql: rows.join(' UNION ALL '), parameters: {} };
}
