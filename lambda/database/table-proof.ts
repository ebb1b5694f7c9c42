import type { TableName } from '../../contract/table-name';
import { flag, optionalText, type Row, text } from '../data-api/rows';
import { TableError } from '../errors';
import type { Dialect, TableId } from './dialect';

/** The least and the greatest `expire_date` of a table; `null`: it has no rows. */
export interface ExpiryRange {
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** A table that is known to be one of sessions. */
export interface ProvedTable {
  readonly table: TableId;
  readonly hasStorageOrder: boolean;
  /** `null`: the inspection did not ask for it. */
  readonly range: ExpiryRange | null;
}

/** The tables that are known to be tables of sessions. */
export interface ProvedTables {
  readonly tables: readonly ProvedTable[];
  readonly warnings: readonly string[];
}

const CHECK_SETTINGS = 'check the database name and the tables setting';

interface Proof {
  readonly table: ProvedTable | null;
  readonly problem: string | null;
  readonly remedy: string;
  readonly warning: string | null;
}

/** The columns `oldest` and `newest` of a row. */
export function readRange(row: Row): ExpiryRange {
  return { oldest: optionalText(row, 'oldest'), newest: optionalText(row, 'newest') };
}

/** What is wrong with the structure of a table, by a row of `inspect`; `null`: nothing. */
export function structureProblem(row: Row): string | null {
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

function proofOf(row: Row, wanted: TableName, dialect: Dialect): Proof {
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
      table: null,
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
  if (rights === '') {
    const range = row.hasRange !== undefined && flag(row, 'hasRange') ? readRange(row) : null;
    const proved = { table, hasStorageOrder: flag(row, 'hasStorageOrder'), range };
    return { table: proved, problem: null, remedy: '', warning };
  }
  const problem = `user "${user}" lacks ${rights} on table "${name}"`;
  return { table: null, problem, remedy: dialect.grant(table, user), warning };
}

/** Where a table is wanted twice, by its own name and by `*.table`, keeps the finding that has its range. */
function unique(tables: readonly ProvedTable[]): ProvedTable[] {
  const byName = new Map<string, ProvedTable>();
  for (const proved of tables) {
    const name = JSON.stringify(proved.table);
    if ((byName.get(name)?.range ?? null) === null) byName.set(name, proved);
  }
  return [...byName.values()];
}

/**
 * Reads the answer to a dialect's `inspect`. Each table must have the session key as its primary key, and an
 * `expire_date` of Django's type.
 *
 * Throws a `TableError` that names everything wrong: one table that does not fit holds back the whole run.
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
    return proofOf(row, name, dialect);
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
