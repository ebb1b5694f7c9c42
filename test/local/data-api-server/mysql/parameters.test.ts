import { parameter } from '../facts';
import { describeParameters } from '../parameters.suite';
import { text, useService } from '../setup';
import { ON_MYSQL } from './facts';

const { engine } = ON_MYSQL;

engine.describe(() => describeParameters(ON_MYSQL));

engine.describe(() => {
  const service = useService(engine);

  test.each([
    ['a string', { stringValue: "it's 🐘" }, { stringValue: "it's 🐘" }],
    ['a long', { longValue: -9_007_199_254_740_991 }, { longValue: -9_007_199_254_740_991 }],
    ['a double', { doubleValue: 2.5 }, { doubleValue: 2.5 }],
    ['a boolean', { booleanValue: true }, { longValue: 1 }],
    ['null', { isNull: true }, { isNull: true }],
    ['a blob', { blobValue: new Uint8Array([0, 255]) }, { blobValue: new Uint8Array([0, 255]) }],
  ] as const)('binds %s with its type', async (_what, value, field) => {
    expect(await service.field('SELECT :p', parameter(value))).toEqual(field);
  });

  test.each([
    ['DECIMAL', '1.50', { stringValue: '1.50' }],
    ['TIMESTAMP', '2026-01-31 23:59:59.999', { stringValue: '2026-01-31 23:59:59.999' }],
    ['JSON', '{"a":1}', { stringValue: '{"a":1}' }],
  ] as const)('binds a string hinted %s', async (hint, value, field) => {
    expect(await service.field('SELECT :p', parameter({ stringValue: value }, hint))).toEqual(
      field,
    );
  });

  test('compares a date with a string as a date, and takes a long as a limit', async () => {
    await service.query(
      "INSERT INTO django_session VALUES ('a', '', '2026-01-01'), ('b', '', '2026-01-02')",
    );
    const sql = 'DELETE FROM django_session WHERE expire_date < :before LIMIT :n';
    const parameters = [
      text('before', '2026-01-02 00:00:00.000000'),
      { name: 'n', value: { longValue: 5 } },
    ];
    expect(await service.execute(sql, { parameters })).toMatchObject({ numberOfRecordsUpdated: 1 });
  });

  test('finds no parameter in literals, names, comments and assignments', async () => {
    const sql = `SELECT ':p', 'it''s\\':p', "a""\\":p", \`:p\`, 1--1, @a := 5 /* :p ; */ # :p ;
      FROM (SELECT 1 AS \`:p\`) AS t -- :p ;`;
    expect((await service.execute(sql)).records).toEqual([
      [
        { stringValue: ':p' },
        { stringValue: "it's':p" },
        { stringValue: 'a"":p' },
        { longValue: 1 },
        { longValue: 2 },
        { longValue: 5 },
      ],
    ]);
  });

  test.each(["SELECT '\\';'; SELECT 2", 'SELECT 1; # ;\n SELECT 2'])(
    'refuses a second statement by the rules of MySQL: %s',
    async (sql) => {
      expect((await service.refusal(sql)).name).toBe('ValidationException');
    },
  );

  test('takes one statement with a semicolon in a comment of MySQL', async () => {
    expect((await service.execute("SELECT ';' # ;")).records).toHaveLength(1);
  });
});
