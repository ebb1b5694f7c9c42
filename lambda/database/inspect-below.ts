import { nameOf, type TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import type { Row } from '../data-api/rows';
import { forgottenBelow } from './forgotten-children';
import {
  childrenAsText,
  childrenOf,
  distinctRows,
  type InspectingDialect,
  inspectTables,
  tableOf,
  wantedBy,
} from './inspection';

/** Of so many forgotten children one statement tells what else is in their way. */
const MOST_INSPECTED = 100;

/** The tables to which the setting leads, by their names, each with its name in the setting. */
export type TablesOfSetting = ReadonlyMap<string, TableName>;

/** What is known once it was looked below the tables of an inspection. */
export interface Below {
  /** The rows of the inspection. */
  readonly rows: readonly Row[];
  readonly ofSetting: TablesOfSetting;
  /** The rows of `inspect` about the forgotten children. */
  readonly ofForgotten: readonly Row[];
}

/** The tables that the rows of an inspection have found. */
export function tablesFound(rows: readonly Row[], wanted: readonly TableName[]): TablesOfSetting {
  return new Map(
    distinctRows(rows, wanted).flatMap((row) => {
      const table = tableOf(row);
      return table === null ? [] : [[nameOf(table), wantedBy(row, wanted)]];
    }),
  );
}

/** Whether the names in the setting that are not wanted now may lead to one of these tables, or to one below them. */
function needsOthers(
  rows: readonly Row[],
  wanted: readonly TableName[],
  others: readonly TableName[],
): boolean {
  const found = tablesFound(rows, wanted);
  const isNamed = (row: Row) => {
    const { schema, table } = wantedBy(row, wanted);
    return schema === '*' && others.some((it) => it.schema !== '*' && it.table === table);
  };
  return rows.some(
    (row) =>
      tableOf(row) !== null &&
      (isNamed(row) || childrenOf(row).some((child) => !found.has(nameOf(child)))),
  );
}

/** The rows with the children that each of two inspections has told of. Each is cut, and begins with those it has not found. */
function withChildrenOf(rows: readonly Row[], others: readonly Row[]): Row[] {
  const keyOf = (row: Row) => JSON.stringify(tableOf(row));
  const byTable = new Map(others.map((row) => [keyOf(row), row]));
  return rows.map((row) => {
    const other = byTable.get(keyOf(row));
    if (tableOf(row) === null || other === undefined) return row;
    const both = [...childrenOf(row), ...childrenOf(other)];
    const children = new Map(both.map((it) => [nameOf(it), it]));
    return { ...row, children: childrenAsText(children.values()) };
  });
}

/**
 * Looks below the tables of an inspection, so that all that is in the way of those that nobody named is told at once. Sends a
 * statement only where there are any, and another one before that where `configured` has more names than `wanted`: a table is
 * not forgotten because this run leaves it out.
 */
export async function inspectBelow(
  api: Pick<DataApi, 'send'>,
  dialect: InspectingDialect,
  inspected: readonly Row[],
  {
    wanted,
    configured,
  }: { readonly wanted: readonly TableName[]; readonly configured: readonly TableName[] },
): Promise<Below> {
  const others = configured.filter(({ text }) => wanted.every((it) => it.text !== text));
  const ofConfigured =
    others.length > 0 && needsOthers(inspected, wanted, others)
      ? await inspectTables(api, dialect, configured, false)
      : [];
  const rows = withChildrenOf(inspected, ofConfigured);
  const ofSetting = new Map([
    ...tablesFound(inspected, wanted),
    ...tablesFound(ofConfigured, configured),
  ]);
  const forgotten = forgottenBelow(distinctRows(rows, wanted), ofSetting);
  const names = forgotten.map(({ child }) => ({ ...child, text: nameOf(child) }));
  const ofForgotten =
    names.length === 0
      ? []
      : await inspectTables(api, dialect, names.slice(0, MOST_INSPECTED), false);
  return { rows, ofSetting, ofForgotten };
}
