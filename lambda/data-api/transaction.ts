import { beginTransaction, type Sql } from './client';
import type { DataApiWorld, Target } from './data-api';
import { isCallError, readFailure } from './read-failure';
import { retries } from './retry';
import type { Row } from './rows';

/** Sends a statement of a transaction, once; returns its rows, or rejects with the error of the call. */
export type SendInTransaction = (statement: Sql) => Promise<readonly Row[]>;

async function once<Result>(
  target: Target,
  world: DataApiWorld,
  work: (send: SendInTransaction) => Promise<Result>,
): Promise<Result> {
  const transaction = await beginTransaction(target, world);
  try {
    const result = await work(async (statement) => (await transaction.execute(statement)).rows);
    await transaction.commit();
    return result;
  } catch (error) {
    // If this fails, too, the service rolls back by itself after three minutes.
    await transaction.rollback().catch(() => {});
    throw error;
  }
}

/**
 * Does the work in one transaction, which is committed when the work returns, and rolled back when it throws.
 *
 * The work is done again after a failure that may pass, even if the answer to its commit was lost. So it has to come to
 * the same when it is done twice. Throws a `DatabaseError` where that cannot help.
 */
export async function inTransaction<Result>(
  target: Target,
  world: DataApiWorld,
  work: (send: SendInTransaction) => Promise<Result>,
): Promise<Result> {
  const { clock } = world;
  const usage = { retries: 0, wakeMs: 0 };
  const wait = retries({ ...world, ...target, usage }).begin();
  for (;;) {
    const sentMs = clock.now();
    try {
      return await once(target, world, work);
    } catch (error) {
      if (!isCallError(error)) throw error;
      await wait(readFailure(error, target), clock.now() - sentMs);
    }
  }
}
