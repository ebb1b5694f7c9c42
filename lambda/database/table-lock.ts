import { nameOf } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import { LOCKED } from '../data-api/database-failures';
import type { Row } from '../data-api/rows';
import type { Mode, Statement } from '../data-api/statement';
import { DatabaseError } from '../errors';
import type { Dialect, TableId } from './dialect';
import type { Obstacle } from './trouble';

/** Whether the statement got no lock in time. */
export function isOfLock(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.failure?.at === 'lock';
}

/** Whether the statement got no lock in time, or was stopped for its duration: a lock of others may be the reason. */
export function isInTheWay(error: unknown): error is DatabaseError {
  const isTooLarge = error instanceof DatabaseError && error.failure?.kind === 'too-large';
  return isTooLarge || isOfLock(error);
}

type ShowsLocks = Pick<Dialect, 'showLocks' | 'opensOthers'>;

/** That others hold a table locked, with the query that shows who. */
export function lockObstacle(dialect: ShowsLocks, table: TableId): Obstacle {
  const others = dialect.opensOthers
    ? ', or on a table that a trigger or a foreign key of it goes on to'
    : '';
  return {
    of: 'locks',
    problem: `table "${nameOf(table)}" is locked: another session holds a lock on the whole table${others}, or waits for one`,
    remedy: `${LOCKED}: ${dialect.showLocks(table)}`,
  };
}

/**
 * The error of a statement on one table that something was in the way of. The statement never waits for a row, so a lock
 * that it met is on the whole table.
 */
export function lockError(
  dialect: ShowsLocks,
  table: TableId,
  error: DatabaseError,
): DatabaseError {
  const { message, failure } = error;
  if (failure !== null && isOfLock(error)) {
    const { problem, remedy } = lockObstacle(dialect, table);
    return new DatabaseError(`${problem}; ${remedy}`, { ...failure, remedy });
  }
  const told = `table "${nameOf(table)}": ${message}; who holds a lock on it: ${dialect.showLocks(table)}`;
  return new DatabaseError(told, failure);
}

/** Sends a statement; throws the error of what was in its way. */
export async function rowsOf(
  api: Pick<DataApi, 'send'>,
  statement: Statement<'read' | 'ask'>,
): Promise<readonly Row[]> {
  const answer = await api.send(statement);
  if (answer.kind !== 'rows') throw answer.error;
  return answer.rows;
}

/** A Data API whose statements wait a second at the most for a lock on a whole table, as far as the engine knows how. */
export function waitingShortly<Api extends Pick<DataApi, 'send'>>(
  api: Api,
  { waitingShortly: shortly }: Pick<Dialect, 'waitingShortly'>,
): Api {
  const send = <M extends Mode>(statement: Statement<M>) => api.send(shortly(statement));
  return { ...api, send };
}
