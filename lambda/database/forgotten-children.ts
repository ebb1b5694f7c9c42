import { nameOf, type TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import { type Row, text } from '../data-api/rows';
import type { Dialect, Obstacle, TableId } from './dialect';
import { childrenOf, distinctRows, inspectTables, tableOf } from './inspection';
import { byNaming } from './setting-names';
import { byOwner } from './who-runs-it';

/** Of so many forgotten children one statement tells what else is in their way. */
const MOST_INSPECTED = 100;

/** The tables by their names: those that the rows of `inspect` have found. */
export function foundIn(rows: readonly Row[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => tableOf(row) ?? []).map(nameOf));
}

/** The children of a table that was found, by its row, which were not. A partitioned table has no rows of its own. */
export function forgottenBelow(row: Row, found: ReadonlySet<string>): readonly TableId[] {
  if (tableOf(row) === null || text(row, 'kind') !== 'table') return [];
  return childrenOf(row).filter((child) => !found.has(nameOf(child)));
}

/**
 * The rows of `inspect` about the tables that inherit from a wanted one and that nobody named, so that all that is in their
 * way is told at once. Sends a statement only where there are any.
 */
export async function inspectForgotten(
  api: Pick<DataApi, 'send'>,
  dialect: Pick<Dialect, 'inspect'>,
  rows: readonly Row[],
  wanted: readonly TableName[],
): Promise<readonly Row[]> {
  const found = foundIn(rows);
  const children = distinctRows(rows, wanted).flatMap((row) => forgottenBelow(row, found));
  const byName = new Map(children.map((child) => [nameOf(child), child]));
  const names = [...byName].map(([name, child]) => ({ ...child, text: name }));
  if (names.length === 0) return [];
  return inspectTables(api, dialect, names.slice(0, MOST_INSPECTED), false);
}

/** The table right above a child: of those above it the one with the fewest below. */
function parentOf(child: TableId, rows: readonly Row[]): TableId | null {
  const name = nameOf(child);
  const [parent] = rows
    .filter((row) => tableOf(row) !== null && childrenOf(row).map(nameOf).includes(name))
    .toSorted((one, other) => childrenOf(one).length - childrenOf(other).length);
  return parent === undefined ? null : tableOf(parent);
}

/**
 * That a child was forgotten. `row`: its own row of `inspect`, if it was asked for; `rows`: those of the tables above it, as
 * far as they are known. The rows of a foreign table are in another database, where alone they can be deleted.
 */
export function forgottenChild(
  child: TableId,
  parent: TableId,
  row: Row | null,
  rows: readonly Row[],
  { takeOut }: Pick<Dialect, 'takeOut'>,
): Obstacle {
  const name = nameOf(child);
  const problem = `table "${name}" inherits from "${nameOf(parent)}", so that Django sees its sessions, and the tables setting does not name it`;
  if (row === null || text(row, 'kind') !== 'foreign table' || takeOut === null)
    return {
      of: 'children',
      problem,
      remedy: byNaming(name, `add ${name} to the tables setting`),
    };
  const above = parentOf(child, rows) ?? parent;
  return {
    of: 'children',
    problem: `${problem}; its rows are in another database`,
    remedy: `purge them there, and take the table out, so that Django no longer sees them: ${byOwner(row, takeOut(child, above))}`,
  };
}
