import type { Finding } from '../../contract/report';
import { flag, type Row, text } from '../data-api/rows';
import type { CheckupEngine } from '../database/checkup-engine';
import type { TableId } from '../database/dialect';
import { byOwner, byOwnerAndAdministrator } from '../database/who-runs-it';
import type { DatabaseError } from '../errors';
import { ofTable, ok, refused, unknown, warning } from './findings';
import type { Refusable } from './table-answers';

/** A table that is examined. */
export interface Examined {
  readonly engine: CheckupEngine;
  readonly table: TableId;
  /** With its schema; for people. */
  readonly name: string;
  /** The database user that the purge logs in as. */
  readonly user: string;
}

function listOf(row: Row, column: string): string[] {
  return text(row, column).split(', ').filter(Boolean);
}

/** Its name, unlike that of a table in a database, has no right in it. */
const ANY_TABLE: TableId = { schema: 's', table: 't' };

/** The columns for which the purge's own GRANT gives a right. */
function neededColumns({ dialect }: CheckupEngine, right: 'SELECT' | 'UPDATE'): string[] {
  const grant = dialect.grant(ANY_TABLE, 'user');
  const [, columns = ''] = new RegExp(`${right} \\(([^)]*)\\)`).exec(grant) ?? [];
  return columns.split(', ');
}

function excessRights({ engine }: Examined, facts: Row): string[] {
  const beyond = (right: 'SELECT' | 'UPDATE', column: string) => {
    const needed = neededColumns(engine, right);
    const excess = listOf(facts, column).filter((name) => !needed.includes(name));
    return excess.length === 0 ? [] : [`${right} (${excess.join(', ')})`];
  };
  return [
    ...beyond('SELECT', 'readable'),
    ...beyond('UPDATE', 'writable'),
    ...listOf(facts, 'otherRights'),
  ];
}

/** Whether the user may delete, where no right is known to be missing. */
export function rightsFinding({ name, user }: Examined, { refusal }: Refusable): Finding {
  return refusal === null
    ? ok(ofTable('rights', name), `user "${user}" has what the purge needs`)
    : deniedFinding(name, refusal);
}

/** The answer to the question whether the user may delete, where it is not that it may. */
export function deniedFinding(name: string, denial: DatabaseError): Finding {
  const requirement = ofTable('rights', name);
  return denial.failure?.at === 'table'
    ? refused(requirement, denial)
    : unknown(requirement, denial.message);
}

const USER_OF_ITS_OWN =
  'make the purge a user of its own, as docs/database-user.md does, and store it in the secret';

/** Somebody else may use it, whose rights are not to be taken. */
function withoutPowers({ engine, table, user }: Examined, facts: Row, row: Row): string {
  const take = text(facts, 'takePowers');
  if (take === '') return USER_OF_ITS_OWN;
  const sql = byOwnerAndAdministrator(row, engine.dialect.grant(table, user), take);
  return `${USER_OF_ITS_OWN}; if nothing but the purge uses it, ${sql}`;
}

/**
 * Whether the user has more rights than that: whoever gets at the secret of such a user can read sessions. `row`: the table's
 * row of `inspect`.
 */
export function leastPrivilegeFinding(examined: Examined, facts: Row, row: Row): Finding {
  const { engine, table, name, user } = examined;
  const requirement = ofTable('least privilege', name);
  const powers = text(facts, 'powers');
  if (powers !== '') {
    const reads = listOf(facts, 'readable').includes('session_data');
    const detail = `user "${user}" ${powers}${reads ? ', and can read every session' : ''}`;
    return warning(requirement, detail, withoutPowers(examined, facts, row));
  }
  const excess = excessRights(examined, facts).join(', ');
  if (excess !== '') {
    return warning(
      requirement,
      `user "${user}" also has ${excess}, by itself or through a group`,
      byOwner(row, engine.onlyNeeded(table, user)),
    );
  }
  return facts.hasRole !== undefined && flag(facts, 'hasRole')
    ? unknown(requirement, `user "${user}" is not shown what its role gives it`)
    : ok(requirement, `user "${user}" can read neither session keys nor session data`);
}
