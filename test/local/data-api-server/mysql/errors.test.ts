import {
  BeginTransactionCommand,
  ExecuteStatementCommand,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { startDataApiServer } from '../../../../local/data-api-server/index';
import { describeWithMariadb } from '../../../support/mariadb';
import { testMariadb } from '../../../support/test-mariadb';
import { until } from '../../until';
import { clientOf, failureOf } from '../setup';
import { type MysqlSetup, setupMysql } from './setup';

const RESOURCE_ARN = 'arn:aws:rds:eu-central-1:123456789012:cluster:other';
const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:other';

describeWithMariadb(() => {
  let service: MysqlSetup;
  beforeAll(async () => {
    service = await setupMysql();
    await service.execute('CREATE TABLE numbers (n INT PRIMARY KEY)');
    await service.execute('INSERT INTO numbers VALUES (1), (2)');
  });
  afterAll(() => service.close());

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

  const isWaiting = async (sql: string) => {
    const [rows] = await service.admin.query(
      "SELECT id FROM information_schema.processlist WHERE command = 'Execute' AND info = ?",
      [sql],
    );
    return (rows as unknown[]).length > 0;
  };

  test.each([
    ['SELEC', /^You have an error in your SQL syntax;.*; Error code: 1064; SQLState: 42000$/s],
    ['SELECT * FROM nowhere', /^Table '.*' doesn't exist; Error code: 1146; SQLState: 42S02$/],
    ['INSERT INTO numbers VALUES (1)', /^Duplicate entry .*; Error code: 1062; SQLState: 23000$/],
  ])('says what the database says, its code and its SQLSTATE: %s', async (sql, message) => {
    expect(await service.refusal(sql)).toMatchObject({
      name: 'DatabaseErrorException',
      message: expect.stringMatching(message),
      statusCode: 400,
    });
  });

  test('names a database that does not exist', async () => {
    expect(await service.refusal('SELECT 1', { database: 'nowhere' })).toMatchObject({
      name: 'DatabaseErrorException',
      message: "Unknown database 'nowhere'; Error code: 1049; SQLState: 42000",
    });
  });

  test('uses no database when none is named', async () => {
    const nowhere = { database: undefined };
    expect(await service.field('SELECT DATABASE()', nowhere)).toEqual({ isNull: true });
  });

  test('passes on a lock that was waited for in vain', async () => {
    const [holder, waiter] = [await begin(), await begin()];
    const sql = 'DELETE FROM numbers WHERE n = 1';
    await service.execute(sql, holder);
    await service.execute('SET innodb_lock_wait_timeout = 1', waiter);
    expect(await service.refusal(sql, waiter)).toMatchObject({
      message:
        'Lock wait timeout exceeded; try restarting transaction; Error code: 1205; SQLState: HY000',
    });
    await Promise.all([holder.rollBack(), waiter.rollBack()]);
  });

  test('passes on a deadlock', async () => {
    const [one, two] = [await begin(), await begin()];
    const remove = (n: number) => `DELETE FROM numbers WHERE n = ${n}`;
    await service.execute(remove(1), one);
    await service.execute(remove(2), two);
    const waiting = service.execute(remove(2), one).then(() => {}, failureMessage);
    await until('a lock that is waited for', () => isWaiting(remove(2)));
    const closing = service.execute(remove(1), two).then(() => {}, failureMessage);
    expect(await Promise.all([waiting, closing])).toContain(
      'Deadlock found when trying to get lock; try restarting transaction; Error code: 1213; SQLState: 40001',
    );
    await Promise.all([one.rollBack(), two.rollBack()]);
  });

  test('passes on that somebody interrupted the statement', async () => {
    const { transactionId, rollBack } = await begin();
    const id = await service.field('SELECT CONNECTION_ID()', { transactionId });
    const sql = 'INSERT INTO numbers SELECT SLEEP(600)';
    const interrupted = service.refusal(sql, { transactionId });
    await until('a running statement', () => isWaiting(sql));
    await service.admin.query(`KILL QUERY ${id?.longValue}`);
    expect(await interrupted).toMatchObject({
      message: 'Query execution was interrupted; Error code: 1317; SQLState: 70100',
    });
    await rollBack();
  });

  test('answers that the link failed when the connection breaks, and connects anew', async () => {
    const { transactionId } = await begin();
    const id = await service.field('SELECT CONNECTION_ID()', { transactionId });
    await service.admin.query(`KILL ${id?.longValue}`);
    expect(await service.refusal('SELECT 1', { transactionId })).toMatchObject({
      name: 'DatabaseErrorException',
      message: 'Communications link failure; Error code: 0; SQLState: 08S01',
    });
    expect(await service.field('SELECT 1')).toEqual({ longValue: 1 });
  });

  /** Runs a statement through a service in front of another address, or with another password. */
  async function failureOfOther(changes: { port?: number; password?: string }) {
    const { host, port, purger } = await testMariadb();
    const other = await startDataApiServer({
      clusters: { [RESOURCE_ARN]: { engine: 'mysql', host, port: changes.port ?? port } },
      secrets: { [SECRET_ARN]: { ...purger, password: changes.password ?? purger.password } },
    });
    const target = { resourceArn: RESOURCE_ARN, secretArn: SECRET_ARN, database: service.database };
    const statement = new ExecuteStatementCommand({ ...target, sql: 'SELECT 1' });
    return failureOf(clientOf(other).send(statement)).finally(() => other.close());
  }

  test('logs in as the user of the secret, with its password', async () => {
    expect(await failureOfOther({ password: 'wrong' })).toMatchObject({
      name: 'DatabaseErrorException',
      message:
        "Access denied for user 'purger'@'127.0.0.1' (using password: YES); Error code: 1045; SQLState: 28000",
    });
  });

  test('answers that the database is unavailable when nothing listens', async () => {
    expect(await failureOfOther({ port: 1 })).toMatchObject({
      name: 'DatabaseUnavailableException',
      statusCode: 504,
    });
  });
});

const failureMessage = ({ message }: Error) => message;
