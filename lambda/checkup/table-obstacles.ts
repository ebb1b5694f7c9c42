import type { Finding, OwnTableRequirement, TableRequirement } from '../../contract/report';
import { optionalText, type Row } from '../data-api/rows';
import { childrenOf } from '../database/inspection';
import type { JudgedTable } from '../database/table-proof';
import type { Obstacle } from '../database/trouble';
import { failing, ofTable, warning } from './findings';

const REQUIREMENT_OF: Readonly<Record<Obstacle['of'], TableRequirement>> = {
  table: 'table',
  columns: 'columns',
  rights: 'rights',
  locks: 'locks',
  index: 'index on expire_date',
  'row security': 'row security',
  rules: 'rules',
  triggers: 'triggers',
  owner: 'owner',
  children: 'children',
};

/** What a run says of a table, in its own words: its obstacles are failing, its warnings are warnings, which come after. */
export function runFindings({
  name,
  obstacles,
  warnings,
}: JudgedTable): ReadonlyMap<TableRequirement, readonly Finding[]> {
  const told = new Map<TableRequirement, Finding[]>();
  const tell = (found: readonly Obstacle[], state: typeof failing) => {
    for (const { of, problem, remedy } of found) {
      const requirement = REQUIREMENT_OF[of];
      const finding = state(ofTable(requirement, name), problem, remedy);
      told.set(requirement, [...(told.get(requirement) ?? []), finding]);
    }
  };
  tell(obstacles, failing);
  tell(warnings, warning);
  return told;
}

/** A requirement of PostgreSQL's tables that the inspection alone decides. */
type Inspected = Exclude<OwnTableRequirement, 'publications' | 'dead rows'>;

/** What is ok where nothing is in the way. `isOfPattern`: only a pattern found the table. */
export const WHERE_NOTHING_IS: Readonly<
  Record<Inspected, (row: Row, isOfPattern: boolean) => string>
> = {
  'row security': () => 'hides no row from the user',
  rules: () => 'none on DELETE',
  children: (row) =>
    childrenOf(row).length === 0
      ? 'no table inherits from it'
      : 'each table that inherits from it is judged by itself',
  owner: (row, isOfPattern) => {
    const owner = `it belongs to "${optionalText(row, 'owner')}"`;
    return isOfPattern
      ? `${owner}, who owns most of the tables that only the pattern finds: the pattern trusts no one else`
      : owner;
  },
};
