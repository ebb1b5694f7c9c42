import { optionalText, type Row } from '../data-api/rows';

/** SQL with who has to run it. */
export const runBy = (who: string, sql: string) => `as ${who}: ${sql}`;

const ADMINISTRATOR = 'an administrator';

/** SQL with who has to run it: the owner of the table of a row of `inspect`, on an engine without owners an administrator. */
export function byOwner(row: Row, sql: string): string {
  const owner = optionalText(row, 'owner');
  return runBy(owner === null ? ADMINISTRATOR : `the owner of the table ("${owner}")`, sql);
}

/** The same for SQL of which a part changes a right to the table's schema; `null`: there is no such part. */
export function byOwnersOf(
  row: Row,
  { schema, table }: { readonly schema: string | null; readonly table: string | null },
): string {
  const ofTable = table === null ? [] : [byOwner(row, table)];
  if (schema === null) return ofTable.join('; ');
  const schemaOwner = optionalText(row, 'schemaOwner');
  if (schemaOwner !== null && schemaOwner === optionalText(row, 'owner')) {
    const both = table === null ? 'the schema' : 'the table and its schema';
    return runBy(
      `the owner of ${both} ("${schemaOwner}")`,
      [schema, table ?? []].flat().join('; '),
    );
  }
  const who = schemaOwner === null ? ADMINISTRATOR : `the owner of the schema ("${schemaOwner}")`;
  return [runBy(who, schema), ...ofTable].join('; ');
}

/** The same for SQL of which the second part changes no right to the table, but one to more than that. */
export function byOwnerAndAdministrator(row: Row, table: string, more: string): string {
  return optionalText(row, 'owner') === null
    ? byOwner(row, `${table}; ${more}`)
    : `${byOwner(row, table)}; ${runBy(ADMINISTRATOR, more)}`;
}
