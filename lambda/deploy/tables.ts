import type { TableName } from '../../contract/table-name';
import { optionalText, type Row, text } from '../data-api/rows';
import type { Dialect, TableId } from '../database/dialect';
import { inspectTables } from '../database/inspection';
import { structureProblem } from '../database/obstacles';
import type { Connection } from './connection';

/** The tables of sessions among those that are configured, and what is wrong with the others. */
export interface FoundTables {
  readonly tables: readonly TableId[];
  readonly problems: readonly string[];
}

function problemOf(row: Row, { text: name }: TableName): string | null {
  if (optionalText(row, 'schema') === null)
    return `table "${name}" was not found in database "${text(row, 'database')}"`;
  const problem = structureProblem(row);
  return problem === null ? null : `table "${row.schema}.${row.table}" ${problem}`;
}

/** Finds the tables as a purge finds them. No right is granted to what is no table of sessions. */
export async function findTables(
  { api }: Connection,
  dialect: Dialect,
  wanted: readonly TableName[],
): Promise<FoundTables> {
  const tables = new Map<string, TableId>();
  const problems: string[] = [];
  for (const row of await inspectTables(api, dialect, wanted, false)) {
    const name = wanted[Number(row.wanted)];
    const problem = name === undefined ? null : problemOf(row, name);
    if (problem !== null) problems.push(`${problem}, so that no right to it was granted`);
    else {
      const table = { schema: text(row, 'schema'), table: text(row, 'table') };
      tables.set(JSON.stringify(table), table);
    }
  }
  return { tables: [...tables.values()], problems };
}
