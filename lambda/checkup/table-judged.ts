import type { Row } from '../data-api/rows';
import type { TableId } from '../database/dialect';
import { isOfSessions } from '../database/obstacles';
import type { JudgedTable } from '../database/table-proof';

/** A table that was found, with its own row of the inspection. */
export interface FoundTable extends JudgedTable {
  readonly row: Row;
  readonly table: TableId;
}

/** The tables that were found. */
export const tablesOf = (judged: readonly JudgedTable[]): TableId[] =>
  judged.flatMap(({ table }) => table ?? []);

/** Whether the table was found and is one of sessions, so that more than its name and columns is looked at. */
export function isExamined(judged: JudgedTable): judged is FoundTable {
  const { row, table } = judged;
  return row !== null && table !== null && isOfSessions(row);
}

/** Whether a run would purge the table. */
export function isPurged(judged: JudgedTable): judged is FoundTable {
  return isExamined(judged) && judged.obstacles.length === 0;
}
