import type { TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import { count, type Row } from '../data-api/rows';
import type { SendInTransaction } from '../data-api/transaction';
import { inspectTables, tableOf } from '../database/inspection';
import { postgresql } from '../database/postgresql';
import { catalogOnlyWithPath } from './catalog-only';
import type { Connection } from './connection';

/** A wanted table in one schema. `at`: its place among the wanted ones. */
interface Placed {
  readonly at: number;
  readonly name: TableName;
}

/** The wanted tables, those without a schema in each schema of the search path, which the transaction does not have. */
function placedIn(path: readonly string[], wanted: readonly TableName[]): Placed[] {
  // Without USAGE it is no part of the path, and the usual reason why a table is not found.
  const schemas = path.includes('public') ? path : [...path, 'public'];
  return wanted.flatMap((name, at) =>
    name.schema === null
      ? schemas.map((schema) => ({ at, name: { ...name, schema } }))
      : [{ at, name }],
  );
}

/** Leaves one row for each table without a schema: the first that was found, as the search path finds it. */
function firstFound(
  rows: readonly Row[],
  placed: readonly Placed[],
  wanted: readonly TableName[],
): Row[] {
  const answers = rows.map((row) => ({ ...row, wanted: placed[count(row, 'wanted')]?.at ?? null }));
  return wanted.flatMap(({ schema }, at) => {
    const own = answers.filter((row) => row.wanted === at);
    return schema === null ? (own.find((row) => tableOf(row) !== null) ?? own[0] ?? []) : own;
  });
}

const apiOf = (send: SendInTransaction): Pick<DataApi, 'send'> => ({
  send: async ({ sql, parameters }) => {
    const rows = await send({ sql, parameters });
    return { kind: 'rows', rows, rowsChanged: 0, durationMs: 0 };
  },
});

/** See `UserEngine`. */
export function inspectPostgresqlTables(
  by: Connection,
  wanted: readonly TableName[],
): Promise<readonly Row[]> {
  return catalogOnlyWithPath(by, async (send, path) => {
    const placed = placedIn(path, wanted);
    const names = placed.map(({ name }) => name);
    return firstFound(await inspectTables(apiOf(send), postgresql, names, false), placed, wanted);
  });
}
