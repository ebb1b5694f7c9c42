import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { failureOf, setup } from './setup';

let service: Awaited<ReturnType<typeof setup>>;
beforeAll(async () => {
  service = await setup();
  await service.execute('CREATE TABLE numbers (n int)');
});
afterAll(() => service.close());

const begin = async () => {
  const { transactionId } = await service.client.send(new BeginTransactionCommand(service.target));
  const { resourceArn, secretArn } = service.target;
  return { transactionId, resourceArn, secretArn };
};
const insert = (n: number, transactionId?: string) =>
  service.execute(`INSERT INTO numbers VALUES (${n})`, { transactionId });
const count = (n: number) => service.field(`SELECT count(*) FROM numbers WHERE n = ${n}`);

test('commits each statement that is in no transaction', async () => {
  await insert(1);
  expect(await count(1)).toEqual({ longValue: 1 });
});

test('keeps nothing of a session from one call to the next', async () => {
  await service.execute("SET lock_timeout = '7s'");
  await service.execute('BEGIN');
  expect(await service.field("SELECT current_setting('lock_timeout')")).toEqual({
    stringValue: '0',
  });
  await insert(2);
  expect(await count(2)).toEqual({ longValue: 1 });
});

test('shows what a transaction did only when it is committed', async () => {
  const transaction = await begin();
  await insert(3, transaction.transactionId);
  expect(await count(3)).toEqual({ longValue: 0 });

  const answer = await service.client.send(new CommitTransactionCommand(transaction));

  expect(answer.transactionStatus).toBe('Transaction Committed');
  expect(await count(3)).toEqual({ longValue: 1 });
});

test('undoes what a transaction did when it is rolled back', async () => {
  const transaction = await begin();
  await insert(4, transaction.transactionId);

  const answer = await service.client.send(new RollbackTransactionCommand(transaction));

  expect(answer.transactionStatus).toBe('Rollback Complete');
  expect(await count(4)).toEqual({ longValue: 0 });
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
  const slow = service.execute('SELECT count(*) FROM pg_sleep(0.5)', { transactionId });
  const early = await service.refusal('SELECT 1', { transactionId });
  await slow;

  expect(early).toMatchObject({
    name: 'DatabaseErrorException',
    message: 'Transaction is still running a query',
  });
  await service.client.send(new RollbackTransactionCommand({ ...target, transactionId }));
});

test('rolls a transaction back that is idle for too long', async () => {
  const hasty = await setup({ transactionIdleMs: 50 });
  await hasty.execute('CREATE TABLE numbers (n int)');
  const { transactionId } = await hasty.client.send(new BeginTransactionCommand(hasty.target));
  await hasty.execute('INSERT INTO numbers VALUES (1)', { transactionId });

  // Waits for the insert's lock, so it ends when the transaction does.
  await hasty.execute('TRUNCATE numbers');

  expect(await hasty.refusal('SELECT 1', { transactionId })).toMatchObject({
    name: 'TransactionNotFoundException',
    message: expect.stringContaining('Transaction may be expired.'),
  });
  await hasty.close();
});
