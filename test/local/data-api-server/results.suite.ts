import type { Field } from '@aws-sdk/client-rds-data';
import type { Facts } from './facts';
import { useService } from './setup';

/** SQL expressions, each with the field that it is returned as. */
export type Expressions = readonly (readonly [expression: string, field: object])[];

/** How results are returned. */
export function describeResults({ engine }: Facts, expressions: Expressions): void {
  const service = useService(engine);

  test.each(expressions)('returns %s as its field', async (expression, field) => {
    expect(await service.field(`SELECT ${expression}`)).toEqual(field as Field);
  });

  test('counts the rows that a statement changed', async () => {
    await service.execute('CREATE TABLE counted (n INT)');
    await service.execute('INSERT INTO counted VALUES (1), (2), (3)');
    const update = await service.execute('UPDATE counted SET n = n + 1 WHERE n < 3');
    expect(update).toMatchObject({ numberOfRecordsUpdated: 2, generatedFields: [] });
    expect(update.records).toBeUndefined();
    expect(await service.execute('DELETE FROM counted')).toMatchObject({
      numberOfRecordsUpdated: 3,
    });
    expect(await service.execute('DROP TABLE counted')).toMatchObject({
      numberOfRecordsUpdated: 0,
    });
  });

  test('returns an empty list of records when there is none', async () => {
    expect((await service.execute('SELECT 1 FROM django_session')).records).toEqual([]);
  });

  test('returns numbers as the result set options ask', async () => {
    const sql = 'SELECT 1, 1.5, CAST(2 AS DECIMAL)';
    const strings = { longReturnType: 'STRING', decimalReturnType: 'STRING' } as const;
    const numbers = { longReturnType: 'LONG', decimalReturnType: 'DOUBLE_OR_LONG' } as const;
    expect((await service.execute(sql, { resultSetOptions: strings })).records).toEqual([
      [{ stringValue: '1' }, { stringValue: '1.5' }, { stringValue: '2' }],
    ]);
    expect((await service.execute(sql, { resultSetOptions: numbers })).records).toEqual([
      [{ longValue: 1 }, { doubleValue: 1.5 }, { longValue: 2 }],
    ]);
  });

  test('refuses a result of more than 1 MiB and a row of more than 64 KB', async () => {
    const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(
      ' UNION ALL ',
    );
    const thousand = `(${digits}) AS a, (${digits}) AS b, (${digits}) AS c`;
    const rows = (length: number) => `SELECT REPEAT('x', ${length}) FROM ${thousand}`;
    expect((await service.execute(rows(1000))).records).toHaveLength(1000);
    expect(await service.refusal(rows(1100))).toMatchObject({
      name: 'UnsupportedResultException',
      message: 'The result exceeds the size limit 1 MB.',
    });
    expect(await service.refusal("SELECT REPEAT('x', 65536)")).toMatchObject({
      name: 'UnsupportedResultException',
      message: 'Packet for query is too large',
    });
  });
}
