import { POSTGRESQL } from '../../support/engines';
import { type Named, ON_POSTGRESQL } from '../../support/every-statement';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { plantExactLookAlikes, takenFrom } from './exact-look-alikes';

/** Each takes something from the search path, most without a word of it. */
const OPEN: Named[] = [
  'SELECT 1 WHERE :a = :b',
  "SELECT 1 WHERE CAST(:a AS varchar) IN ('a', 'b')",
  "SELECT 1 WHERE CAST(:a AS varchar) LIKE 'a%'",
  "SELECT CASE CAST(:a AS varchar) WHEN 'a' THEN 1 END",
  'SELECT 1 WHERE CAST(:a AS varchar) IS DISTINCT FROM :b',
  "SELECT 1 WHERE CAST(:a AS varchar) BETWEEN 'a' AND 'b'",
  'SELECT NULLIF(CAST(:a AS varchar), :b)',
  'SELECT a FROM (SELECT 1 AS a) AS one JOIN (SELECT 1 AS a) AS other USING (a)',
  'SELECT a FROM (SELECT 1 AS a) AS one NATURAL JOIN (SELECT 1 AS a) AS other',
  'SELECT 1 WHERE (CAST(1 AS int), CAST(:a AS varchar)) > (2, :b)',
  'SELECT lower(:a)',
  'SELECT CAST(:a AS timestamptz)',
  'SELECT oid FROM pg_class',
].map((sql) => [sql, { sql, parameters: { a: 'a', b: 'b' }, mode: 'read' }]);

POSTGRESQL.describe(() => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createDatabase();
    for (const schema of ['shop', 'other']) await db.query(`CREATE SCHEMA ${schema}`);
    for (const table of [
      ...[{ schema: 'shop' }, { schema: 'other' }],
      ...[{ table: 'any' }, { schema: 'shop', table: 'any' }],
    ])
      await db.createTable(table);
    await db.query(plantExactLookAlikes('evil'));
  });
  afterAll(() => db.close());

  it.each(ON_POSTGRESQL)(
    'names all that it takes from the catalog by its schema: %s',
    async (_name, statement) => {
      expect(await takenFrom('evil', statement, db)).toEqual([]);
    },
  );

  it.each(OPEN)('would otherwise be seen to take a look-alike: %s', async (_name, statement) => {
    const taken = await takenFrom('evil', statement, db);

    expect(taken[0]).toMatch(/evil\.|interpretation of row comparison/);
  });
});
