import { sentName } from '../../../contract/user-sql/postgresql';
import type { Statement } from '../../data-api/statement';
import type { TableId } from '../dialect';

export { literal, qualified, quoted, sentName } from '../../../contract/user-sql/postgresql';

const QUOTED_OR_OPERATOR = /'[^']*'|"[^"]*"|(?<=\s)([-+*/<>=~!&|]+)(?=\s)/g;

/**
 * The SQL of a statement with each operator between blanks named as the catalog's own, so that none of another schema can
 * stand in for it, whatever the search path. All operators then bind alike: where two meet, parentheses have to say which
 * comes first.
 *
 * Functions, types and relations of the catalog are written with its name. `IN`, `LIKE`, `BETWEEN`, `IS DISTINCT FROM`,
 * `CASE` with a value and `JOIN USING` look for an operator in the search path and cannot name one, so no statement has them.
 */
export function catalogOperators(sql: string): string {
  return sql
    .trim()
    .replaceAll(QUOTED_OR_OPERATOR, (found, operator) =>
      operator === undefined ? found : `OPERATOR(pg_catalog.${operator})`,
    );
}

/**
 * An instant as ISO 8601 in UTC, which can be cast back. The connection's DateStyle and TimeZone do not matter: some zones
 * have had offsets with seconds, which ISO 8601 does not know. `Z` goes before BC, and `infinity` has none. A backslash means the
 * same in E'' whatever `standard_conforming_strings` says.
 */
export function asText(instant: string): string {
  return `pg_catalog.regexp_replace(pg_catalog.json_array_element_text(pg_catalog.json_build_array(${instant} AT TIME ZONE 'UTC'), 0), '([0-9])( BC|)$', E'\\\\1Z\\\\2')`;
}

/** The cutoff in a statement's SQL. */
export const CUTOFF = 'CAST(:cutoff AS pg_catalog.timestamptz)';

/** The rows that expired before the cutoff. */
export function expiredRows(table: TableId): string {
  return `FROM ONLY ${sentName(table)} WHERE expire_date < ${CUTOFF}`;
}

/**
 * The expiry test in a form that no index serves. Where the statistics know of no expired rows, the planner would
 * otherwise walk the index over all of them, although the statement already has the rows' ctids. The cutoff stands in a
 * SELECT, because its text would otherwise be parsed for each row, which costs as much as deleting one.
 */
export const EXPIRED = `CASE WHEN expire_date < (SELECT ${CUTOFF}) THEN true ELSE false END`;

/**
 * Ends a statement a millisecond after it meets a locked row, which is the least that `lock_timeout` can be. The planner puts
 * it into a One-Time Filter, so that it is set before the first row, for this transaction alone.
 */
export const GIVES_WAY = `(SELECT pg_catalog.set_config('lock_timeout', '1', true)) IS NOT NULL`;

/** The parameter of `CUTOFF`. */
export function cutoffParameter(cutoff: Date): Statement['parameters'] {
  return { cutoff: cutoff.toISOString() };
}
