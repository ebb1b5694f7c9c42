import type { Statement } from '../../data-api/statement';

export { qualified, quoted } from '../../../contract/user-sql/postgresql';

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
