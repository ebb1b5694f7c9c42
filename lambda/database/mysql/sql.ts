import type { TableName } from '../../../contract/table-name';

/** An identifier as MySQL reads it, whatever is in it. */
export function quoted(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

/** The table under its schema; without one, as the connection's database has it. */
export function qualified({ schema, table }: Pick<TableName, 'schema' | 'table'>): string {
  return schema === null ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
}

/** The cutoff in a statement's SQL. */
export const CUTOFF = 'CAST(:cutoff AS DATETIME(6))';
