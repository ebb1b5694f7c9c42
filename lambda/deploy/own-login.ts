import type { DataApiWorld } from '../data-api/data-api';
import { DatabaseError } from '../errors';
import { connection } from './connection';
import type { Wish } from './request';

/**
 * Whether the purge's user can log in with the password in its secret. Nobody but the stack knows that password, so the
 * user is then one that the stack made. A right that it has not got yet is no matter.
 */
export async function canLogIn(
  { clusterArn, database, secretArn }: Wish,
  world: DataApiWorld,
  wakeBudgetSeconds: number,
): Promise<boolean> {
  const purger = connection({ clusterArn, database, secretArn, wakeBudgetSeconds }, world);
  try {
    await purger.send('SELECT 1 AS one');
    return true;
  } catch (error) {
    const at = error instanceof DatabaseError ? error.failure?.at : undefined;
    if (at === 'login') return false;
    if (at === 'database' || at === 'table') return true;
    throw error;
  }
}
