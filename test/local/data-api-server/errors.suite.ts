import { BeginTransactionCommand, RollbackTransactionCommand } from '@aws-sdk/client-rds-data';
import { until } from '../until';
import type { Facts } from './facts';
import { caller, useService } from './setup';

/** How the service answers when something fails in the database or on the way there. */
export function describeErrors(facts: Facts): void {
  const { said } = facts;
  const service = useService(facts.engine);

  beforeAll(async () => {
    await service.execute('CREATE TABLE numbers (n INT PRIMARY KEY)');
    await service.execute('INSERT INTO numbers VALUES (1), (2)');
  });

  const begin = async () => {
    const { transactionId } = await service.client.send(
      new BeginTransactionCommand(service.target),
    );
    const rollBack = async () => {
      const { resourceArn, secretArn } = service.target;
      const transaction = { resourceArn, secretArn, transactionId };
      await service.client.send(new RollbackTransactionCommand(transaction)).catch(() => {});
    };
    return { transactionId, rollBack };
  };

  const remove = (n: number) => `DELETE FROM numbers WHERE n = ${n}`;
  const isRunning = async (sql: string) => (await service.query(facts.running(sql))).length > 0;
  const connectionOf = async (transactionId: string | undefined) => {
    const { records } = await service.execute(`SELECT ${facts.connection}`, { transactionId });
    return String(records?.[0]?.[0]?.longValue);
  };

  test('names a database that does not exist as the database does', async () => {
    expect(await service.refusal('SELECT 1', { database: 'nowhere' })).toMatchObject({
      name: 'DatabaseErrorException',
      message: said.missingDatabase,
    });
  });

  test('passes on the error of a lock timeout', async () => {
    const [holder, waiter] = [await begin(), await begin()];
    await service.execute(remove(1), holder);
    await service.execute(facts.lockTimeout, waiter);
    expect(await service.refusal(remove(1), waiter)).toMatchObject({ message: said.lockTimeout });
    await Promise.all([holder.rollBack(), waiter.rollBack()]);
  });

  test('passes on the error of a deadlock', async () => {
    const [one, two] = [await begin(), await begin()];
    await service.execute(remove(1), one);
    await service.execute(remove(2), two);
    const messageOf = ({ message }: Error) => message;
    const waiting = service.execute(remove(2), one).then(() => '', messageOf);
    await until('a statement that waits', () => isRunning(remove(2)));
    const closing = service.execute(remove(1), two).then(() => '', messageOf);
    const messages = await Promise.all([waiting, closing]);
    expect(messages.sort()).toEqual(['', expect.stringContaining(said.deadlock)]);
    await Promise.all([one.rollBack(), two.rollBack()]);
  });

  test('passes on the error of an interrupted statement', async () => {
    const { transactionId, rollBack } = await begin();
    const connection = await connectionOf(transactionId);
    const sql = facts.insertSlowly(600);
    const interrupted = service.refusal(sql, { transactionId });
    await until('a running statement', () => isRunning(sql));
    await service.query(facts.interrupt(connection));
    expect(await interrupted).toMatchObject({ message: said.interrupted });
    await rollBack();
  });

  test('answers with an error when the connection breaks, and connects again', async () => {
    const { transactionId } = await begin();
    await service.query(facts.kill(await connectionOf(transactionId)));
    expect(await service.refusal('SELECT 1', { transactionId })).toMatchObject(
      facts.brokenConnection,
    );
    expect(await service.field('SELECT 1')).toEqual({ longValue: 1 });
  });

  test('logs in as the user of the secret, with its password', async () => {
    const wrong = await service.serve({ purger: { password: 'wrong' } });
    const { secretArn } = wrong;
    expect(await caller(wrong, service.database).refusal('SELECT 1', { secretArn })).toMatchObject({
      name: 'DatabaseErrorException',
      message: said.wrongPassword,
    });
  });

  test('answers that the database is unavailable when nothing listens', async () => {
    const nowhere = await service.serve({ cluster: { port: 1 } });
    expect(await caller(nowhere, service.database).refusal('SELECT 1')).toMatchObject({
      name: 'DatabaseUnavailableException',
      statusCode: 504,
    });
  });

  test('answers that the endpoint is not enabled when it is off', async () => {
    const off = await service.serve({ cluster: { httpEndpointEnabled: false } });
    expect(await caller(off, service.database).refusal('SELECT 1')).toMatchObject({
      name: 'HttpEndpointNotEnabledException',
      message: `HttpEndpoint is not enabled for resource ${service.target.resourceArn}`,
    });
  });
}
