import type { Dialect, TableId } from './dialects/dialect';
import { TableError } from './errors';
import { flag, optionalText, type Row, text } from './rows';
import type { TableName } from './table-name';

/** The tables of a database that were found to be tables of sessions. */
export interface ProvedTables {
  readonly tables: readonly TableId[];
  readonly warnings: readonly string[];
}

const CHECK_SETTINGS = 'check the database name and the tables setting';

interface Finding {
  readonly table: TableId | null;
  readonly problem: string | null;
  readonly remedy: string;
  readonly warning: string | null;
}

/** What is wrong with a table, the first thing first; the rights come last, since they can be granted. */
function structureProblem(row: Row): string | null {
  const kind = text(row, 'kind');
  if (kind !== 'table') return `is a ${kind}, not a table`;
  if (row.expireDateType === null) return 'has no column "expire_date"';
  if (!flag(row, 'hasSessionKey')) return 'has no column "session_key"';
  if (!flag(row, 'isKeyedBySession')) return 'does not have "session_key" as its primary key';
  if (!flag(row, 'isExpireDateTime')) {
    return `has a column "expire_date" of type ${text(row, 'expireDateType')}, which Django never makes`;
  }
  return null;
}

function find(row: Row, wanted: TableName, dialect: Dialect): Finding {
  const schema = optionalText(row, 'schema');
  if (schema === null) {
    const where = wanted.schema === '*' ? 'any schema of database' : 'database';
    const problem = `table "${wanted.text}" was not found in ${where} "${text(row, 'database')}"`;
    return { table: null, problem, remedy: CHECK_SETTINGS, warning: null };
  }
  const table = { schema, table: text(row, 'table') };
  const name = wanted.schema === '*' ? `${schema}.${table.table}` : wanted.text;
  const structure = structureProblem(row);
  if (structure !== null) {
    return {
      table,
      problem: `table "${name}" ${structure}`,
      remedy: CHECK_SETTINGS,
      warning: null,
    };
  }
  const rights = text(row, 'missingRights');
  const user = text(row, 'user');
  const warning = flag(row, 'hasExpireDateIndex')
    ? null
    : `table "${name}" has no index that starts with expire_date: each batch reads the whole table; ${dialect.createIndex(table)}`;
  if (rights === '') return { table, problem: null, remedy: '', warning };
  const problem = `user "${user}" lacks ${rights} on table "${name}"`;
  return { table, problem, remedy: dialect.grant(table, user), warning };
}

function unique(tables: readonly TableId[]): TableId[] {
  return [...new Map(tables.map((table) => [JSON.stringify(table), table])).values()];
}

/**
 * Reads the answer to a dialect's `inspect`: every table keyed by its session key and with a time to expire.
 *
 * Throws a `TableError` with all that is wrong; one table that does not fit holds back the whole run.
 */
export function proveTables(
  rows: readonly Row[],
  wanted: readonly TableName[],
  dialect: Dialect,
): ProvedTables {
  const findings = rows.map((row) => {
    const name = wanted[Number(row.wanted)];
    if (name === undefined)
      throw new TableError('unexpected answer: a table that was not asked for');
    return find(row, name, dialect);
  });
  const problems = findings.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) {
    const remedies = new Set(findings.flatMap(({ remedy }) => remedy || []));
    throw new TableError(
      `${problems.join('; ')}; nothing was deleted; ${[...remedies].join('; ')}`,
    );
  }
  return {
    tables: unique(findings.flatMap(({ table }) => table ?? [])),
    warnings: [...new Set(findings.flatMap(({ warning }) => warning ?? []))],
  };
}
