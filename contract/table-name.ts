import { mistakeIn, type Rule, textRule } from './rule';

const PLAIN_NAME = String.raw`[\p{L}_][\p{L}\p{N}_$-]*`;
const PLAIN = new RegExp(`^${PLAIN_NAME}$`, 'u');

/** A name in double quotes may have any character but these: the Data API takes `:` for the start of a parameter. */
const FORBIDDEN_CHARACTERS = String.raw`\p{Cc}:`;
const FORBIDDEN = new RegExp(`[${FORBIDDEN_CHARACTERS}]`, 'u');

/** PostgreSQL takes identifiers of 63 bytes, MySQL of 64 characters. */
const MOST_BYTES = 63;

/** A configured table. */
export interface TableName {
  /** As configured: `table`, `schema.table` or `*.table`, each name plain or in double quotes. */
  readonly text: string;
  /** `null`: found through the search path; `'*'`: every schema that has the table. */
  readonly schema: string | null;
  readonly table: string;
}

/** The name that a part stands for. Two double quotes within double quotes stand for one. */
function nameIn(part: string): string | undefined {
  const [, quoted] = /^"((?:[^"]|"")+)"$/.exec(part) ?? [];
  const name = quoted?.replaceAll('""', '"') ?? part;
  const isName = quoted === undefined ? PLAIN.test(name) : !FORBIDDEN.test(name) && name !== '*';
  return isName && Buffer.byteLength(name) <= MOST_BYTES ? name : undefined;
}

/** Cuts a text at a separator, except within double quotes; everywhere, where a quote is left open. */
function cutAt(separator: string, text: string): string[] {
  const cut: string[] = [];
  let isOpen = false;
  for (const piece of text.split(separator)) {
    if (isOpen) cut.push(`${cut.pop()}${separator}${piece}`);
    else cut.push(piece);
    const hasPairs = piece.split('"').length % 2 === 1;
    isOpen = isOpen === hasPairs;
  }
  return isOpen ? text.split(separator) : cut;
}

/** The names in a list of tables, separated by commas, without blanks around them. */
export function listedNames(list: string): string[] {
  return cutAt(',', list).map((name) => name.trim());
}

function split(text: string): TableName | undefined {
  const [last = '', first, ...more] = cutAt('.', text).reverse();
  const table = nameIn(last);
  const schema = first === undefined ? null : first === '*' ? first : nameIn(first);
  if (more.length > 0 || table === undefined || schema === undefined) return undefined;
  return { text, schema, table };
}

const ANY_NAME = `(?:${PLAIN_NAME}|"(?:[^"${FORBIDDEN_CHARACTERS}]|"")+")`;
const ANY_TABLE = String.raw`(?:(?:${ANY_NAME}|\*)\.)?${ANY_NAME}`;

/** Matches each list of names that are tables' names, and some that are too long or `"*"`. From `^` to `$`, as in `Rule`. */
export const LIST_PATTERN = `^ *${ANY_TABLE}(?: *, *${ANY_TABLE})* *$`;

/** `table`, `schema.table` or `*.table`. */
export const isTableName: Rule = textRule(
  (text) => split(text) !== undefined,
  'must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", ' +
    `or in double quotes, at most ${MOST_BYTES} bytes, and not "*"`,
);

/** Reads `table`, `schema.table` or `*.table`; returns the message that says what is wrong with any other text. */
export function parseTableName(text: string): TableName | string {
  return split(text) ?? (mistakeIn(text, isTableName) as string);
}

/**
 * Whether a sentence of ours names a table, be it with its schema or, as `table "django_session"`, without. `name`: as
 * `nameOf` has it.
 */
export function saysTable(sentence: string, name: string): boolean {
  const table = cutAt('.', name).at(-1);
  return sentence.includes(name) || sentence.includes(`table "${table}"`);
}

function written(name: string): string {
  return PLAIN.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The name of a table in a schema, as the setting takes it and reports and messages have it. */
export function nameOf({
  schema,
  table,
}: {
  readonly schema: string;
  readonly table: string;
}): string {
  return `${written(schema)}.${written(table)}`;
}

/** The pattern for a table in every schema that has it, as the setting takes it. */
export const patternOf = (table: string): string => `*.${written(table)}`;
