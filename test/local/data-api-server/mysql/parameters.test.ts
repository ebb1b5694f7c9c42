import type { SqlParameter } from '@aws-sdk/client-rds-data';
import { describeWithMariadb } from '../../../support/mariadb';
import { text } from '../setup';
import { type MysqlSetup, setupMysql } from './setup';

const parameter = (value: SqlParameter['value'], typeHint?: SqlParameter['typeHint']) => ({
  parameters: [{ name: 'p', value, typeHint }],
});

describeWithMariadb(() => {
  let service: MysqlSetup;
  beforeAll(async () => {
    service = await setupMysql();
  });
  afterAll(() => service.close());

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

  test('refuses a TIMESTAMP that is not of the documented format', async () => {
    const hinted = parameter({ stringValue: '2026-01-31T23:59:59Z' }, 'TIMESTAMP');
    expect(await service.refusal('SELECT :p', hinted)).toMatchObject({
      name: 'BadRequestException',
      message: 'Cannot parse date or time "2026-01-31T23:59:59Z"',
    });
  });

  test('compares a date with a string as a date, and limits by a long', async () => {
    await service.admin.query(
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

  test('binds each occurrence on its own', async () => {
    const twice = parameter({ longValue: 2 });
    expect(await service.field('SELECT :p * 10 + :p', twice)).toEqual({ longValue: 22 });
  });

  test.each([
    ['without a value', 'SELECT :p, :q', [text('p', '')], 'Cannot find parameter: q'],
    ['that is not used', 'SELECT 1', [text('p', '')], 'Parameter is not used: p'],
  ])('refuses a parameter %s', async (_what, sql, parameters, message) => {
    expect(await service.refusal(sql, { parameters })).toMatchObject({
      name: 'BadRequestException',
      message,
    });
  });

  test.each(['SELECT 1; SELECT 2', "SELECT '\\';'; SELECT 2", 'SELECT 1; # ;\n SELECT 2'])(
    'refuses a second statement: %s',
    async (sql) => {
      expect(await service.refusal(sql)).toMatchObject({
        name: 'ValidationException',
        message: "Multistatements aren't supported.",
      });
    },
  );

  test.each(['SELECT 1;', "SELECT ';' # ;", 'SELECT 1; /* ; */ -- the end'])(
    'takes one statement with semicolons: %s',
    async (sql) => {
      expect((await service.execute(sql)).records).toHaveLength(1);
    },
  );
});
