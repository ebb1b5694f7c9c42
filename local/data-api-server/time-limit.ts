import type { Session } from './engines/engine';
import { ServiceError } from './errors';

/**
 * How long a statement may take, in milliseconds, and whether it runs on when its call is answered.
 */
export interface TimeLimit {
  readonly ms: number;
  readonly continueAfterTimeout: boolean;
}

/**
 * Work on a session: its answer, and the moment when the session is free again, which may be later.
 */
export interface Job<T> {
  readonly answer: Promise<T>;
  /** Never rejects. */
  readonly settled: Promise<void>;
}

/**
 * Stops work that exceeds the limit on the database, or lets it run on unseen, and answers that it
 * timed out.
 *
 * Work that ends while it is being stopped answers with its result. The message is the one of
 * Serverless v1 (aws-sdk-js#3385); that of today is not confirmed.
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
