import { optionalText, type Row } from '../data-api/rows';

const said = (who: string, sql: string) => `as ${who}: ${sql}`;

/** A remedy that only the owner of the table of a row of `inspect` can run; on an engine without owners an administrator. */
export function byOwner(row: Row, sql: string): string {
  const owner = optionalText(row, 'owner');
  return said(owner === null ? 'an administrator' : `the owner of the table ("${owner}")`, sql);
}

/** One that changes a right to the table's schema, too. */
export function bySchemaOwner(row: Row, sql: string): string {
  const owner = optionalText(row, 'owner');
  if (owner === null) return byOwner(row, sql);
  return said(`an administrator, or the owner of the schema and the table ("${owner}")`, sql);
}
