import type { TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import { count, optionalText, type Row, text } from '../data-api/rows';
import { DatabaseTrouble, UnexpectedAnswer } from '../errors';
import type { Dialect, InspectionPart, TableId } from './dialect';
import { rowsOf } from './table-lock';
import type { Trouble } from './trouble';

/** So many rows stay below the service's limit of 1 MiB, even if each has long lists. */
const ROWS_AT_ONCE = 400;

const START: InspectionPart['after'] = { at: -1, schema: '' };

async function inspectSome(
  api: Pick<DataApi, 'send'>,
  dialect: Pick<Dialect, 'inspect'>,
  wanted: readonly TableName[],
  withRange: boolean,
): Promise<readonly Row[]> {
  const all: Row[] = [];
  let after = START;
  for (;;) {
    const part = { withRange, after, limit: ROWS_AT_ONCE };
    const rows = await rowsOf(api, dialect.inspect(wanted, part));
    all.push(...rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return all;
    after = { at: count(last, 'wanted'), schema: optionalText(last, 'schema') ?? '' };
  }
}

/** A dialect as far as tables are inspected in it. */
export type InspectingDialect = Pick<Dialect, 'inspect' | 'namesAtOnce'>;

/** All rows of a dialect's `inspect`: one statement for each 400 of them, and for as many names as it takes at once. */
export async function inspectTables(
  api: Pick<DataApi, 'send'>,
  dialect: InspectingDialect,
  wanted: readonly TableName[],
  withRange: boolean,
): Promise<readonly Row[]> {
  const { namesAtOnce } = dialect;
  if (wanted.length <= namesAtOnce) return inspectSome(api, dialect, wanted, withRange);
  const all: Row[] = [];
  for (let first = 0; first < wanted.length; first += namesAtOnce) {
    const some = wanted.slice(first, first + namesAtOnce);
    const rows = await inspectSome(api, dialect, some, withRange);
    all.push(...rows.map((row) => ({ ...row, wanted: first + count(row, 'wanted') })));
  }
  return all;
}

/** Throws where there is trouble with the database as a whole, by the rows of `inspect`. `judge`: of one of them. */
export function refuseTrouble([row]: readonly Row[], judge: (row: Row) => Trouble | null): void {
  const trouble = row === undefined ? null : judge(row);
  if (trouble !== null) throw new DatabaseTrouble(trouble.problem, trouble.remedy);
}

/** The table of a row of `inspect`; `null`: it was not found. */
export function tableOf(row: Row): TableId | null {
  const schema = optionalText(row, 'schema');
  return schema === null ? null : { schema, table: text(row, 'table') };
}

/** The name by which the table of a row of `inspect` was wanted. */
export function wantedBy(row: Row, wanted: readonly TableName[]): TableName {
  const name = wanted[count(row, 'wanted')];
  if (name === undefined) throw new UnexpectedAnswer('a table that was not asked for');
  return name;
}

/**
 * The rows of `inspect`, one for each table. Where several names lead to a table, its own name comes before a pattern:
 * whoever names a table trusts it.
 */
export function distinctRows(rows: readonly Row[], wanted: readonly TableName[]): readonly Row[] {
  const byTable = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(tableOf(row) ?? count(row, 'wanted'));
    const known = byTable.get(key);
    if (known === undefined || wantedBy(known, wanted).schema === '*') byTable.set(key, row);
  }
  return [...byTable.values()];
}

/** A list in a column of a row of `inspect`, as JSON. */
export function listIn<T>(row: Row, column: string, what: string, read: (item: unknown) => T): T[] {
  const json = text(row, column);
  try {
    const list: unknown = JSON.parse(json);
    if (Array.isArray(list)) return list.map(read);
  } catch {}
  throw new UnexpectedAnswer(`column "${column}" must be a list of ${what}`);
}

/** A table that inherits from another, or is its partition. */
export interface Child extends TableId {
  /** Its rows are in another database. */
  readonly isForeign: boolean;
}

/** The tables that inherit from the table of a row of `inspect`, or are its partitions. */
export function childrenOf(row: Row): Child[] {
  return listIn(row, 'children', 'tables', (child) => {
    const [schema, table, isForeign] = child as readonly unknown[];
    return { schema: String(schema), table: String(table), isForeign: isForeign === true };
  });
}

/** The same, as a row has them. */
export const childrenAsText = (children: Iterable<Child>): string =>
  JSON.stringify([...children].map(({ schema, table, isForeign }) => [schema, table, isForeign]));

/** Those of them that the setting can name. */
export const purgeableChildrenOf = (row: Row): Child[] =>
  childrenOf(row).filter(({ isForeign }) => !isForeign);

/** The names of the restrictive policies that hide rows of the table of a row of `inspect`. */
export function restrictivePoliciesOf(row: Row): string[] {
  return listIn(row, 'restrictivePolicies', 'names', String);
}

/** The indexes on `expire_date` of the table of a row of `inspect` that are invalid. */
export function invalidIndexesOf(row: Row): string[] {
  return row.invalidIndexes === undefined ? [] : listIn(row, 'invalidIndexes', 'names', String);
}

/** The rules on DELETE of the table of a row of `inspect`. */
export function rulesOf(row: Row): string[] {
  return listIn(row, 'rules', 'names', String);
}
