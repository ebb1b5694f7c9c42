import { askBotocore, describeWithBotocore, executeThroughBotocore } from '../botocore';
import { useService } from '../setup';
import { ON_POSTGRESQL } from './facts';

describeWithBotocore(() => {
  const service = useService(ON_POSTGRESQL.engine);
  const execute = executeThroughBotocore(() => service);

  test('reads every kind of field', async () => {
    const sql = `SELECT NULL, true, 9007199254740993, 1.5::float8, 1.50, 'x', '\\x00ff'::bytea, '{1,2}'::int8[]`;
    expect(await execute({ sql })).toEqual([
      {
        status: 200,
        numberOfRecordsUpdated: 0,
        records: [
          [
            { isNull: true },
            { booleanValue: true },
            // JSON.parse rounds this number; Python did not.
            { longValue: Number('9007199254740993') },
            { doubleValue: 1.5 },
            { stringValue: '1.50' },
            { stringValue: 'x' },
            { blobValue: { bytes: [0, 255] } },
            { arrayValue: { longValues: [1, 2] } },
          ],
        ],
      },
    ]);
  });

  test('sends every kind of parameter', async () => {
    const value = (name: string, member: object) => ({ name, value: member });
    const parameters = [
      value('text', { stringValue: 'ä' }),
      value('long', { longValue: 2 }),
      value('double', { doubleValue: 0.5 }),
      value('boolean', { booleanValue: false }),
      { ...value('instant', { stringValue: '2026-01-01 00:00:00.250' }), typeHint: 'TIMESTAMP' },
      value('nothing', { isNull: true }),
    ];
    const sql = 'SELECT :text, :long, :double, :boolean, :instant, CAST(:nothing AS text)';
    const [answer] = await execute({ sql, parameters, includeResultMetadata: true });
    expect(answer?.records).toEqual([
      [
        { stringValue: 'ä' },
        { longValue: 2 },
        { doubleValue: 0.5 },
        { booleanValue: false },
        { stringValue: '2026-01-01 00:00:00.250' },
        { isNull: true },
      ],
    ]);
    expect(answer?.columnMetadata).toHaveLength(6);
  });

  test('counts the rows that a statement changed', async () => {
    const answers = await execute(
      { sql: 'CREATE TABLE numbers AS SELECT generate_series(1, 3) AS n' },
      { sql: 'DELETE FROM numbers WHERE n > 1' },
      { sql: 'DELETE FROM numbers RETURNING n' },
    );
    expect(answers).toMatchObject([
      { numberOfRecordsUpdated: 0 },
      { numberOfRecordsUpdated: 2, generatedFields: [] },
      { records: [[{ longValue: 1 }]] },
    ]);
  });

  test('reads the errors, in and out of the model', async () => {
    const answers = await execute(
      { sql: 'SELECT * FROM nowhere' },
      { sql: 'SELECT 1; SELECT 2' },
      { sql: "SELECT '1 day'::interval" },
      { sql: 'SELECT 1', transactionId: 'none' },
    );
    expect(answers).toMatchObject([
      {
        status: 400,
        Code: 'DatabaseErrorException',
        Message: 'ERROR: relation "nowhere" does not exist; Position: 15; SQLState: 42P01',
      },
      { status: 400, Code: 'ValidationException', Message: "Multistatements aren't supported." },
      { status: 400, Code: 'UnsupportedResultException' },
      { status: 404, Code: 'TransactionNotFoundException' },
    ]);
  });

  test('begins and ends a transaction', async () => {
    const { database, ...target } = service.target;
    const begin = { operation: 'begin_transaction', arguments: { ...target, database } };
    const [begun] = await askBotocore(service.dataApi.endpoint, [begin]);
    const transaction = { ...target, transactionId: begun?.transactionId };
    const calls = [
      { operation: 'execute_statement', arguments: { ...transaction, sql: 'SELECT 1' } },
      { operation: 'commit_transaction', arguments: transaction },
    ];
    expect(await askBotocore(service.dataApi.endpoint, calls)).toMatchObject([
      { records: [[{ longValue: 1 }]] },
      { transactionStatus: 'Transaction Committed' },
    ]);
  });
});
