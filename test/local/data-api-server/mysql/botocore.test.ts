import { describeWithBotocore, executeThroughBotocore } from '../botocore';
import { useService } from '../setup';
import { ON_MYSQL } from './facts';

const { engine } = ON_MYSQL;

engine.describe(() =>
  describeWithBotocore(() => {
    const service = useService(engine);
    const execute = executeThroughBotocore(() => service);

    test('reads fields, generated fields, counts and errors', async () => {
      const value = { name: 'n', value: { longValue: 7 } };
      const answers = await execute(
        { sql: "SELECT NULL, 1, 1.5e0, 1.50, 'ä', x'00ff'" },
        { sql: 'CREATE TABLE numbers (id INT AUTO_INCREMENT PRIMARY KEY, n INT)' },
        { sql: 'INSERT INTO numbers (n) VALUES (:n)', parameters: [value] },
        { sql: 'DELETE FROM numbers WHERE n = :n', parameters: [value] },
        { sql: 'SELECT * FROM nowhere' },
      );
      expect(answers).toEqual([
        {
          status: 200,
          numberOfRecordsUpdated: 0,
          records: [
            [
              { isNull: true },
              { longValue: 1 },
              { doubleValue: 1.5 },
              { stringValue: '1.50' },
              { stringValue: 'ä' },
              { blobValue: { bytes: [0, 255] } },
            ],
          ],
        },
        { status: 200, numberOfRecordsUpdated: 0, generatedFields: [] },
        { status: 200, numberOfRecordsUpdated: 1, generatedFields: [{ longValue: 1 }] },
        { status: 200, numberOfRecordsUpdated: 1, generatedFields: [] },
        {
          status: 400,
          Code: 'DatabaseErrorException',
          Message: expect.stringContaining('Error code: 1146; SQLState: 42S02'),
        },
      ]);
    });
  }),
);
