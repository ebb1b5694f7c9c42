import type { TableName } from '../../../contract/table-name';
import type { Statement } from '../../data-api/statement';

/** An identifier as PostgreSQL reads it, whatever is in it. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** The table with its schema; without one, as the search path finds it. */
export function qualified({ schema, table }: Pick<TableName, 'schema' | 'table'>): string {
  return schema === null ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
}

/** An instant as ISO 8601, whatever the connection's DateStyle is. */
export function asText(instant: string): string {
  return `json_build_array(${instant}) ->> 0`;
}

/** The cutoff in a statement's SQL. */
export const CUTOFF = 'CAST(:cutoff AS timestamptz)';

/**
 * The expiry test in a form that no index serves. Where the statistics know of no expired rows, the planner would
 * otherwise walk the index over all of them, although the statement already has the rows' ctids. The cutoff stands in a
 * SELECT, because its text would otherwise be parsed for each row, which costs as much as deleting one.
 */
export const EXPIRED = `CASE WHEN expire_date < (SELECT ${CUTOFF}) THEN true ELSE false END`;

/** The parameter of `CUTOFF`. */
export function cutoffParameter(cutoff: Date): Statement['parameters'] {
  return { cutoff: cutoff.toISOString() };
}
