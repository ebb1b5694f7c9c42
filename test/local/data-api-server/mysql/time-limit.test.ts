import { describeWithMariadb } from '../../../support/mariadb';
import { until } from '../../until';
import { caller } from '../setup';
import { type MysqlSetup, setupMysql } from './setup';

describeWithMariadb(() => {
  let service: MysqlSetup;
  beforeAll(async () => {
    service = await setupMysql({ statementTimeoutMs: 200 });
    await service.execute('CREATE TABLE numbers (n INT)');
  });
  afterAll(() => service.close());

  /** Connections of this file that run a statement. */
  const runningIn = async () => {
    const [rows] = await service.admin.query(
      `SELECT id FROM information_schema.processlist
       WHERE db = DATABASE() AND command = 'Execute' AND info LIKE '%SLEEP(%'`,
    );
    return (rows as { id: number }[]).map(({ id }) => id);
  };

  const insertSlowly = (seconds: number) => `INSERT INTO numbers SELECT SLEEP(${seconds})`;

  test('stops a statement that takes too long, on the database and with all its effects', async () => {
    expect(await service.refusal(insertSlowly(30))).toEqual({
      name: 'StatementTimeoutException',
      message: 'Request timed out',
      statusCode: 400,
      dbConnectionId: expect.any(Number),
    });
    expect(await runningIn()).toEqual([]);
    expect(await service.field('SELECT COUNT(*) FROM numbers')).toEqual({ longValue: 0 });
  });

  test('lets a statement run on when asked to continue after the timeout', async () => {
    const failure = await service.refusal(insertSlowly(0.6), { continueAfterTimeout: true });

    expect(failure.name).toBe('StatementTimeoutException');
    expect(await runningIn()).toEqual([failure.dbConnectionId]);
    await until('the end of the statement', async () => (await runningIn()).length === 0);
    await until('its commit', async () => {
      const count = await service.field('SELECT COUNT(*) FROM numbers');
      return count?.longValue === 1;
    });
  });

  test('stops what runs when the service is closed', async () => {
    const other = await service.serve({ statementTimeoutMs: 600_000 });
    const endless = caller(other, service.database).refusal(insertSlowly(600));
    await until('a running statement', async () => (await runningIn()).length > 0);

    await other.close();

    await endless;
    expect(await runningIn()).toEqual([]);
  });
});
