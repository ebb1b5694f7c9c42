import { DatabaseError, TableError } from '../errors';
import { addObstacle } from './obstacles';
import { warn } from './report';
import type { Run } from './run';

/**
 * Tells what the catalogs say of deletes, which a dry run does not try. What keeps a table from being purged is its problem.
 * Returns the error that every delete would meet; `null`: there is none.
 */
export async function tellForetold(run: Run): Promise<DatabaseError | null> {
  const { report, foretell } = run;
  if (report.engine === null || foretell === undefined) return null;
  let failure: DatabaseError | null = null;
  for (const { table, state, detail, fix } of await foretell(report.engine)) {
    const isNamed = table === null || detail.includes(table);
    const words = [isNamed ? detail : `${table}: ${detail}`, ...(fix === null ? [] : [fix])];
    const text = words.join('; ');
    const tableReport = report.tables.find((it) => it.table === table);
    if (state !== 'failing') warn(report, [text]);
    else if (tableReport === undefined) failure ??= new DatabaseError(text);
    else addObstacle(tableReport, new TableError(text), run);
  }
  return failure;
}
