import type { RemedyAbout } from '../data-api/failure';
import { DatabaseError } from '../errors';
import type { Dialect, TableId } from './dialect';

/** What shows more than a remedy says about what guards the rows of a table. */
export function seeAlso(
  about: RemedyAbout,
  { showTriggers, showCascade }: Pick<Dialect, 'showTriggers' | 'showCascade'>,
  table: TableId,
): string {
  return about === 'triggers'
    ? `its triggers: ${showTriggers(table)}`
    : `this shows the ALTER TABLE for it: ${showCascade(table)}`;
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
