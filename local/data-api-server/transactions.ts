import { randomBytes } from 'node:crypto';
import type { Session } from './engines/engine';
import { ServiceError } from './errors';

/** The owner of a transaction. Calls of another owner do not find it. */
export interface Owner {
  readonly resourceArn: string;
  readonly secretArn: string;
}

/** The session of a transaction, for one call. */
export interface Loan {
  readonly session: Session;
  giveBack(): void;
}

/** The open transactions. */
export interface Transactions {
  /** Adds a session in which a transaction was begun; returns the id of the transaction. */
  add(session: Session, owner: Owner): string;
  /**
   * @throws {ServiceError} `TransactionNotFoundException`, or `DatabaseErrorException` while
   * another call uses it
   */
  borrow(id: string, owner: Owner): Loan;
  /** Takes the transaction out; the caller has to release the session. */
  remove(id: string, owner: Owner): Session;
  /** Rolls back all transactions. */
  close(): Promise<void>;
}

interface Transaction extends Owner {
  readonly session: Session;
  timer?: NodeJS.Timeout;
  isBusy: boolean;
}

/** The causes that the service adds to its message, from its troubleshooting page. */
const EXPIRED = 'Transaction may be expired.';
const ENDED = 'One previous call resulted in a termination of your transaction.';

/** @param idleMs the time without a call after which a transaction is rolled back */
export function createTransactions(idleMs: number): Transactions {
  const open = new Map<string, Transaction>();
  const ended = new Set<string>();

  const watch = (id: string, transaction: Transaction): void => {
    transaction.isBusy = false;
    transaction.timer = setTimeout(() => {
      open.delete(id);
      void abandon(transaction.session);
    }, idleMs).unref();
  };

  const find = (id: string, owner: Owner): Transaction => {
    const transaction = open.get(id);
    if (transaction === undefined || !isOwner(transaction, owner))
      throw notFound(id, ended.has(id) ? ENDED : EXPIRED);
    if (transaction.isBusy)
      throw new ServiceError('DatabaseErrorException', {
        message: 'Transaction is still running a query',
      });
    clearTimeout(transaction.timer);
    transaction.isBusy = true;
    return transaction;
  };

  return {
    add(session, { resourceArn, secretArn }) {
      const id = randomBytes(96).toString('base64');
      const transaction = { session, resourceArn, secretArn, isBusy: false };
      open.set(id, transaction);
      watch(id, transaction);
      return id;
    },
    borrow(id, owner) {
      const transaction = find(id, owner);
      return { session: transaction.session, giveBack: () => watch(id, transaction) };
    },
    remove(id, owner) {
      const { session } = find(id, owner);
      open.delete(id);
      ended.add(id);
      return session;
    },
    async close() {
      const sessions = [...open.values()].map(({ session, timer }) => {
        clearTimeout(timer);
        return session;
      });
      open.clear();
      await Promise.all(sessions.map(abandon));
    },
  };
}

async function abandon(session: Session): Promise<void> {
  await session.cancel();
  await session.rollback().catch(() => {});
  await session.release();
}

const isOwner = (transaction: Transaction, { resourceArn, secretArn }: Owner) =>
  transaction.resourceArn === resourceArn && transaction.secretArn === secretArn;

const notFound = (id: string, cause: string) =>
  new ServiceError('TransactionNotFoundException', {
    message: `Transaction ${id} is not found. ${cause}`,
  });
