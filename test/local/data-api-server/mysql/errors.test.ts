import { describeErrors } from '../errors.suite';
import { useService } from '../setup';
import { ON_MYSQL } from './facts';

const { engine } = ON_MYSQL;

engine.describe(() => describeErrors(ON_MYSQL));

engine.describe(() => {
  const service = useService(engine);

  test.each([
    ['SELEC', /^You have an error in your SQL syntax;.*; Error code: 1064; SQLState: 42000$/s],
    ['SELECT * FROM nowhere', /^Table '.*' doesn't exist; Error code: 1146; SQLState: 42S02$/],
    [
      "INSERT INTO django_session VALUES ('a', '', NOW()), ('a', '', NOW())",
      /^Duplicate entry .*; Error code: 1062; SQLState: 23000$/,
    ],
  ])('says what the database says, its code and its SQLSTATE: %s', async (sql, message) => {
    expect(await service.refusal(sql)).toMatchObject({
      name: 'DatabaseErrorException',
      message: expect.stringMatching(message),
      statusCode: 400,
    });
  });

  test('uses no database when none is named', async () => {
    const nowhere = { database: undefined };
    expect(await service.field('SELECT DATABASE()', nowhere)).toEqual({ isNull: true });
  });
});
