import type { DataApi } from '../data-api/data-api';
import type { RemedyAbout } from '../data-api/failure';
import { DatabaseError } from '../errors';
import type { Dialect, TableId } from './dialect';
import { publicationTrouble } from './publications';
import { rowsOf } from './table-lock';

/** What the ways to change a foreign key do to the rows of its table, as the queries for them say it. */
export const CASCADES = 'its rows are deleted with their session';
export const SETS_NULL = 'its rows stay, without a session';

/** A table, and what it takes to send statements to it. */
export interface TableAccess {
  readonly api: DataApi;
  readonly dialect: Dialect;
  readonly table: TableId;
}

/** The queries that show what guards rows. What publications need is asked for, and said. */
type Queries = Pick<Dialect, 'showTriggers' | 'showCascade'>;

/** What shows more than a remedy says about what guards the rows of a table. */
export function seeAlso(
  about: Exclude<RemedyAbout, 'publications'>,
  { showTriggers, showCascade }: Queries,
  table: TableId,
): string {
  return about === 'triggers'
    ? `its triggers: ${showTriggers(table)}`
    : `this shows the ALTER TABLE for each: ${showCascade(table)}`;
}

/** The SQL that lets rows go in spite of publications; `undefined` where the catalogs know of no such publication, or do not answer. */
async function publicationFix({ api, dialect, table }: TableAccess): Promise<string | undefined> {
  if (dialect.publications === undefined) return undefined;
  try {
    const [row] = await rowsOf(api, dialect.publications(table));
    return row && publicationTrouble(row)?.fix;
    // The error that is told is the one before.
  } catch {
    return undefined;
  }
}

/** Tells of the errors of a table more than they say themselves: the query or the SQL for what their remedies are about. */
export function tellingOf(access: TableAccess): (error: DatabaseError) => Promise<DatabaseError> {
  let fix: Promise<string | undefined> | undefined;
  const moreOn = (about: RemedyAbout) => {
    if (about !== 'publications') return seeAlso(about, access.dialect, access.table);
    fix ??= publicationFix(access);
    return fix;
  };
  return async (error) => {
    const { message, failure } = error;
    if (failure?.about === undefined) return error;
    const more = await moreOn(failure.about);
    if (more === undefined) return error;
    return new DatabaseError(`${message}; ${more}`, {
      ...failure,
      remedy: `${failure.remedy}; ${more}`,
    });
  };
}
