import { parameter } from '../facts';
import { describeParameters } from '../parameters.suite';
import { useService } from '../setup';
import { ON_POSTGRESQL } from './facts';

const { engine } = ON_POSTGRESQL;

engine.describe(() => describeParameters(ON_POSTGRESQL));

engine.describe(() => {
  const service = useService(engine);

  test.each([
    ['a string', { stringValue: "it's" }, 'text', "it's"],
    ['a long', { longValue: -7 }, 'bigint', '-7'],
    ['a double', { doubleValue: 2.5 }, 'double precision', '2.5'],
    ['a boolean', { booleanValue: true }, 'boolean', 'true'],
    ['a blob', { blobValue: new Uint8Array([0, 255]) }, 'bytea', '\\x00ff'],
  ] as const)('binds %s with its type', async (_what, value, type, shown) => {
    const { records } = await service.execute('SELECT pg_typeof(:p)::text, CAST(:p AS text)', {
      ...parameter(value),
    });
    expect(records?.[0]).toEqual([{ stringValue: type }, { stringValue: shown }]);
  });

  test('binds null without a type, so that the statement chooses it', async () => {
    const sql = 'SELECT CAST(:p AS timestamptz)';
    expect(await service.field(sql, parameter({ isNull: true }))).toEqual({ isNull: true });
  });

  test.each([
    ['DATE', '2026-01-31', 'date'],
    ['DECIMAL', '1.50', 'numeric'],
    ['JSON', '{"a":1}', 'json'],
    ['TIME', '23:59:59.999', 'time without time zone'],
    ['TIMESTAMP', '2026-01-31 23:59:59.999', 'timestamp without time zone'],
    ['UUID', '8c3f7f3a-2f5d-4c2e-9a39-3f1bb2c7e0a1', 'uuid'],
  ] as const)('binds a string hinted %s as that', async (hint, value, type) => {
    const hinted = parameter({ stringValue: value }, hint);
    expect(await service.field('SELECT pg_typeof(:p)::text', hinted)).toEqual({
      stringValue: type,
    });
  });

  test('leaves a string without a hint text, which cannot be compared with a timestamp', async () => {
    const sql = 'SELECT 1 FROM django_session WHERE expire_date < :p';
    expect(await service.refusal(sql, parameter({ stringValue: '2026-01-01' }))).toEqual({
      name: 'DatabaseErrorException',
      message:
        'ERROR: operator does not exist: timestamp with time zone < text; Hint: No operator matches ' +
        'the given name and argument types. You might need to add explicit type casts.; ' +
        'Position: 48; SQLState: 42883',
      statusCode: 400,
      dbConnectionId: undefined,
    });
  });

  test('compares a timestamp with a string that the statement casts', async () => {
    const sql = 'SELECT count(*) FROM django_session WHERE expire_date < CAST(:p AS timestamptz)';
    const value = { stringValue: '2026-01-01T00:00:00.000001+01:00' };
    expect(await service.field(sql, parameter(value))).toEqual({ longValue: 0 });
  });

  test('takes two occurrences of a parameter for two different values', async () => {
    const sql = 'SELECT n % :p FROM generate_series(1, 3) AS n GROUP BY n % :p';
    expect(await service.refusal(sql, parameter({ longValue: 2 }))).toMatchObject({
      message: expect.stringContaining('SQLState: 42803'),
    });
  });

  test('finds no parameter in literals, names, comments, dollar quotes and casts', async () => {
    const sql = `SELECT ':p' || E'\\':p' || $$:p$$ || $a$:p$a$::text, 1::int8 AS ":p" /* :p /* :p */ :p */ -- :p`;
    expect((await service.execute(sql)).records).toEqual([
      [{ stringValue: ":p':p:p:p" }, { longValue: 1 }],
    ]);
  });
});
