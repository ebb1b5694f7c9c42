import type { Statement } from '../../../lambda/data-api/statement';
import type { Dialect } from '../../../lambda/database/dialect';
import { dialectsFor } from '../../../lambda/database/dialects';
import type { Batch } from '../../../lambda/purge/port';
import { firstOf, hold } from '../../support/conversation';
import { firstPart } from '../../support/toy-dialect';

const CUTOFF = new Date('2026-11-22T02:17:00.123Z');
const TABLE = { schema: 'shop', table: 'django_session' };
const WANTED = [null, '*', 'shop'].map((schema) => ({ text: 'any', schema, table: 'any' }));
const BATCH: Batch = {
  cutoff: CUTOFF,
  from: { walk: 'index', at: '2026-11-21 00:00:01.500001' },
  limit: 1500,
};

/** A row of one instant, as each engine identifies it. */
const AFTER: Readonly<Record<string, string>> = { postgresql: '(7,12)', mysql: '7' };

type Named = readonly [name: string, statement: Statement];

/** The answer to a read of what is ahead, and to a look for a part of a batch that begins within an instant. */
const FOUND = {
  ...{ rows: 42, place: 42, last: '2026-11-21 00:00:07.123456', next: null },
  ...{ found: 42, first: '2026-11-21 00:00:02', earlier: 5 },
};

/** The statements of a batch along the index, as far as its rows are found. */
function indexStatements({ index }: Dialect, batch: Batch, which: string): Named[] {
  const first = firstOf(index.batch(TABLE, batch));
  if (first.mode === 'delete') return [[`delete ${which}`, first]];
  const { statements } = hold(index.batch(TABLE, batch), [[FOUND]]);
  return statements.map((statement, at) => [`${statement.mode} ${at} ${which}`, statement]);
}

/** What a sample may say of a table in which every row has expired. */
const SAMPLE = { blocks: 40, sampled: 12_000, expired: 12_000 };

/** The statements of the storage walk, where the engine has one. */
function storageStatements({ storage }: Dialect): Named[] {
  if (storage === null) return [];
  const { statements, result } = hold(storage.choose(TABLE, CUTOFF, true), [[SAMPLE]]);
  const from = result?.start;
  if (from == null) throw new Error('the walk was not chosen');
  const deletes = hold(storage.batch(TABLE, { ...BATCH, from }), ['locked']).statements;
  return [...statements, ...deletes].map((statement, at) => [`storage ${at}`, statement]);
}

const ON_TABLES = (dialect: Dialect): Named[] => [
  ...indexStatements(dialect, BATCH, 'from a position'),
  ...indexStatements(
    dialect,
    { ...BATCH, from: { ...BATCH.from, after: AFTER[dialect.engine] as string } },
    'past a row',
  ),
  ...indexStatements(dialect, { ...BATCH, isExact: true }, 'to the row'),
  ...indexStatements(dialect, { ...BATCH, skip: 7 }, 'of a part'),
  ...storageStatements(dialect),
  ['expiryRanges', dialect.expiryRanges([TABLE, { ...TABLE, schema: 'other' }])],
  ['passOver', firstOf(dialect.index.passOver(TABLE, BATCH))],
  ['countExpired', dialect.countExpired(TABLE, CUTOFF, 10)],
  ['countAllExpired', dialect.countAllExpired(TABLE, CUTOFF)],
  ['oldestExpired', dialect.oldestExpired(TABLE, CUTOFF)],
  ['explainExpired', dialect.explainExpired(TABLE, CUTOFF)],
];

const INSPECTIONS = (dialect: Dialect): Named[] => [
  ['inspect one table', dialect.inspect(WANTED.slice(0, 1), firstPart(true))],
  ['inspect three tables', dialect.inspect(WANTED, firstPart(true))],
  ['inspect every schema', dialect.inspect(WANTED.slice(1, 2), firstPart(true))],
  ['inspect without ranges', dialect.inspect(WANTED, firstPart(false))],
];

type Case = readonly [engine: string, name: string, statement: Statement];

const casesOf = (named: (dialect: Dialect) => Named[]): Case[] =>
  dialectsFor('UTC').flatMap((dialect) =>
    named(dialect).map(([name, statement]) => [dialect.engine, name, statement] as const),
  );

const STATEMENTS = casesOf((dialect) => [...ON_TABLES(dialect), ...INSPECTIONS(dialect)]);

describe('each statement of each dialect', () => {
  it.each(STATEMENTS)(
    'has nothing that another engine or the service takes for a parameter or a comment: %s, %s',
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

  it.each(STATEMENTS)('has no blank at either end: %s, %s', (_engine, _name, { sql }) => {
    expect(sql).toBe(sql.trim());
  });

  it.each(STATEMENTS)(
    'returns no column of a session except its time: %s, %s',
    (_e, _n, { sql }) => {
      // What stands between quotes is a name that the catalog is asked for.
      const read = sql.replaceAll(/'[^']*'/g, "''");

      expect(read).not.toMatch(/session_data/);
      expect(read).not.toMatch(/(?:SELECT|RETURNING)\b(?:(?!\bFROM\b)[\s\S])*session_key/);
      expect(
        read.replaceAll(/count\(\*\)|found\.\*|100\.0 \* 100|\* 1000000000/gi, ''),
      ).not.toContain('*');
    },
  );
});

describe('each statement on a table', () => {
  it.each(casesOf(ON_TABLES))('names no session key: %s, %s', (_engine, _name, { sql }) => {
    expect(sql).not.toContain('session_key');
  });

  it.each(casesOf(ON_TABLES).filter(([, , { sql }]) => /\bDELETE\b/.test(sql)))(
    'tests the expiry in the DELETE itself: %s, %s',
    (engine, _name, { sql }) => {
      const [, deleting = ''] = sql.split(/\bDELETE (?:IGNORE )?FROM\b/);
      const test =
        engine === 'postgresql'
          ? 'CASE WHEN expire_date < (SELECT CAST(:cutoff AS timestamptz)) THEN true ELSE false END'
          : 'expire_date < CAST(:cutoff AS DATETIME(6))';

      expect(deleting.split('RETURNING')[0]).toContain(test);
    },
  );

  it.each(dialectsFor('UTC'))(
    'asks for the ranges of a hundred tables with the longest names in a statement of allowed length: $engine',
    (dialect) => {
      const table = { schema: 's'.repeat(64), table: 't'.repeat(64) };
      const { sql } = dialect.expiryRanges(Array.from({ length: 100 }, () => table));

      expect(sql.length).toBeLessThan(65_536);
    },
  );
});

describe.each(dialectsFor('UTC'))('the delete of no row: $engine', (dialect) => {
  it('takes none, whatever there is, and may be sent again', () => {
    expect(dialect.deleteNone(TABLE)).toMatchObject({
      sql: expect.stringMatching(/^DELETE FROM (ONLY )?\S+ WHERE FALSE$/i),
      parameters: {},
      mode: 'read',
    });
  });
});

describe('the dialects', () => {
  it('are PostgreSQL, which is tried first, and MySQL', () => {
    expect(dialectsFor('UTC').map(({ engine }) => engine)).toEqual(['postgresql', 'mysql']);
  });

  it.each([
    ['UTC', '2026-11-22 02:17:00.123'],
    ['Asia/Kolkata', '2026-11-22 07:47:00.123'],
  ])('use the zone for the column that has none: %s', (timeZone, local) => {
    const cutoffs = dialectsFor(timeZone).map(
      (dialect) => dialect.oldestExpired(TABLE, CUTOFF).parameters.cutoff,
    );

    expect(cutoffs).toEqual(['2026-11-22T02:17:00.123Z', local]);
  });
});
