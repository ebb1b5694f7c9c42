import type { TableId } from '../database/dialect';
import { DatabaseError } from '../errors';
import { attempt } from './attempt';

/** Asks one statement about some tables, and returns an answer for each of them, in their order. */
type Ask<T> = (tables: readonly TableId[]) => Promise<readonly T[]>;

async function askInHalves<T>(
  tables: readonly TableId[],
  ask: Ask<T>,
): Promise<readonly (T | DatabaseError)[]> {
  const answers = await attempt(() => ask(tables));
  if (!(answers instanceof DatabaseError)) return answers;
  if (tables.length === 1) return [answers];
  const middle = Math.ceil(tables.length / 2);
  const first = await askInHalves(tables.slice(0, middle), ask);
  return [...first, ...(await askInHalves(tables.slice(middle), ask))];
}

/**
 * The answer for each table, or why there is none, asked about `atOnce` tables in a statement. Where that fails, each half
 * of them is asked by itself, so that a table costs the others nothing.
 */
export async function askTogether<T>(
  tables: readonly TableId[],
  atOnce: number,
  ask: Ask<T>,
): Promise<ReadonlyMap<TableId, T | DatabaseError>> {
  const all = new Map<TableId, T | DatabaseError>();
  for (let first = 0; first < tables.length; first += atOnce) {
    const some = tables.slice(first, first + atOnce);
    const answers = await askInHalves(some, ask);
    some.forEach((table, at) => {
      const answer = answers[at];
      if (answer !== undefined) all.set(table, answer);
    });
  }
  return all;
}
