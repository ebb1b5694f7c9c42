import { type DataApi, type DataApiWorld, dataApi, type Target } from '../data-api/data-api';
import type { Row } from '../data-api/rows';
import { inTransaction, type SendInTransaction } from '../data-api/transaction';
import { DatabaseError } from '../errors';

/** A database as one of its users reaches it. */
export interface Connection {
  readonly target: Target;
  readonly api: DataApi;
  /** Rows of a statement that may be sent twice; throws a `DatabaseError`. */
  send(sql: string, parameters?: Readonly<Record<string, string>>): Promise<readonly Row[]>;
  /** See `inTransaction`. */
  inTransaction<Result>(work: (send: SendInTransaction) => Promise<Result>): Promise<Result>;
}

/** Does not connect yet. */
export function connection(target: Target, world: DataApiWorld): Connection {
  const api = dataApi(target, world);
  return {
    target,
    api,
    send: async (sql, parameters = {}) => (await api.send({ sql, parameters, mode: 'read' })).rows,
    inTransaction: (work) => inTransaction(target, world, work),
  };
}

/** Whether the database answered with one of these SQLSTATEs or error numbers. */
export function isCode(error: unknown, codes: readonly string[]): boolean {
  if (!(error instanceof DatabaseError) || error.failure === null) return false;
  const { sqlState, errorNumber } = error.failure;
  return codes.includes(sqlState ?? '') || codes.includes(String(errorNumber));
}
