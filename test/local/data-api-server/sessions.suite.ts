import {
  BatchExecuteStatementCommand,
  BeginTransactionCommand,
  CommitTransactionCommand,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import type { Facts } from './facts';
import { failureOf, useService } from './setup';

/** What transactions and single calls leave behind; `slow` is a statement that takes half a second. */
export function describeSessions({ engine }: Facts, slow: string): void {
  const service = useService(engine);

  beforeAll(() => service.execute('CREATE TABLE numbers (n INT PRIMARY KEY)'));
  beforeEach(() => service.execute('DELETE FROM numbers'));

  const begin = async () => {
    const { transactionId } = await service.client.send(
      new BeginTransactionCommand(service.target),
    );
    const { resourceArn, secretArn } = service.target;
    return { transactionId, resourceArn, secretArn };
  };
  const insert = (n: number, transactionId?: string) =>
    service.execute(`INSERT INTO numbers VALUES (${n})`, { transactionId });
  const count = () => service.field('SELECT COUNT(*) FROM numbers');

  test('commits each statement that is in no transaction', async () => {
    await insert(1);
    expect(await count()).toEqual({ longValue: 1 });
  });

  test('shows what a transaction did only when it is committed', async () => {
    const transaction = await begin();
    await insert(3, transaction.transactionId);
    expect(await count()).toEqual({ longValue: 0 });

    const answer = await service.client.send(new CommitTransactionCommand(transaction));

    expect(answer.transactionStatus).toBe('Transaction Committed');
    expect(await count()).toEqual({ longValue: 1 });
  });

  test('undoes what a transaction did when it is rolled back', async () => {
    const transaction = await begin();
    await insert(4, transaction.transactionId);

    const answer = await service.client.send(new RollbackTransactionCommand(transaction));

    expect(answer.transactionStatus).toBe('Rollback Complete');
    expect(await count()).toEqual({ longValue: 0 });
  });

  test('does not find a transaction that ended, or one of another secret', async () => {
    const transaction = await begin();
    const foreign = { ...transaction, secretArn: service.dataApi.secretArn };
    const commit = (which: typeof transaction) =>
      failureOf(service.client.send(new CommitTransactionCommand(which)));

    expect(await commit(foreign)).toMatchObject({ name: 'TransactionNotFoundException' });
    await service.client.send(new CommitTransactionCommand(transaction));
    expect(await commit(transaction)).toMatchObject({
      name: 'TransactionNotFoundException',
      message: expect.stringContaining('resulted in a termination of your transaction'),
      statusCode: 404,
    });
  });

  test('refuses a second statement while the first one runs', async () => {
    const { transactionId, ...target } = await begin();
    const first = service.execute(slow, { transactionId });
    const early = await service.refusal('SELECT 1', { transactionId });
    await first;

    expect(early).toMatchObject({
      name: 'DatabaseErrorException',
      message: 'Transaction is still running a query',
    });
    await service.client.send(new RollbackTransactionCommand({ ...target, transactionId }));
  });

  test('runs a batch as often as it has parameter sets, and all of it or nothing', async () => {
    const insertAll = (...numbers: number[]) =>
      service.client.send(
        new BatchExecuteStatementCommand({
          ...service.target,
          sql: 'INSERT INTO numbers VALUES (:n)',
          parameterSets: numbers.map((n) => [{ name: 'n', value: { longValue: n } }]),
        }),
      );

    const { updateResults } = await insertAll(1, 2);
    expect(updateResults).toEqual([{ generatedFields: [] }, { generatedFields: [] }]);
    expect(await failureOf(insertAll(3, 1))).toMatchObject({ name: 'DatabaseErrorException' });
    expect(await count()).toEqual({ longValue: 2 });
  });

  describe('a transaction that is idle for too long', () => {
    const hasty = useService(engine, { transactionIdleMs: 50 });

    test('is rolled back', async () => {
      await hasty.execute('CREATE TABLE numbers (n INT)');
      const { transactionId } = await hasty.client.send(new BeginTransactionCommand(hasty.target));
      await hasty.execute('INSERT INTO numbers VALUES (1)', { transactionId });

      // This waits for the lock of the insert, so it ends when the transaction does.
      await hasty.execute('TRUNCATE TABLE numbers');

      expect(await hasty.refusal('SELECT 1', { transactionId })).toMatchObject({
        name: 'TransactionNotFoundException',
        message: expect.stringContaining('Transaction may be expired.'),
      });
    });
  });
}
