import { type Facts, parameter } from './facts';
import { text, useService } from './setup';

/** How the parameters of a statement are bound. */
export function describeParameters({ engine }: Facts): void {
  const service = useService(engine);

  test.each([
    ['DATE', '31.1.2026'],
    ['TIME', '23:59'],
    ['TIMESTAMP', '2026-01-31T23:59:59Z'],
    ['TIMESTAMP', '2026-01-31 23:59:59.123456'],
  ] as const)('refuses a %s that is not of the documented format: %s', async (hint, value) => {
    const hinted = parameter({ stringValue: value }, hint);
    expect(await service.refusal('SELECT :p', hinted)).toMatchObject({
      name: 'BadRequestException',
      message: `Cannot parse date or time "${value}"`,
    });
  });

  test('binds each occurrence on its own', async () => {
    const twice = parameter({ longValue: 2 });
    expect(await service.field('SELECT :p * 10 + :p', twice)).toEqual({ longValue: 22 });
  });

  test.each([
    ['without a value', 'SELECT :p, :q', [text('p', '')], 'Cannot find parameter: q'],
    ['that is not used', 'SELECT 1', [text('p', '')], 'Parameter is not used: p'],
    ['given twice', 'SELECT :p', [text('p', ''), text('p', '')], 'Duplicate parameter name'],
  ])('refuses a parameter %s', async (_what, sql, parameters, message) => {
    expect(await service.refusal(sql, { parameters })).toMatchObject({
      name: 'BadRequestException',
      message,
    });
  });

  test('refuses an array', async () => {
    const array = parameter({ arrayValue: { longValues: [1] } });
    expect(await service.refusal('SELECT :p', array)).toMatchObject({
      name: 'ValidationException',
      message: 'Array parameters are not supported.',
    });
  });

  test.each(['SELECT 1; SELECT 2', "SELECT ';' ; DROP TABLE t"])(
    'refuses a second statement: %s',
    async (sql) => {
      expect(await service.refusal(sql)).toMatchObject({
        name: 'ValidationException',
        message: "Multistatements aren't supported.",
        statusCode: 400,
      });
    },
  );

  test.each(['SELECT 1;', "SELECT ';' -- ;", 'SELECT 1; /* ; */ -- the end'])(
    'takes one statement with semicolons: %s',
    async (sql) => {
      expect((await service.execute(sql)).records).toHaveLength(1);
    },
  );
}
