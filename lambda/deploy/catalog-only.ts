import { onlyRow, text } from '../data-api/rows';
import type { SendInTransaction } from '../data-api/transaction';
import { UnexpectedAnswer } from '../errors';
import type { Connection } from './connection';

/** Says that a name without a schema is one of the catalog's. A server that is no PostgreSQL does not understand it. */
export const CATALOG_ONLY = { sql: 'SET LOCAL search_path TO pg_catalog', parameters: {} };

/**
 * A transaction of PostgreSQL in which every name without a schema is one of the catalog's. Otherwise a function or an
 * operator that somebody made in a schema of the search path could stand in for one of the catalog's, and run with the
 * rights of whoever makes users.
 */
export function catalogOnly<Result>(
  by: Connection,
  work: (send: SendInTransaction) => Promise<Result>,
): Promise<Result> {
  return by.inTransaction(async (send) => {
    await send(CATALOG_ONLY);
    return work(send);
  });
}

/** Every name in it has its schema, since the search path is still that of the user. */
const SCHEMAS = `
SELECT CAST(pg_catalog.array_to_json(pg_catalog.current_schemas(false)) AS pg_catalog.text) AS schemas`.trim();

/** The same, for work that has to know in which schemas the user would look for a table, in that order. */
export function catalogOnlyWithPath<Result>(
  by: Connection,
  work: (send: SendInTransaction, path: readonly string[]) => Promise<Result>,
): Promise<Result> {
  return by.inTransaction(async (send) => {
    const row = onlyRow(await send({ sql: SCHEMAS, parameters: {} }));
    const path: unknown = JSON.parse(text(row, 'schemas'));
    if (!Array.isArray(path)) throw new UnexpectedAnswer('the search path must be a list');
    await send(CATALOG_ONLY);
    return work(send, path.map(String));
  });
}
