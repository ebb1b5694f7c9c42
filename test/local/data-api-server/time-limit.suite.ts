import { until } from '../until';
import type { Facts } from './facts';
import { caller, useService } from './setup';

/** What becomes of statements that take too long. */
export function describeTimeLimit(facts: Facts): void {
  const service = useService(facts.engine, { statementTimeoutMs: 200 });

  beforeAll(async () => {
    await service.execute('CREATE TABLE numbers (n INT)');
  });

  /** The connections that sleep. */
  const sleepers = async () => (await service.query(facts.running('%SLEEP(%'))).flat().map(Number);
  const count = () => service.field('SELECT COUNT(*) FROM numbers');

  test('stops a statement that takes too long, on the database and with all its effects', async () => {
    expect(await service.refusal(facts.insertSlowly(30))).toEqual({
      name: 'StatementTimeoutException',
      message: 'Request timed out',
      statusCode: 400,
      dbConnectionId: expect.any(Number),
    });
    expect(await sleepers()).toEqual([]);
    expect(await count()).toEqual({ longValue: 0 });
  });

  test('lets a statement run on when asked to continue after the timeout', async () => {
    await service.execute('INSERT INTO numbers VALUES (7)');
    const holder = await service.begin('SELECT n FROM numbers WHERE n = 7 FOR UPDATE');
    const remove = 'DELETE FROM numbers WHERE n = 7';

    const failure = await service.refusal(remove, { continueAfterTimeout: true });
    const running = (await service.query(facts.running(remove))).flat().map(Number);
    await holder.end('ROLLBACK');

    expect(failure.name).toBe('StatementTimeoutException');
    expect(running).toEqual([failure.dbConnectionId]);
    await until('its commit', async () => (await count())?.longValue === 0);
  });

  test('stops what runs when the service is closed', async () => {
    const other = await service.serve({ statementTimeoutMs: 600_000 });
    const endless = caller(other, service.database).refusal(facts.insertSlowly(600));
    await until('a running statement', async () => (await sleepers()).length > 0);

    await other.close();

    await endless;
    expect(await sleepers()).toEqual([]);
  });
}
