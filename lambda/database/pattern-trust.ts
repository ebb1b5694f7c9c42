import { flag, optionalText, type Row, text } from '../data-api/rows';
import { byNaming } from './setting-names';
import type { Obstacle } from './trouble';

/**
 * A pattern takes in tables that nobody has named, so that any owner of a schema can add one. On PostgreSQL, what is
 * attached to a table runs with the rights of whoever deletes from it or plans a statement on it: triggers, policies, rules,
 * even the predicate of an index. With the purge's rights it could delete from the tables of others. So a pattern purges
 * the tables of one owner, and none to which such a thing is attached for all to see. The owner of a schema can drop a table of
 * somebody else and make one of his own in its place, while the run goes on: he is trusted no more. On MySQL a trigger has the
 * rights of its definer, and neither tables nor schemas have owners.
 */

/** The owner of more tables of a pattern than anybody else; `null`: two have as many, or the tables have no owners. */
export function mostFrequentOwner(rows: readonly Row[]): string | null {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const owner = optionalText(row, 'owner');
    if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const [first, second] = [...counts].toSorted(([, one], [, other]) => other - one);
  return first === undefined || first[1] === second?.[1] ? null : first[0];
}

/** Who is trusted: the owner of certain tables. */
export interface Trust {
  /** `null`: nobody. */
  readonly owner: string | null;
  /** The tables, for people. */
  readonly of: string;
}

/** Whom a pattern trusts. `rows`: those on the tables that it found. */
export const trustOfPattern = (rows: readonly Row[]): Trust => ({
  owner: mostFrequentOwner(rows),
  of: 'most of the tables that only the pattern finds',
});

/** Whom somebody trusts who has named a table, by its row of `inspect`. `name`: for people. */
export const trustOfNamed = (row: Row, name: string): Trust => ({
  owner: optionalText(row, 'owner'),
  of: `"${name}"`,
});

/** The remedy where a table is purged only if somebody trusts its owner, or `whom`. `before`: what to do first. */
export const nameIfTrusted = (name: string, before = '', whom = 'its owner'): string =>
  byNaming(name, `${before}name it by itself in the tables setting if you trust ${whom}`);

/** Whether somebody else owns the schema of a table, who could put another one in its place. */
function isSchemaOfOthers(row: Row, trusted: Trust): boolean {
  const owner = optionalText(row, 'schemaOwner');
  // An owner of both is told once, as that of the table.
  return owner !== null && owner !== trusted.owner && owner !== optionalText(row, 'owner');
}

/** What keeps a table from being purged that nobody has named. */
export function distrustIn(row: Row, name: string, trusted: Trust): Obstacle[] {
  const owner = optionalText(row, 'owner');
  const triggers = text(row, 'triggers');
  const whose = trusted.owner === null ? 'nobody' : `"${trusted.owner}"`;
  const told = (of: Obstacle['of'], problem: string, who = 'its owner', whom = who): Obstacle => ({
    of,
    problem: `${problem}: ${who} could use the purge's rights`,
    remedy: nameIfTrusted(name, '', whom),
  });
  const belongs = (what: string, to: string | null) =>
    `${what} "${name}" belongs to "${to}", and ${whose} owns ${trusted.of}`;
  const ofSchema = belongs('the schema of table', optionalText(row, 'schemaOwner'));
  return [
    ...(owner === trusted.owner ? [] : [told('owner', belongs('table', owner))]),
    ...(triggers === ''
      ? []
      : [told('triggers', `table "${name}" has triggers on DELETE (${triggers})`)]),
    ...(flag(row, 'hasRowSecurity')
      ? [told('row security', `table "${name}" has row-level security`)]
      : []),
    ...(isSchemaOfOthers(row, trusted)
      ? [told('owner', ofSchema, 'the owner of the schema', 'the owner of its schema')]
      : []),
  ];
}

/** The obstacles of a table that is not trusted, without those whose remedy is a right to a table of others. */
export const ofStrangers = (obstacles: readonly Obstacle[]): Obstacle[] =>
  obstacles.filter(({ of }) => of !== 'rights' && of !== 'row security');
