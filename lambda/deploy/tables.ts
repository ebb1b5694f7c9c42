import { nameOf, type TableName } from '../../contract/table-name';
import { type Row, text } from '../data-api/rows';
import type { TableId } from '../database/dialect';
import { distinctRows, tableOf, wantedBy } from '../database/inspection';
import { structureProblem } from '../database/obstacles';
import type { Connection } from './connection';
import type { UserEngine } from './user-engine';

/** The tables of sessions among those that are configured, and what is wrong with the others. */
export interface FoundTables {
  readonly tables: readonly TableId[];
  readonly problems: readonly string[];
}

function problemOf(row: Row, { text: name }: TableName): string | null {
  const table = tableOf(row);
  if (table === null) return `table "${name}" was not found in database "${text(row, 'database')}"`;
  const problem = structureProblem(row);
  return problem === null ? null : `table "${nameOf(table)}" ${problem}`;
}

/** Finds the tables as a purge finds them. No right is granted to what is no table of sessions. */
export async function findTables(
  by: Connection,
  engine: UserEngine,
  wanted: readonly TableName[],
): Promise<FoundTables> {
  const rows = distinctRows(await engine.inspect(by, wanted), wanted);
  const problems = rows.map((row) => problemOf(row, wantedBy(row, wanted)));
  return {
    tables: rows.flatMap((row, at) => (problems[at] === null ? (tableOf(row) ?? []) : [])),
    problems: problems.flatMap((problem) =>
      problem === null ? [] : `${problem}, so that no right to it was granted`,
    ),
  };
}
