import type { DataApiServer } from '../../local/data-api-server/index';

/**
 * The statements among the calls with a colon that starts no parameter of theirs. The Data API may take any colon for the
 * start of a parameter, even within quotes.
 */
export function strayColons(calls: DataApiServer['calls']): string[] {
  return calls.flatMap(({ input }) => {
    const sql = String(input.sql ?? '');
    const names = ((input.parameters ?? []) as { name: string }[]).map(({ name }) => name);
    const rest = sql.replaceAll(/:(\w+)/g, (found, name) => (names.includes(name) ? '' : found));
    return rest.includes(':') ? [sql] : [];
  });
}
