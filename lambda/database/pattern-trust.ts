import { flag, optionalText, type Row, text } from '../data-api/rows';
import type { Obstacle } from './dialect';
import { byNaming } from './setting-names';

/**
 * A pattern takes in tables that nobody has named, so that any owner of a schema can add one. On PostgreSQL, what is
 * attached to a table runs with the rights of whoever deletes from it or plans a statement on it: triggers, policies, rules,
 * even the predicate of an index. With the purge's rights it could delete from the tables of others. So a pattern purges
 * the tables of one owner, and none to which such a thing is attached for all to see. On MySQL a trigger has the rights of
 * its definer, and tables have no owners.
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

const NAME_IT = 'name it by itself in the tables setting if you trust its owner';

/** What keeps a table from being purged that only a pattern found. `trusted`: the owner of most of the pattern's tables. */
export function distrustIn(row: Row, name: string, trusted: string | null): Obstacle[] {
  const owner = optionalText(row, 'owner');
  const triggers = text(row, 'triggers');
  const most = trusted === null ? 'nobody owns most' : `"${trusted}" owns most`;
  const found: readonly [boolean, Obstacle['of'], string][] = [
    [
      owner !== trusted,
      'owner',
      `table "${name}" belongs to "${owner}", and ${most} of the tables that the pattern finds`,
    ],
    [triggers !== '', 'triggers', `table "${name}" has triggers on DELETE (${triggers})`],
    [flag(row, 'hasRowSecurity'), 'row security', `table "${name}" has row-level security`],
  ];
  return found.flatMap(([isThere, of, problem]) =>
    isThere
      ? {
          of,
          problem: `${problem}: its owner could use the purge's rights`,
          remedy: byNaming(name, NAME_IT),
        }
      : [],
  );
}
