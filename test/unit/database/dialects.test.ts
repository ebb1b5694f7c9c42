import type { DataApi } from '../../../lambda/data-api/data-api';
import type { Statement } from '../../../lambda/data-api/statement';
import type { Dialect } from '../../../lambda/database/dialect';
import { dialectsFor } from '../../../lambda/database/dialects';
import { askRanges } from '../../../lambda/database/expiry-range';
import { CUTOFF, INSPECTIONS, type Named, ON_TABLES, TABLE } from '../../support/every-statement';
import { firstPart } from '../../support/toy-dialect';

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
      expect(read.replaceAll(/count\(\*\)|found\.\*|\* 1000000000/gi, '')).not.toContain('*');
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
          ? 'CASE WHEN expire_date OPERATOR(pg_catalog.<) (SELECT CAST(:cutoff AS pg_catalog.timestamptz)) THEN true ELSE false END'
          : 'expire_date < CAST(:cutoff AS DATETIME(6))';

      expect(deleting.split('RETURNING')[0]).toContain(test);
    },
  );

  it.each(
    dialectsFor('UTC').flatMap((dialect) =>
      ['s', '"', ':', '`'].map((character) => ({ ...dialect, character })),
    ),
  )(
    'asks for a hundred tables with the longest names in statements of allowed length: $engine, $character',
    async ({ character, ...dialect }) => {
      const name = character.repeat(64);
      const tables = Array.from({ length: 100 }, () => ({
        schema: name,
        table: name,
        text: 'any',
      }));
      const sent: string[] = [];
      const send = async ({ sql }: Statement) => {
        sent.push(sql);
        const places = sql.matchAll(/SELECT (\d+) AS at,/g);
        const rows = [...places].map(([, at]) => ({ at: Number(at), oldest: null, newest: null }));
        return { kind: 'rows', rows, rowsChanged: 0, durationMs: 1 } as const;
      };

      const api = { send: send as DataApi['send'] };
      const ranges = await askRanges(tables, { api, dialect }, () => false);
      sent.push(dialect.inspect(tables.slice(0, dialect.namesAtOnce), firstPart(true)).sql);

      expect(ranges.size).toBe(100);
      expect(sent.filter((sql) => sql.length > 65_400)).toEqual([]);
    },
  );
});

describe.each(dialectsFor('UTC'))('the delete of no row: $engine', (dialect) => {
  it('takes none, whatever there is, needs the rights of one that takes some, and is not sent again at a lock', () => {
    expect(dialect.deleteNone(TABLE)).toMatchObject({
      sql: expect.stringMatching(/^DELETE FROM (ONLY )?\S+ WHERE FALSE AND expire_date IS NULL$/i),
      parameters: {},
      mode: 'ask',
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
