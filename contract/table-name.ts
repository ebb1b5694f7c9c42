import { IDENTIFIER } from './settings';
import { shown } from './text';

/** A configured table; nothing in it needs escaping beyond the quoting of its parts. */
export interface TableName {
  /** As configured: `table`, `schema.table` or `*.table`. */
  readonly text: string;
  /** `null`: found through the search path; `'*'`: every schema that has the table. */
  readonly schema: string | null;
  readonly table: string;
}

function isIdentifier(part: string): boolean {
  return IDENTIFIER.pattern.test(part) && Buffer.byteLength(part) <= IDENTIFIER.maxBytes;
}

/** Reads `table`, `schema.table` or `*.table`; a text that is none of them comes back as the message that says so. */
export function parseTableName(text: string): TableName | string {
  const parts = text.split('.');
  const [schema, table] = parts.length === 1 ? [null, text] : parts;
  const valid =
    parts.length <= 2 &&
    table !== undefined &&
    isIdentifier(table) &&
    (schema === null || schema === '*' || (schema !== undefined && isIdentifier(schema)));
  return valid
    ? { text, schema: schema ?? null, table }
    : `must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", at most ${IDENTIFIER.maxBytes} bytes, got ${shown(text)}`;
}
