import { flag, type Row, text } from '../../data-api/rows';
import type { Obstacle, TableId } from '../dialect';
import { rulesOf } from '../inspection';
import { qualified, quoted } from './sql';

/** A policy that shows every row is enough, but not beside a restrictive one, nor with `row_security = off`. */
function showAll(row: Row, table: TableId): string {
  const user = quoted(text(row, 'user'));
  const bypass = `ALTER ROLE ${user} BYPASSRLS`;
  const hiddenBy = text(row, 'hiddenBy');
  return hiddenBy === ''
    ? `CREATE POLICY session_purge ON ${qualified(table)} TO ${user} USING (true) -- as the owner; or as a superuser: ${bypass}`
    : `${bypass}; no policy that shows every row helps beside ${hiddenBy}`;
}

function rowSecurity(row: Row, table: TableId, name: string): Obstacle {
  const user = text(row, 'user');
  return {
    of: 'row security',
    problem: `row-level security may hide rows of table "${name}" from user "${user}"`,
    remedy: showAll(row, table),
  };
}

/** The dialect's `obstacles`. */
export function obstacles(row: Row, table: TableId, name: string): Obstacle[] {
  const rules = rulesOf(row);
  const drop = rules.map((rule) => `DROP RULE ${quoted(rule)} ON ${qualified(table)}`);
  const inTheWay: Obstacle = {
    of: 'rules',
    problem: `table "${name}" has rules that do something else instead of a DELETE or beside it (${rules.join(', ')})`,
    remedy: drop.join('; '),
  };
  return [
    ...(flag(row, 'hidesRows') ? [rowSecurity(row, table, name)] : []),
    ...(rules.length === 0 ? [] : [inTheWay]),
  ];
}
