import { BeginTransactionCommand } from '@aws-sdk/client-rds-data';
import { describeResults, type Expressions } from '../results.suite';
import { useService } from '../setup';
import { ON_MYSQL } from './facts';

const { engine } = ON_MYSQL;

const EXPRESSIONS: Expressions = [
  ['NULL', { isNull: true }],
  ['1', { longValue: 1 }],
  ['1 < 2', { longValue: 1 }],
  ['COUNT(*)', { longValue: 1 }],
  ['1.5e0', { doubleValue: 1.5 }],
  ['1.50', { stringValue: '1.50' }],
  ['SUM(1)', { stringValue: '1' }],
  ["'x'", { stringValue: 'x' }],
  ["x'00ff'", { blobValue: new Uint8Array([0, 255]) }],
  ["REPEAT('é', 30000)", { stringValue: 'é'.repeat(30_000) }],
  ["DATE '2026-09-17'", { stringValue: '2026-09-17' }],
  ["TIME '17:08:20'", { stringValue: '17:08:20' }],
  ["TIMESTAMP '2026-09-17 17:08:20'", { stringValue: '2026-09-17 17:08:20' }],
];

engine.describe(() => describeResults(ON_MYSQL, EXPRESSIONS));

engine.describe(() => {
  const service = useService(engine);

  test.each([
    ['TINYINT(1)', '2', { booleanValue: true }],
    ['BOOLEAN', 'FALSE', { booleanValue: false }],
    ['TINYINT', '-1', { longValue: -1 }],
    ['TINYINT(1) UNSIGNED', '1', { longValue: 1 }],
    ['INT UNSIGNED', '4294967295', { longValue: 4_294_967_295 }],
    ['BIGINT', '-9007199254740991', { longValue: -9_007_199_254_740_991 }],
    ['DECIMAL(10,4)', '123.45', { stringValue: '123.4500' }],
    ['DOUBLE', '0.1', { doubleValue: 0.1 }],
    ['BIT(1)', "b'1'", { booleanValue: true }],
    ['BIT(12)', "b'100000001'", { blobValue: new Uint8Array([1, 1]) }],
    ['VARBINARY(4)', "'ab'", { blobValue: new Uint8Array([97, 98]) }],
    ['LONGBLOB', "''", { blobValue: new Uint8Array([]) }],
    ['LONGTEXT', "'text'", { stringValue: 'text' }],
    ['JSON', '\'{"a": 1}\'', { stringValue: '{"a": 1}' }],
    ["ENUM('s', 'm')", "'m'", { stringValue: 'm' }],
    ["SET('a', 'b')", "'a,b'", { stringValue: 'a,b' }],
    ['YEAR', '2026', { stringValue: '2026' }],
    ['DATETIME', "'2026-01-01'", { stringValue: '2026-01-01 00:00:00' }],
    ['DATETIME(6)', "'2026-01-01'", { stringValue: '2026-01-01 00:00:00' }],
    ['DATETIME(6)', "'2026-01-01 01:02:03.8'", { stringValue: '2026-01-01 01:02:03.800' }],
    ['DATETIME(6)', "'2026-01-01 01:02:03.000001'", { stringValue: '2026-01-01 01:02:03.000001' }],
    ['TIMESTAMP(3)', "'2026-01-01 01:02:03.25'", { stringValue: '2026-01-01 01:02:03.250' }],
  ])('returns a column of %s with %s as its field', async (type, value, field) => {
    await service.execute(`CREATE OR REPLACE TABLE stored (value ${type})`);
    await service.execute(`INSERT INTO stored VALUES (${value})`);
    expect(await service.field('SELECT value FROM stored')).toEqual(field);
  });

  test('returns a date without a zone as it is stored, whatever the time zone', async () => {
    const { transactionId } = await service.client.send(
      new BeginTransactionCommand(service.target),
    );
    await service.execute("SET time_zone = '+05:30'", { transactionId });
    const stored = "INSERT INTO django_session VALUES ('a', '', '2026-01-01 00:00:00.000001')";
    await service.execute(stored, { transactionId });
    const sql = 'SELECT @@time_zone, expire_date FROM django_session';
    expect((await service.execute(sql, { transactionId })).records).toEqual([
      [{ stringValue: '+05:30' }, { stringValue: '2026-01-01 00:00:00.000001' }],
    ]);
  });

  test('does not return a geometry', async () => {
    expect(await service.refusal("SELECT ST_GeomFromText('POINT(1 1)')")).toMatchObject({
      name: 'UnsupportedResultException',
      message: 'The result contains the unsupported data type GEOMETRY.',
    });
  });

  test('counts the rows that a statement found, changed or not', async () => {
    await service.execute('CREATE TABLE found AS SELECT 1 AS n UNION ALL SELECT 2');
    expect(await service.execute('UPDATE found SET n = 2')).toMatchObject({
      numberOfRecordsUpdated: 2,
    });
  });

  test('returns what AUTO_INCREMENT made up', async () => {
    await service.execute('CREATE TABLE numbered (id INT AUTO_INCREMENT PRIMARY KEY, n INT)');
    await service.execute('INSERT INTO numbered (n) VALUES (7)');
    expect(await service.execute('INSERT INTO numbered (n) VALUES (8)')).toMatchObject({
      numberOfRecordsUpdated: 1,
      generatedFields: [{ longValue: 2 }],
    });
  });

  test('describes the columns when asked', async () => {
    await service.execute(
      'CREATE TABLE described (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, price DECIMAL(5, 2))',
    );
    const { columnMetadata } = await service.execute(
      'SELECT id, price, session_key AS `key`, session_data, expire_date, 1 FROM described, django_session',
      { includeResultMetadata: true },
    );
    expect(columnMetadata).toMatchObject([
      { typeName: 'INT UNSIGNED', type: 4, isAutoIncrement: true, isSigned: false, nullable: 0 },
      { typeName: 'DECIMAL', type: 3, precision: 5, scale: 2, isSigned: true, nullable: 1 },
      {
        label: 'key',
        name: 'session_key',
        tableName: 'django_session',
        typeName: 'VARCHAR',
        type: 12,
        precision: 40,
      },
      { label: 'session_data', typeName: 'LONGTEXT', type: -1 },
      { label: 'expire_date', typeName: 'DATETIME', type: 93, precision: 26, scale: 6 },
      { label: '1', name: '1', tableName: '', typeName: 'INT' },
    ]);
    expect((await service.execute('SELECT 1')).columnMetadata).toBeUndefined();
  });

  test('returns a result as JSON when asked', async () => {
    const sql = 'SELECT 9007199254740993 AS `long`, 1.50 AS `decimal`, NULL AS `null`';
    const { formattedRecords } = await service.execute(sql, { formatRecordsAs: 'JSON' });
    expect(formattedRecords).toBe('[{"long":9007199254740993,"decimal":"1.50","null":null}]');
  });
});
