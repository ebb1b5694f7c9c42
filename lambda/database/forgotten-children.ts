import { nameOf } from '../../contract/table-name';
import { type Row, text } from '../data-api/rows';
import type { Dialect, TableId } from './dialect';
import { childrenOf, tableOf } from './inspection';
import { obstaclesIn, warningsIn } from './obstacles';
import { distrustIn, nameIfTrusted, ofStrangers, type Trust } from './pattern-trust';
import { byNaming } from './setting-names';
import type { Obstacle } from './trouble';
import { byOwner } from './who-runs-it';

/** A table above another, with its row of `inspect`. */
export interface Parent {
  readonly row: Row;
  readonly table: TableId;
}

/** A table below wanted ones to which no name in the setting leads. */
export interface ForgottenChild {
  readonly child: TableId;
  /** Those above it, the nearest first: the one with the fewest below. */
  readonly above: readonly [Parent, ...Parent[]];
}

/** The forgotten children of tables, by their rows, each once. `inSetting`: the tables to which the setting leads. */
export function forgottenBelow(
  rows: readonly Row[],
  inSetting: Pick<ReadonlySet<string>, 'has'>,
): readonly ForgottenChild[] {
  const parents = rows.flatMap((row) => {
    const table = tableOf(row);
    // A partitioned table has no rows of its own.
    if (table === null || text(row, 'kind') !== 'table') return [];
    return { row, table, children: childrenOf(row) };
  });
  const nearestFirst = parents.toSorted(
    (one, other) => one.children.length - other.children.length,
  );
  const byName = new Map<string, ForgottenChild>();
  for (const { row, table, children } of nearestFirst) {
    for (const child of children) {
      const name = nameOf(child);
      if (inSetting.has(name)) continue;
      const above = byName.get(name)?.above;
      const parent = { row, table };
      byName.set(name, { child, above: above === undefined ? [parent] : [...above, parent] });
    }
  }
  return [...byName.values()];
}

/** The table right above a child: of those above it the one with the fewest below. */
function parentOf(child: TableId, rows: readonly Row[]): TableId | null {
  const name = nameOf(child);
  const [parent] = rows
    .filter((row) => tableOf(row) !== null && childrenOf(row).map(nameOf).includes(name))
    .toSorted((one, other) => childrenOf(one).length - childrenOf(other).length);
  return parent === undefined ? null : tableOf(parent);
}

/** Its rows are in another database, where alone they can be deleted. */
function foreignRemedy(row: Row, takeOut: string): string {
  return `purge them there, and take the table out, so that Django no longer sees them: ${byOwner(row, takeOut)}`;
}

/** Whom somebody trusts who wants the tables above a forgotten child. */
export interface TrustAbove {
  readonly trust: Trust;
  /** Only a pattern found the table above. */
  readonly isOfPattern: boolean;
}

/** What is in the way of a forgotten child, and what ought to be mended. */
export interface JudgedChild {
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly Obstacle[];
}

/** What stays in the way of a child once it is named. Below a pattern a right to a table of others is not advised. */
function judgeNamed(row: Row, child: TableId, isStranger: boolean, dialect: Dialect): JudgedChild {
  const name = nameOf(child);
  const all = obstaclesIn(row, child, name, dialect);
  if (isStranger) return { obstacles: ofStrangers(all), warnings: [] };
  const warnings = row.expireDateType === null ? [] : warningsIn(row, child, name, dialect);
  return { obstacles: all, warnings };
}

/**
 * That a child was forgotten, and what else is in its way. `row`: its own row of `inspect`; `null`: it was not asked for, or the
 * child is gone. `rows`: those of the tables above it, as far as they are known.
 *
 * Whoever names a child runs its triggers with the purge's rights. So it is trusted no more than a table that a pattern finds.
 */
export function judgeForgotten(
  { child, above }: ForgottenChild,
  row: Row | null,
  rows: readonly Row[],
  { trust, isOfPattern }: TrustAbove,
  dialect: Dialect,
): JudgedChild {
  const name = nameOf(child);
  const parent = above[0].table;
  const told = (also: string, remedy: string): Obstacle => ({
    of: 'children',
    problem: `table "${name}" inherits from "${nameOf(parent)}", so that Django sees its sessions, and the tables setting does not name it${also}`,
    remedy,
  });
  if (row === null) {
    const remedy = nameIfTrusted(name, 'see whose it is and what triggers it has, and ');
    return { obstacles: [told('; its owner is not known', remedy)], warnings: [] };
  }
  if (text(row, 'kind') === 'foreign table' && dialect.takeOut !== null) {
    const takeOut = dialect.takeOut(child, parentOf(child, rows) ?? parent);
    const remedy = foreignRemedy(row, takeOut);
    return { obstacles: [told('; its rows are in another database', remedy)], warnings: [] };
  }
  // A policy of whoever is trusted does no harm, and what it hides is told besides.
  const distrust = distrustIn(row, name, trust).filter(
    ({ of }) => isOfPattern || of !== 'row security',
  );
  const isTrusted = distrust.length === 0;
  const add = byNaming(name, `add ${name} to the tables setting`);
  const named = judgeNamed(row, child, isOfPattern && !isTrusted, dialect);
  const forgotten = told('', isTrusted ? add : nameIfTrusted(name));
  return { ...named, obstacles: [forgotten, ...distrust, ...named.obstacles] };
}
