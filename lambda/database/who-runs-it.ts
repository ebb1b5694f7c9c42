import { optionalText, type Row } from '../data-api/rows';

const runBy = (who: string, sql: string) => `as ${who}: ${sql}`;

/** SQL with who has to run it: the owner of the table of a row of `inspect`, on an engine without owners an administrator. */
export function byOwner(row: Row, sql: string): string {
  const owner = optionalText(row, 'owner');
  return runBy(owner === null ? 'an administrator' : `the owner of the table ("${owner}")`, sql);
}

/** The same for SQL that also changes a right to the table's schema. */
export function bySchemaOwner(row: Row, sql: string): string {
  const owner = optionalText(row, 'owner');
  if (owner === null) return byOwner(row, sql);
  return runBy(
    `an administrator, or the owner of the table ("${owner}") if the schema is his, too`,
    sql,
  );
}
