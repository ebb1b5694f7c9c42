import type { RemedyAbout } from '../data-api/failure';
import { DatabaseError } from '../errors';
import type { Dialect, TableId } from './dialect';

/** What the ways to change a foreign key do to the rows of its table, as the queries for them say it. */
export const CASCADES = 'its rows are deleted with their session';
export const SETS_NULL = 'its rows stay, without a session';

/** What shows more than a remedy says about what guards the rows of a table. */
export function seeAlso(
  about: RemedyAbout,
  { showTriggers, showCascade }: Pick<Dialect, 'showTriggers' | 'showCascade'>,
  table: TableId,
): string {
  return about === 'triggers'
    ? `its triggers: ${showTriggers(table)}`
    : `this shows the ALTER TABLE for each: ${showCascade(table)}`;
}

/** The same error, with the query that shows what its remedy is about. */
export function withQuery(
  error: DatabaseError,
  dialect: Pick<Dialect, 'showTriggers' | 'showCascade'>,
  table: TableId,
): DatabaseError {
  const { message, failure } = error;
  if (failure?.about === undefined) return error;
  const query = seeAlso(failure.about, dialect, table);
  return new DatabaseError(`${message}; ${query}`, {
    ...failure,
    remedy: `${failure.remedy}; ${query}`,
  });
}
