import { BatchExecuteStatementCommand } from '@aws-sdk/client-rds-data';
import { describeSessions } from '../sessions.suite';
import { useService } from '../setup';
import { ON_MYSQL } from './facts';

const { engine } = ON_MYSQL;

engine.describe(() => describeSessions(ON_MYSQL, 'SELECT SLEEP(0.5)'));

engine.describe(() => {
  const service = useService(engine);

  beforeAll(() =>
    service.execute('CREATE TABLE numbers (id INT AUTO_INCREMENT PRIMARY KEY, n INT UNIQUE)'),
  );

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
    await service.execute('INSERT INTO numbers (n) VALUES (1)');
    expect(await service.field('SELECT COUNT(*) FROM numbers')).toEqual({ longValue: 1 });
  });

  test('returns what AUTO_INCREMENT made up for each parameter set of a batch', async () => {
    const { updateResults } = await service.client.send(
      new BatchExecuteStatementCommand({
        ...service.target,
        sql: 'INSERT INTO numbers (n) VALUES (:n)',
        parameterSets: [2, 3].map((n) => [{ name: 'n', value: { longValue: n } }]),
      }),
    );

    const generated = { generatedFields: [{ longValue: expect.any(Number) }] };
    expect(updateResults).toEqual([generated, generated]);
  });
});
