import { nameOf, type TableName } from '../../contract/table-name';
import { count, flag, type Row, text } from '../data-api/rows';
import { TableError } from '../errors';
import type { UnfitTable } from '../purge/port';
import type { Dialect, TableId } from './dialect';
import { type ExpiryRange, readRange } from './expiry-range';
import {
  type ForgottenChild,
  forgottenBelow,
  judgeForgotten,
  type TrustAbove,
} from './forgotten-children';
import { type Below, type TablesOfSetting, tablesFound } from './inspect-below';
import { distinctRows, purgeableChildrenOf, tableOf, wantedBy } from './inspection';
import { isOfSessions, notFound, obstaclesIn, warningsIn } from './obstacles';
import { distrustIn, ofStrangers, type Trust, trustOfNamed, trustOfPattern } from './pattern-trust';
import type { Obstacle } from './trouble';

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
  /** No name in the setting leads to it but a pattern. */
  readonly isOfPattern: boolean;
  /** What keeps it from being purged. */
  readonly obstacles: readonly Obstacle[];
  /** What does not, and ought to be mended. */
  readonly warnings: readonly Obstacle[];
}

/** What the judgement of a table needs besides its row. */
interface Judging extends Below {
  readonly wanted: readonly TableName[];
  readonly dialect: Dialect;
  /** The tables that the rows have found. */
  readonly asked: ReadonlySet<string>;
  /** Whom each of `wanted` trusts if it is a pattern. */
  readonly trusts: readonly Trust[];
}

function isOfPattern(row: Row, table: TableId, { ofSetting, wanted }: Judging): boolean {
  return (ofSetting.get(nameOf(table)) ?? wantedBy(row, wanted)).schema === '*';
}

function trustedBy(row: Row, table: TableId, judging: Judging): TrustAbove {
  const ofPattern = judging.trusts[count(row, 'wanted')];
  return isOfPattern(row, table, judging) && ofPattern !== undefined
    ? { trust: ofPattern, isOfPattern: true }
    : { trust: trustOfNamed(row, nameOf(table)), isOfPattern: false };
}

/** Whoever owns tables that the setting names by themselves is trusted with those alone. */
function countsForTrust(row: Row, ofSetting: TablesOfSetting): boolean {
  const table = tableOf(row);
  return (
    table !== null && text(row, 'kind') === 'table' && ofSetting.get(nameOf(table))?.schema === '*'
  );
}

/** What is in the way of a partitioned table, until each of its partitions is wanted. */
function partitionedObstacles(
  row: Row,
  table: TableId,
  told: string,
  judging: Judging,
): Obstacle[] {
  const { asked, ofSetting, dialect } = judging;
  const unasked = purgeableChildrenOf(row).filter((it) => !asked.has(nameOf(it)));
  const names = unasked.flatMap((it) => ofSetting.get(nameOf(it))?.text ?? []);
  const remedyFor = (remedy: string) => {
    if (unasked.length > 0 && names.length === unasked.length)
      return `name its partitions in the event: ${[...new Set(names)].join(', ')}`;
    const isStranger = unasked.length > 0 && isOfPattern(row, table, judging);
    return isStranger ? `if you trust the owner of each: ${remedy}` : remedy;
  };
  return obstaclesIn(row, table, told, dialect).map((it) => ({
    ...it,
    remedy: remedyFor(it.remedy),
  }));
}

/** A pattern cannot leave out one of the tables that it finds. */
function foreignOfPattern(row: Row, told: string, { wanted }: Judging): Obstacle {
  const remedy = `its rows are in another database: purge them there, and list the tables in the place of ${wantedBy(row, wanted).text} in the tables setting`;
  return { of: 'table', problem: `table "${told}" is a foreign table, not a table`, remedy };
}

function obstaclesOf(row: Row, table: TableId, told: string, judging: Judging): Obstacle[] {
  const kind = text(row, 'kind');
  if (kind === 'partitioned table') return partitionedObstacles(row, table, told, judging);
  const ofPattern = isOfPattern(row, table, judging);
  if (kind === 'foreign table' && ofPattern) return [foreignOfPattern(row, told, judging)];
  const isUnnamed = ofPattern && kind === 'table';
  const { trust } = trustedBy(row, table, judging);
  const distrust = isUnnamed ? distrustIn(row, told, trust) : [];
  const all = obstaclesIn(row, table, told, judging.dialect);
  return [...(distrust.length > 0 ? ofStrangers(all) : all), ...distrust];
}

/** Where the index is in the way of a run, it is told as that alone. */
function warningsBeside(
  obstacles: readonly Obstacle[],
  ...[row, table, told, dialect]: Parameters<typeof warningsIn>
): Obstacle[] {
  const hasIndexObstacle = obstacles.some(({ of }) => of === 'index');
  return warningsIn(row, table, told, dialect).filter(
    ({ of }) => of !== 'index' || !hasIndexObstacle,
  );
}

function judgeRow(row: Row, judging: Judging): JudgedTable[] {
  const { wanted, dialect, asked, ofSetting } = judging;
  const wish = wantedBy(row, wanted);
  const table = tableOf(row);
  if (table === null) {
    const obstacles = [notFound(row, wish, dialect, new Set(ofSetting.keys()))];
    return [{ row, table, name: wish.text, isOfPattern: false, obstacles, warnings: [] }];
  }
  const name = nameOf(table);
  const children = purgeableChildrenOf(row);
  const isTable = text(row, 'kind') === 'table';
  if (!isTable && children.length > 0 && children.every((it) => asked.has(nameOf(it)))) return [];
  const told = wish.schema === '*' ? name : wish.text;
  const obstacles = obstaclesOf(row, table, told, judging);
  const warnings = isOfSessions(row) ? warningsBeside(obstacles, row, table, told, dialect) : [];
  const ofPattern = isOfPattern(row, table, judging);
  return [{ row, table, name, isOfPattern: ofPattern, obstacles, warnings }];
}

const isRowOf = (row: Row, name: string) => {
  const table = tableOf(row);
  return table !== null && nameOf(table) === name;
};

/** Of those who want a table above a child, a pattern trusts least. */
function judgeChild(forgotten: ForgottenChild, judging: Judging): JudgedTable {
  const { rows, ofForgotten, dialect } = judging;
  const { child, above } = forgotten;
  const name = nameOf(child);
  const row = ofForgotten.find((it) => isRowOf(it, name));
  const [nearest] = above;
  const { row: parent, table } =
    above.find((it) => isOfPattern(it.row, it.table, judging)) ?? nearest;
  const trusted = trustedBy(parent, table, judging);
  const judged = judgeForgotten(
    forgotten,
    row ?? null,
    [...rows, ...ofForgotten],
    trusted,
    dialect,
  );
  return { row: null, table: child, name, isOfPattern: false, ...judged };
}

/**
 * Judges each table by itself, by the rows of `inspect`: each must have the session key as its primary key, an
 * `expire_date` of Django's type, and nothing that hides its rows or takes their DELETE for something else.
 *
 * A table that inherits from one of them and to which the setting does not lead is in the way of success, too, and is told
 * once, after the nearest table above it. A partitioned table has no rows of its own, so it is left out where each of its
 * partitions was found. Without `below` the setting has no other names, and nothing is known of forgotten children.
 */
export function judgeTables(
  rows: readonly Row[],
  wanted: readonly TableName[],
  dialect: Dialect,
  { ofSetting = tablesFound(rows, wanted), ofForgotten = [] }: Partial<Below> = {},
): readonly JudgedTable[] {
  const distinct = distinctRows(rows, wanted);
  const trusts = wanted.map((_, at) =>
    trustOfPattern(rows.filter((row) => row.wanted === at && countsForTrust(row, ofSetting))),
  );
  const asked = new Set(tablesFound(rows, wanted).keys());
  const judging = { rows, ofSetting, ofForgotten, wanted, dialect, asked, trusts };
  const forgotten = forgottenBelow(distinct, ofSetting);
  return distinct.flatMap((row) => [
    ...judgeRow(row, judging),
    ...forgotten.filter(({ above }) => above[0].row === row).map((it) => judgeChild(it, judging)),
  ]);
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
  below: Partial<Below> = {},
): ProvedTables {
  const judged = judgeTables(rows, wanted, dialect, below);
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
    warnings: judged
      .filter(({ row, obstacles }) => row === null || obstacles.length === 0)
      .flatMap(({ warnings }) => warnings.map(({ problem, remedy }) => `${problem}; ${remedy}`)),
  };
}
