import {
  BatchExecuteStatementCommand,
  BeginTransactionCommand,
  CommitTransactionCommand,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { describeWithMariadb } from '../../../support/mariadb';
import { failureOf } from '../setup';
import { type MysqlSetup, setupMysql } from './setup';

describeWithMariadb(() => {
  let service: MysqlSetup;
  beforeAll(async () => {
    service = await setupMysql();
    await service.execute('CREATE TABLE numbers (id INT AUTO_INCREMENT PRIMARY KEY, n INT UNIQUE)');
  });
  beforeEach(() => service.execute('DELETE FROM numbers'));
  afterAll(() => service.close());

  const begin = async () => {
    const { transactionId } = await service.client.send(
      new BeginTransactionCommand(service.target),
    );
    const { resourceArn, secretArn } = service.target;
    return { transactionId, resourceArn, secretArn };
  };
  const insert = (n: number, transactionId?: string) =>
    service.execute(`INSERT INTO numbers (n) VALUES (${n})`, { transactionId });
  const count = () => service.field('SELECT COUNT(*) FROM numbers');

  test('commits each statement that is in no transaction', async () => {
    await insert(1);
    expect(await count()).toEqual({ longValue: 1 });
  });

  test.each([
    ['a setting', 'SET lock_wait_timeout = 7', 'SELECT @@lock_wait_timeout = 7', { longValue: 0 }],
    ['a variable', "SET @a = 'a'", 'SELECT @a', { isNull: true }],
    ['a lock', "SELECT GET_LOCK('a', 0)", "SELECT IS_FREE_LOCK('a')", { longValue: 1 }],
    ['a database', 'USE mysql', "SELECT DATABASE() = 'mysql'", { longValue: 0 }],
  ])('keeps %s of a session from no call to the next', async (_what, set, get, field) => {
    await service.execute(set);
    expect(await service.field(get)).toEqual(field);
  });

  test('rolls back what a call leaves open', async () => {
    await service.execute('SET autocommit = 0');
    await service.execute('BEGIN');
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
    await service.client.send(new RollbackTransactionCommand(transaction));
    expect(await count()).toEqual({ longValue: 0 });
  });

  test('rolls a transaction back that is idle for too long', async () => {
    const hasty = await setupMysql({ transactionIdleMs: 50 });
    await hasty.execute('CREATE TABLE numbers (n INT) ENGINE = InnoDB');
    const { transactionId } = await hasty.client.send(new BeginTransactionCommand(hasty.target));
    await hasty.execute('INSERT INTO numbers VALUES (1)', { transactionId });

    // Waits for the insert's lock, so it ends when the transaction does.
    await hasty.execute('TRUNCATE numbers');

    expect(await hasty.refusal('SELECT 1', { transactionId })).toMatchObject({
      name: 'TransactionNotFoundException',
    });
    await hasty.close();
  });

  test('runs a batch as often as it has parameter sets, and all of it or nothing', async () => {
    const insertAll = (...numbers: number[]) =>
      service.client.send(
        new BatchExecuteStatementCommand({
          ...service.target,
          sql: 'INSERT INTO numbers (n) VALUES (:n)',
          parameterSets: numbers.map((n) => [{ name: 'n', value: { longValue: n } }]),
        }),
      );

    const { updateResults } = await insertAll(1, 2);
    expect(updateResults).toEqual([
      { generatedFields: [{ longValue: expect.any(Number) }] },
      { generatedFields: [{ longValue: expect.any(Number) }] },
    ]);
    expect(await failureOf(insertAll(3, 1))).toMatchObject({ name: 'DatabaseErrorException' });
    expect(await count()).toEqual({ longValue: 2 });
  });
});
