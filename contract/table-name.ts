import { mistakeIn, type Rule, textRule } from './rule';

const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_$-]*$/u;

/** PostgreSQL takes identifiers of 63 bytes, MySQL of 64 characters. */
const MOST_BYTES = 63;

/** A configured table. Its parts need no escaping beyond the quotes around them. */
export interface TableName {
  /** As configured: `table`, `schema.table` or `*.table`. */
  readonly text: string;
  /** `null`: found through the search path; `'*'`: every schema that has the table. */
  readonly schema: string | null;
  readonly table: string;
}

function isIdentifier(part: string): boolean {
  return IDENTIFIER.test(part) && Buffer.byteLength(part) <= MOST_BYTES;
}

function split(text: string): TableName | undefined {
  const [table = '', schema = null, ...more] = text.split('.').reverse();
  const isKnownSchema = schema === null || schema === '*' || isIdentifier(schema);
  return more.length === 0 && isKnownSchema && isIdentifier(table)
    ? { text, schema, table }
    : undefined;
}

/** `table`, `schema.table` or `*.table`. */
export const isTableName: Rule = textRule(
  (text) => split(text) !== undefined,
  'must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", ' +
    `at most ${MOST_BYTES} bytes`,
);

/** Reads `table`, `schema.table` or `*.table`; returns the message that says what is wrong with any other text. */
export function parseTableName(text: string): TableName | string {
  return split(text) ?? (mistakeIn(text, isTableName) as string);
}
