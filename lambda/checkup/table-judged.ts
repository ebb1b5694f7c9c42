import type { TableId } from '../database/dialect';
import type { JudgedTable } from '../database/table-proof';

/** The tables that were found. */
export const tablesOf = (judged: readonly JudgedTable[]): TableId[] =>
  judged.flatMap(({ table }) => table ?? []);

/** Whether anything but the catalogs' word on its name and columns is known of a table. */
export function isExamined({ row, table, obstacles }: JudgedTable): boolean {
  return (
    row !== null &&
    table !== null &&
    !obstacles.some(({ of }) => of === 'table' || of === 'columns')
  );
}

/** Whether a run would purge the table. */
export function isPurged(judged: JudgedTable): boolean {
  return isExamined(judged) && judged.obstacles.length === 0;
}
