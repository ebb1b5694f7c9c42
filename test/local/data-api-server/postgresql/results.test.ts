import { ExecuteStatementCommand } from '@aws-sdk/client-rds-data';
import { describeResults, type Expressions } from '../results.suite';
import { clientOf, useService } from '../setup';
import { ON_POSTGRESQL } from './facts';

const { engine } = ON_POSTGRESQL;

const EXPRESSIONS: Expressions = [
  ['NULL::int', { isNull: true }],
  ['true', { booleanValue: true }],
  ['1::int2', { longValue: 1 }],
  ['count(*)', { longValue: 1 }],
  ['1.5::float4', { doubleValue: 1.5 }],
  ["'NaN'::float8", { doubleValue: Number.NaN }],
  ['1.50::numeric', { stringValue: '1.50' }],
  ["'x'::char(2)", { stringValue: 'x ' }],
  ["'x'::name", { stringValue: 'x' }],
  ["'1'::oid", { stringValue: '1' }],
  ['\'{"a": 1}\'::jsonb', { stringValue: '{"a": 1}' }],
  ["'2026-09-17'::date", { stringValue: '2026-09-17' }],
  ["'17:08:20.5'::time", { stringValue: '17:08:20.500' }],
  ["'2026-09-17 17:08:20'::timestamp", { stringValue: '2026-09-17 17:08:20' }],
  ["'2026-09-17 17:08:20.8+00'::timestamptz", { stringValue: '2026-09-17 17:08:20.800' }],
  ["'2026-09-17 17:08:20.8551+02'::timestamptz", { stringValue: '2026-09-17 15:08:20.855100' }],
  ["'\\x00ff'::bytea", { blobValue: new Uint8Array([0, 255]) }],
  ["'{1,NULL}'::int4[]", { arrayValue: { longValues: [1, null] } }],
  ['\'{a,"b c"}\'::text[]', { arrayValue: { stringValues: ['a', 'b c'] } }],
  ["'{t}'::bool[]", { arrayValue: { booleanValues: [true] } }],
  ["'{0.5}'::float8[]", { arrayValue: { doubleValues: [0.5] } }],
  ["'{}'::int8[]", { arrayValue: { longValues: [] } }],
];

engine.describe(() => describeResults(ON_POSTGRESQL, EXPRESSIONS));

engine.describe(() => {
  const service = useService(engine);

  test('returns a value of an enum as a string', async () => {
    await service.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')");
    expect(await service.field("SELECT 'happy'::mood")).toEqual({ stringValue: 'happy' });
  });

  test('returns an instant in UTC whatever the time zone of the session', async () => {
    await service.execute(`ALTER DATABASE ${service.database} SET timezone = 'Asia/Kolkata'`);
    // A service of its own, whose connections are made after the change.
    const client = clientOf(await service.serve());
    const sql = "SELECT current_setting('timezone'), '2026-01-01T00:00:00.25Z'::timestamptz";

    const { records } = await client.send(new ExecuteStatementCommand({ ...service.target, sql }));

    expect(records).toEqual([
      [{ stringValue: 'Asia/Kolkata' }, { stringValue: '2026-01-01 00:00:00.250' }],
    ]);
  });

  test.each([
    ['ctid FROM pg_class', 'tid'],
    ["'1 day'::interval", 'INTERVAL'],
    ["'pg_class'::regclass", 'regclass'],
    ['contype FROM pg_constraint', '"CHAR"'],
    ['histogram_bounds FROM pg_stats', 'anyarray'],
    ['pg_sleep(0)', 'void'],
  ])('does not return %s', async (expression, type) => {
    expect(await service.refusal(`SELECT ${expression} LIMIT 1`)).toMatchObject({
      name: 'UnsupportedResultException',
      message: `The result contains the unsupported data type ${type}.`,
      statusCode: 400,
    });
  });

  test('does not return an array of arrays', async () => {
    expect(await service.refusal("SELECT '{{1}}'::int4[]")).toMatchObject({
      name: 'UnsupportedResultException',
    });
  });

  test('stumbles over an infinite instant', async () => {
    expect(await service.refusal("SELECT '-infinity'::timestamptz")).toMatchObject({
      name: 'InternalFailure',
      statusCode: 500,
    });
  });

  test('counts no rows of a statement that has none', async () => {
    expect(await service.execute('VACUUM django_session')).toMatchObject({
      numberOfRecordsUpdated: 0,
    });
  });

  test('returns records instead of a count for RETURNING', async () => {
    await service.execute('CREATE TABLE returned AS SELECT 1 AS n');
    expect(await service.execute('DELETE FROM returned RETURNING n')).toMatchObject({
      numberOfRecordsUpdated: 0,
      records: [[{ longValue: 1 }]],
    });
  });

  test('describes the columns when asked', async () => {
    const { columnMetadata } = await service.execute(
      'SELECT session_key AS "key", expire_date, 1.50::numeric(5,2) FROM django_session',
      { includeResultMetadata: true },
    );
    expect(columnMetadata).toMatchObject([
      {
        label: 'key',
        tableName: 'django_session',
        typeName: 'varchar',
        type: 12,
        precision: 40,
        nullable: 0,
      },
      { label: 'expire_date', typeName: 'timestamptz', type: 93, nullable: 0 },
      { label: 'numeric', tableName: '', typeName: 'numeric', precision: 5, scale: 2, nullable: 2 },
    ]);
    expect((await service.execute('SELECT 1')).columnMetadata).toBeUndefined();
  });

  test('returns a result as JSON when asked', async () => {
    const sql = `SELECT 9007199254740993 AS "long", 1.50 AS "decimal", true AS "boolean",
    NULL AS "null", '{1,2}'::int4[] AS "array", '2026-01-01Z'::timestamptz AS "instant"`;
    const { formattedRecords, records } = await service.execute(sql, { formatRecordsAs: 'JSON' });
    expect(records).toBeUndefined();
    expect(formattedRecords).toBe(
      '[{"long":9007199254740993,"decimal":"1.50","boolean":true,' +
        '"null":null,"array":[1,2],"instant":"2026-01-01 00:00:00"}]',
    );
  });
});
