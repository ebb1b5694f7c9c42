import { nameOf, type TableName } from '../../contract/table-name';
import { count, flag, type Row, text } from '../data-api/rows';
import { TableError } from '../errors';
import type { UnfitTable } from '../purge/port';
import type { Dialect, Obstacle, TableId } from './dialect';
import { type ExpiryRange, readRange } from './expiry-range';
import { forgottenBelow, forgottenChild, foundIn } from './forgotten-children';
import { childrenOf, distinctRows, tableOf, wantedBy } from './inspection';
import { notFound, obstaclesIn, warningsIn } from './obstacles';
import { distrustIn, mostFrequentOwner } from './pattern-trust';

/** A table that may be purged. */
export interface ProvedTable {
  readonly table: TableId;
  readonly hasStorageOrder: boolean;
  /** An index can be walked along `expire_date`. Without one, nobody asks for the range. */
  readonly isIndexed: boolean;
  /** `null`: the inspection did not ask for it. */
  readonly range: ExpiryRange | null;
}

/** What an inspection comes to. */
export interface ProvedTables {
  readonly tables: readonly ProvedTable[];
  readonly unfit: readonly UnfitTable[];
  readonly warnings: readonly string[];
}

/** What an inspection says of one table. */
export interface JudgedTable {
  /** `null`: nobody named it, and it is told of only as the child of another. */
  readonly row: Row | null;
  /** `null`: it was not found. */
  readonly table: TableId | null;
  /** For people: with its schema, or as it was wanted if it was not found. */
  readonly name: string;
  /** What keeps it from being purged. */
  readonly obstacles: readonly Obstacle[];
  /** What does not, and ought to be mended. */
  readonly warnings: readonly Obstacle[];
}

const isRowOf = (row: Row, name: string) => {
  const table = tableOf(row);
  return table !== null && nameOf(table) === name;
};

/** Judges a forgotten child also by what will be in its way once it is named. */
function judgeForgotten(
  child: TableId,
  parent: TableId,
  { rows, ofForgotten }: { readonly rows: readonly Row[]; readonly ofForgotten: readonly Row[] },
  dialect: Dialect,
): JudgedTable {
  const name = nameOf(child);
  const row = ofForgotten.find((it) => isRowOf(it, name));
  const above = [...rows, ...ofForgotten];
  const forgotten = forgottenChild(child, parent, row ?? null, above, dialect);
  const isTable = row !== undefined && text(row, 'kind') === 'table';
  return {
    row: null,
    table: child,
    name,
    obstacles: [forgotten, ...(isTable ? obstaclesIn(row, child, name, dialect) : [])],
    warnings: isTable && row.expireDateType !== null ? warningsIn(row, child, name, dialect) : [],
  };
}

/**
 * Judges each table by itself, by the rows of `inspect`: each must have the session key as its primary key, an
 * `expire_date` of Django's type, and nothing that hides its rows or takes their DELETE for something else.
 *
 * A table that inherits from one of them and was not found is in the way of success, too. A partitioned table has no rows
 * of its own, so it is left out where each of its partitions was found. `ofForgotten`: the rows of `inspectForgotten`.
 */
export function judgeTables(
  rows: readonly Row[],
  wanted: readonly TableName[],
  dialect: Dialect,
  ofForgotten: readonly Row[] = [],
): readonly JudgedTable[] {
  const distinct = distinctRows(rows, wanted);
  const found = foundIn(rows);
  const owners = wanted.map((_, at) =>
    mostFrequentOwner(rows.filter((row) => row.wanted === at && row.kind === 'table')),
  );
  return distinct.flatMap((row) => {
    const wish = wantedBy(row, wanted);
    const table = tableOf(row);
    if (table === null) {
      const obstacles = [notFound(row, wish, dialect, found)];
      return { row, table, name: wish.text, obstacles, warnings: [] };
    }
    const name = nameOf(table);
    const children = childrenOf(row);
    const isTable = text(row, 'kind') === 'table';
    if (!isTable && children.length > 0 && children.every((it) => found.has(nameOf(it)))) return [];
    const told = wish.schema === '*' ? name : wish.text;
    const owner = owners[count(row, 'wanted')] ?? null;
    const distrust = wish.schema === '*' && isTable ? distrustIn(row, told, owner) : [];
    const isMoot = ({ of }: Obstacle) =>
      distrust.length > 0 && (of === 'rights' || of === 'row security');
    const inTheWay = obstaclesIn(row, table, told, dialect).filter((it) => !isMoot(it));
    const obstacles = [...inTheWay, ...distrust];
    const warnings = obstacles.length > 0 ? [] : warningsIn(row, table, told, dialect);
    const judged = { row, table, name, obstacles, warnings };
    const forgotten = forgottenBelow(row, found).map((child) =>
      judgeForgotten(child, table, { rows, ofForgotten }, dialect),
    );
    return [judged, ...forgotten];
  });
}

/** Each problem and its remedy. Problems that one remedy mends stand before it. */
function unfitTable({ name, obstacles }: JudgedTable): UnfitTable {
  const words = obstacles.flatMap(({ problem, remedy }, at) =>
    obstacles[at + 1]?.remedy === remedy ? [problem] : [problem, remedy],
  );
  return { name, error: new TableError(words.join('; ')) };
}

/** Reads the answers to a dialect's `inspect`: which tables may be purged, and what is in the way of the others. */
export function proveTables(
  rows: readonly Row[],
  wanted: readonly TableName[],
  dialect: Dialect,
  ofForgotten: readonly Row[] = [],
): ProvedTables {
  const judged = judgeTables(rows, wanted, dialect, ofForgotten);
  return {
    tables: judged.flatMap(({ row, table, obstacles }) => {
      if (row === null || table === null || obstacles.length > 0) return [];
      const hasRange = row.hasRange !== undefined && flag(row, 'hasRange');
      return {
        table,
        hasStorageOrder: flag(row, 'hasStorageOrder'),
        isIndexed: flag(row, 'hasExpireDateIndex'),
        range: hasRange ? readRange(row) : null,
      };
    }),
    unfit: judged.filter(({ obstacles }) => obstacles.length > 0).map(unfitTable),
    warnings: judged.flatMap(({ warnings }) =>
      warnings.map(({ problem, remedy }) => `${problem}; ${remedy}`),
    ),
  };
}
