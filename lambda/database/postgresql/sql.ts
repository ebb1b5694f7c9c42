import type { TableName } from '../../../contract/table-name';
import type { Statement } from '../dialect';

/** An identifier as PostgreSQL reads it, whatever is in it. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** The table under its schema; without one, as the search path finds it. */
export function qualified({ schema, table }: Pick<TableName, 'schema' | 'table'>): string {
  return schema === null ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
}

/** An instant as ISO 8601, whatever the connection's DateStyle. */
export function asText(instant: string): string {
  return `json_build_array(${instant}) ->> 0`;
}

/** The cutoff in a statement's SQL. */
export const CUTOFF = 'CAST(:cutoff AS timestamptz)';

/**
 * The same test in a form that no index serves: where statistics know of no expired rows, a walk that has the rows'
 * ctids would else be planned as one along the index, over all of them. SELECT, since the text would be read anew for
 * each row otherwise, at the cost of deleting one.
 */
export const EXPIRED = `CASE WHEN expire_date < (SELECT ${CUTOFF}) THEN true ELSE false END`;

/** The parameter of `CUTOFF`. */
export function cutoffParameter(cutoff: Date): Statement['parameters'] {
  return { cutoff: cutoff.toISOString() };
}
