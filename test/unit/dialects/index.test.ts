import { dialectsFor } from '../../../lambda/dialects';
import type { Dialect, Statement } from '../../../lambda/dialects/dialect';
import type { Position } from '../../../lambda/session-port';

const CUTOFF = new Date('2026-11-22T02:17:00.123Z');
const TABLE = { schema: 'shop', table: 'django_session' };
const WANTED = [null, '*', 'shop'].map((schema) => ({ text: 'any', schema, table: 'any' }));

function batchStatements({ batches }: Dialect, from: string | null): [string, Statement][] {
  const batch = { cutoff: CUTOFF, from: from as Position | null, limit: 1500 };
  const start = from === null ? 'from the beginning' : 'from a position';
  if (batches.kind === 'at-once') return [[`delete ${start}`, batches.delete(TABLE, batch)]];
  const found = { taken: 42, next: '2026-11-21 00:00:07.123456' };
  return [
    [`find ${start}`, batches.find(TABLE, batch)],
    [`delete ${start}`, batches.delete(TABLE, batch, found)],
  ];
}

const STATEMENTS = dialectsFor('UTC').flatMap((dialect) =>
  [
    ...batchStatements(dialect, null),
    ...batchStatements(dialect, '2026-11-21 00:00:01.500001'),
    ['inspect one table', dialect.inspect(WANTED.slice(0, 1))] as const,
    ['inspect three tables', dialect.inspect(WANTED)] as const,
    ['countExpired', dialect.countExpired(TABLE, CUTOFF, 10)] as const,
    ['oldestExpired', dialect.oldestExpired(TABLE, CUTOFF)] as const,
    ['explainExpired', dialect.explainExpired(TABLE, CUTOFF)] as const,
  ].map(([name, statement]) => [dialect.engine, name, statement] as const),
);

describe('each statement of each dialect', () => {
  it.each(STATEMENTS)(
    'holds nothing that another engine or the service takes for a parameter or a comment: %s, %s',
    (_engine, _name, { sql }) => {
      expect(sql).not.toMatch(/::|#|\?|--|\/\*/);
    },
  );

  it.each(STATEMENTS)('is one statement: %s, %s', (_engine, _name, { sql }) => {
    expect(sql).not.toContain(';');
  });

  it.each(STATEMENTS)(
    'has a value for each of its parameters, and no other: %s, %s',
    (_engine, _name, { sql, parameters }) => {
      const named = [...sql.matchAll(/:(\w+)/g)].map(([, name]) => name);

      expect(new Set(named)).toEqual(new Set(Object.keys(parameters)));
    },
  );

  it.each(STATEMENTS)('begins and ends without a blank: %s, %s', (_engine, _name, { sql }) => {
    expect(sql).toBe(sql.trim());
  });
});

describe('the dialects', () => {
  it('are PostgreSQL, which is asked first, and MySQL', () => {
    expect(dialectsFor('UTC').map(({ engine }) => engine)).toEqual(['postgresql', 'mysql']);
  });

  it.each([
    ['UTC', '2026-11-22 02:17:00.123'],
    ['Asia/Kolkata', '2026-11-22 07:47:00.123'],
  ])('take the zone for the column that has none: %s', (timeZone, local) => {
    const cutoffs = dialectsFor(timeZone).map(
      (dialect) => dialect.oldestExpired(TABLE, CUTOFF).parameters.cutoff,
    );

    expect(cutoffs).toEqual(['2026-11-22T02:17:00.123Z', local]);
  });
});
