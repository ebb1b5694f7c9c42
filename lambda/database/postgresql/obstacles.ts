import { flag, type Row, text } from '../../data-api/rows';
import type { TableId } from '../dialect';
import { restrictivePoliciesOf, rulesOf } from '../inspection';
import type { Obstacle } from '../trouble';
import { byOwner } from '../who-runs-it';
import { qualified, quoted } from './sql';

/** The statements that leave the purge's user out of policies for everybody. Only the owner knows for whom they are meant. */
function leaveOut(policies: readonly string[], table: TableId): string[] {
  return policies.map(
    (name) => `ALTER POLICY ${quoted(name)} ON ${qualified(table)} TO THE_APPLICATION`,
  );
}

const quotedNames = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

/** A policy that shows every row is enough, but not beside a restrictive one, nor with `row_security = off`. */
function showAll(row: Row, table: TableId): string {
  const user = quoted(text(row, 'user'));
  const bypass = `as a superuser: ALTER ROLE ${user} BYPASSRLS`;
  const policy = `CREATE POLICY ${user} ON ${qualified(table)} TO ${user} USING (true)`;
  const noPolicy = 'a policy that shows every row is not enough';
  // What comes behind the first remedy is a comment, so that the line can be pasted.
  if (flag(row, 'isRowSecurityOff'))
    return `as an administrator: ALTER ROLE ${user} SET row_security = on -- or ${bypass}; ${noPolicy}, since row_security is off for the user`;
  const restrictive = restrictivePoliciesOf(row);
  if (restrictive.length === 0) return `${byOwner(row, policy)} -- or ${bypass}`;
  const [policies, hide] = restrictive.length === 1 ? ['policy', 'hides'] : ['policies', 'hide'];
  const owned = byOwner(row, [...leaveOut(restrictive, table), policy].join('; '));
  return `${owned} -- with the roles of your application for THE_APPLICATION; or ${bypass}; ${noPolicy}, since the restrictive ${policies} ${quotedNames(restrictive)} still ${hide} some`;
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
    remedy: byOwner(row, drop.join('; ')),
  };
  return [
    ...(flag(row, 'hidesRows') ? [rowSecurity(row, table, name)] : []),
    ...(rules.length === 0 ? [] : [inTheWay]),
  ];
}
