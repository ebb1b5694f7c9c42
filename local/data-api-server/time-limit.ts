import type { Session } from './engines/engine';
import { ServiceError } from './errors';

/** How long a statement may take, and whether it goes on after its call was answered. */
export interface TimeLimit {
  readonly ms: number;
  readonly continueAfterTimeout: boolean;
}

/** Work on a session. The session may be in use for some time after the answer. */
export interface Job<T> {
  readonly answer: Promise<T>;
  /** Resolves when the session is free again. Never rejects. */
  readonly settled: Promise<void>;
}

/**
 * Limits the time of work. Work that takes too long is stopped on the database, or goes on, and the answer is a
 * timeout.
 *
 * If work ends while it is being stopped, its result is the answer. The message is that of Serverless v1
 * (aws-sdk-js#3385). Today's message is not confirmed.
 */
export function limitTime<T>(session: Session, work: Promise<T>, limit: TimeLimit): Job<T> {
  let timedOut = false;
  const timeout = new ServiceError('StatementTimeoutException', {
    message: 'Request timed out',
    dbConnectionId: session.connectionId,
  });
  const answer = new Promise<T>((resolve, reject) => {
    const expire = () => {
      timedOut = true;
      if (limit.continueAfterTimeout) reject(timeout);
      else void session.cancel();
    };
    const timer = setTimeout(expire, limit.ms);
    work
      .then(resolve, (error) => reject(timedOut ? timeout : error))
      .finally(() => clearTimeout(timer));
  });
  return { answer, settled: work.then(ignore, ignore) };
}

const ignore = (): void => {};
