import type { TableName } from '../../contract/table-name';
import { count, optionalText, type Row } from '../data-api/rows';
import type { Statement } from '../data-api/statement';
import { UnexpectedAnswer } from '../errors';
import { type AnswersOn, askTogether, MOST_CHARACTERS, type Question } from './ask-together';
import type { TableId } from './dialect';

/** The least and the greatest `expire_date` of a table; `null`: it has no rows. */
export interface ExpiryRange {
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** The columns `oldest` and `newest` of a row. */
export function readRange(row: Row): ExpiryRange {
  return { oldest: optionalText(row, 'oldest'), newest: optionalText(row, 'newest') };
}

/** An engine's SQL for the ends of a table's range. */
export interface EndsSql {
  /** The least (`ASC`) or the greatest (`DESC`) `expire_date` of a table that is not null; null: there is none. */
  end(table: Pick<TableName, 'schema' | 'table'>, order: 'ASC' | 'DESC'): string;
  /** An `expire_date` as text. */
  asText(instant: string): string;
  /** Whether a column is one of the numbers. */
  isOneOf(column: string, numbers: readonly number[]): string;
}

/** One statement asks for the ranges of at most so many tables. */
const TABLES_AT_ONCE = 100;

/** What the ends of all tables have in common, and a number for each of them. */
const AROUND_ENDS = 1500;

/** The longest that stands before an end. */
const BEFORE_END = 'WHEN wanted OPERATOR(pg_catalog.=) 999 THEN  ';

/** The first of the tables of which the ends have room in a statement of `others` characters without them. */
function withRoom<Named extends { readonly table: TableName }>(
  named: readonly Named[],
  end: EndsSql['end'],
  others: number,
): readonly Named[] {
  let room = MOST_CHARACTERS - others - AROUND_ENDS;
  const isOver = named.findIndex(({ table }) => {
    room -= 2 * (end(table, 'DESC').length + BEFORE_END.length);
    return room < 0;
  });
  return isOver < 0 ? named : named.slice(0, isOver);
}

/**
 * The columns `hasRange`, `oldest` and `newest` of an inspection, each with a comma in front, for the first of the tables
 * that are wanted by their one name; empty where there is none. `guard`: a condition without which a table's range is left
 * alone. `others`: the characters of the statement without these columns.
 */
export function rangeColumns(
  wanted: readonly TableName[],
  guard: string,
  { end, asText, isOneOf }: EndsSql,
  others: number,
): string {
  const ofOneName = wanted
    .map((table, at) => ({ table, at }))
    .filter(({ table }) => table.schema !== '*');
  const named = withRoom(ofOneName.slice(0, TABLES_AT_ONCE), end, others);
  if (named.length === 0) return '';
  const column = (name: string, order: 'ASC' | 'DESC') => {
    const cases = named.map(({ table, at }) => `WHEN wanted = ${at} THEN ${end(table, order)}`);
    const instant = `CASE WHEN ${guard} THEN CASE ${cases.join(' ')} END END`;
    return `,\n  ${asText(instant)} AS ${name}`;
  };
  const places = named.map(({ at }) => at);
  const hasRange = `(${guard}) AND ${isOneOf('wanted', places)}`;
  return `,\n  ${hasRange} AS "hasRange"${column('oldest', 'ASC')}${column('newest', 'DESC')}`;
}

/** The dialect's `expiryRanges`. */
export function rangesOf(tables: readonly TableId[], { end, asText }: EndsSql): Statement<'ask'> {
  const rows = tables.map(
    (table, at) =>
      `SELECT ${at} AS at, ${end(table, 'ASC')} AS oldest, ${end(table, 'DESC')} AS newest`,
  );
  const sql = `SELECT at, ${asText('oldest')} AS oldest, ${asText('newest')} AS newest FROM (${rows.join(' UNION ALL ')}) AS ranges`;
  return { sql, parameters: {}, mode: 'ask' };
}

/** The ranges of these tables, in their order, by the rows of `rangesOf`. */
function readRanges(rows: readonly Row[], tables: readonly TableId[]): ExpiryRange[] {
  const ranges = new Map(rows.map((row) => [count(row, 'at'), readRange(row)]));
  return tables.map((_, at) => {
    const range = ranges.get(at);
    if (range === undefined) throw new UnexpectedAnswer('the expiry range of a table is missing');
    return range;
  });
}

/** The range of each table, in as few statements as possible, or why it cannot be read. `isOfSome`: see `Question`. */
export function askRanges(
  tables: readonly TableId[],
  { api, dialect }: Pick<Question<ExpiryRange>, 'api' | 'dialect'>,
  isOfSome: Question<ExpiryRange>['isOfSome'],
): Promise<AnswersOn<ExpiryRange>> {
  const statement = (some: readonly TableId[]) => dialect.expiryRanges(some);
  return askTogether(tables, {
    api,
    dialect,
    statement,
    read: readRanges,
    atOnce: TABLES_AT_ONCE,
    isOfSome,
  });
}
