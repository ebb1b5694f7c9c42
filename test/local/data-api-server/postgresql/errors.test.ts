import { describeErrors } from '../errors.suite';
import { useService } from '../setup';
import { ON_POSTGRESQL } from './facts';

const { engine } = ON_POSTGRESQL;

engine.describe(() => describeErrors(ON_POSTGRESQL));

engine.describe(() => {
  const service = useService(engine);

  test('says what PostgreSQL says, where, and with which SQLSTATE', async () => {
    expect(await service.refusal('SELECT * FROM nowhere')).toMatchObject({
      name: 'DatabaseErrorException',
      message: 'ERROR: relation "nowhere" does not exist; Position: 15; SQLState: 42P01',
      statusCode: 400,
    });
  });

  test('says no position where PostgreSQL has none', async () => {
    await service.execute('CREATE TABLE unique_numbers (n int PRIMARY KEY)');
    const sql = 'INSERT INTO unique_numbers VALUES (1), (1)';
    expect(await service.refusal(sql)).toMatchObject({
      message:
        'ERROR: duplicate key value violates unique constraint "unique_numbers_pkey"; SQLState: 23505',
    });
  });
});
