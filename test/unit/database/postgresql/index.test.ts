import { postgresql } from '../../../../lambda/database/postgresql';
import { asText } from '../../../../lambda/database/postgresql/sql';
import { firstOf, hold } from '../../../support/conversation';
import { firstPart } from '../../../support/toy-dialect';
import {
  BATCH,
  CUTOFF,
  flat,
  HOSTILE,
  HOSTILE_QUOTED,
  LOCKING,
  PUBLIC,
  STORED,
  STORED_CAREFULLY,
} from './setup';

/** The read of what is ahead, and the delete of a range. */
const rangeStatements = (table: typeof PUBLIC): [string, string][] =>
  hold(postgresql.index.batch(table, BATCH), [
    [{ rows: 9, last: 'last', next: 'next' }],
  ]).statements.map(({ mode, sql }) => [`${mode} ahead`, sql]);

describe('every statement on a table', () => {
  const statements = (table: typeof PUBLIC): [string, string][] => [
    ...rangeStatements(table),
    ['delete with row locks', firstOf(postgresql.index.batch(table, LOCKING)).sql],
    ['pass rows', firstOf(postgresql.index.passOver(table, BATCH)).sql],
    ['delete a part', firstOf(postgresql.index.batch(table, { ...BATCH, skip: 7 })).sql],
    ['delete quickly', firstOf(postgresql.storage.batch(table, STORED)).sql],
    ['delete carefully', firstOf(postgresql.storage.batch(table, STORED_CAREFULLY)).sql],
    ['countExpired', postgresql.countExpired(table, CUTOFF, 10).sql],
    ['countAllExpired', postgresql.countAllExpired(table, CUTOFF).sql],
    ['oldestExpired', postgresql.oldestExpired(table, CUTOFF).sql],
    ['explainExpired', postgresql.explainExpired(table, CUTOFF).sql],
  ];

  it('has no blank at either end, nor has the inspection', () => {
    const all = [
      ...statements(PUBLIC).map(([, sql]) => sql),
      postgresql.inspect([], firstPart(true)).sql,
    ];

    expect(all).toEqual(all.map((sql) => sql.trim()));
  });

  it.each(statements(HOSTILE))('quotes any name that a catalog holds: %s', (_name, sql) => {
    const named = [
      ...flat(sql).matchAll(/FROM (?!\(|taken|places|deleted|leaps|ends)(?:ONLY )?(.*?) WHERE/g),
    ].map(([, name]) => name);

    expect(named.length).toBeGreaterThan(0);
    expect(new Set(named)).toEqual(new Set([HOSTILE_QUOTED]));
    expect(sql.replaceAll(HOSTILE_QUOTED, '')).not.toContain('DROP');
  });

  it.each(statements(PUBLIC))('reads neither session_key nor session_data: %s', (_name, sql) => {
    expect(sql).not.toMatch(/session_key|session_data|\*(?!\))/);
  });

  it.each(statements(PUBLIC))('is one statement: %s', (_name, sql) => {
    expect(sql).not.toContain(';');
  });

  it.each(statements(PUBLIC))(
    'asks for rows that expired strictly before the cutoff: %s',
    (_n, sql) => {
      expect(flat(sql)).toMatch(
        /expire_date < (\(SELECT |least\(ends\[2\], )?CAST\(:cutoff AS timestamptz\)/,
      );
      expect(flat(sql)).not.toMatch(/expire_date <=|BETWEEN|now\(\)|CURRENT_TIMESTAMP/i);
    },
  );

  it.each(statements(PUBLIC))('names the table ONLY, without its children: %s', (_name, sql) => {
    const read = flat(sql).match(/FROM (ONLY )?"/g);

    expect(new Set(read)).toEqual(new Set(['FROM ONLY "']));
  });
});

describe('countExpired', () => {
  it('stops at its cap, with the oldest row up to there', () => {
    const { sql, parameters } = postgresql.countExpired(PUBLIC, CUTOFF, 100_001);

    expect(flat(sql)).toContain('ORDER BY expire_date LIMIT 100001) AS expired');
    expect(flat(sql)).toMatch(/^SELECT pg_catalog\.count\(\*\) AS expired, .* AS oldest FROM/);
    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z' });
  });

  it('looks from a time on', () => {
    const since = new Date('2026-11-21T00:00:01.001Z');
    const { sql, parameters } = postgresql.oldestExpired(PUBLIC, CUTOFF, since);

    expect(flat(sql)).toContain('AND expire_date >= CAST(:since AS timestamptz) ORDER BY');
    expect(parameters).toMatchObject({ since: '2026-11-21T00:00:01.001Z' });
  });
});

describe('oldestExpired', () => {
  it('reads one row', () => {
    const { sql, parameters } = postgresql.oldestExpired(PUBLIC, CUTOFF);

    expect(flat(sql)).toContain('ORDER BY expire_date LIMIT 1) AS oldest');
    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z' });
  });
});

describe('positions and times', () => {
  it.each([
    ['delete', 'max', 'last', firstOf(postgresql.index.batch(PUBLIC, LOCKING)).sql],
    ['countExpired', 'min', 'oldest', postgresql.countExpired(PUBLIC, CUTOFF, 1).sql],
    ['oldestExpired', 'min', 'oldest', postgresql.oldestExpired(PUBLIC, CUTOFF).sql],
  ])('come as JSON writes them, to the microsecond and in UTC: %s', (_name, which, column, sql) => {
    const text = `pg_catalog.json_array_element_text(pg_catalog.json_build_array(pg_catalog.${which}(expire_date) AT TIME ZONE 'UTC'), 0)`;

    expect(flat(sql)).toContain(
      `pg_catalog.regexp_replace(${text}, '([0-9])( BC|)$', E'\\\\1Z\\\\2') AS ${column}`,
    );
    expect(sql).not.toMatch(/to_char|date_trunc/i);
  });
});

describe('toInstant', () => {
  it.each([
    [
      'with a fraction, cut to milliseconds',
      '2026-11-21T00:00:01.500999+00:00',
      '2026-11-21T00:00:01.500Z',
    ],
    ['without one', '2026-11-21T00:00:01+00:00', '2026-11-21T00:00:01.000Z'],
    ['with an offset', '2026-11-21T05:45:00+05:45', '2026-11-21T00:00:00.000Z'],
    ['in the year 1', '0001-01-01T00:00:00+00:00', '0001-01-01T00:00:00.000Z'],
    ['before it, as that year', '0044-03-15T12:00:00+00:00 BC', '0001-01-01T00:00:00.000Z'],
    ['before every other, as that year', '-infinity', '0001-01-01T00:00:00.000Z'],
    ['in the year 9999', '9999-12-31T23:59:59.999999+00:00', '9999-12-31T23:59:59.999Z'],
    ['after it, as the last', '10000-01-01T00:00:00+00:00', '+275760-09-13T00:00:00.000Z'],
    ['long after it, as the last', '294276-12-31T00:00:00+00:00', '+275760-09-13T00:00:00.000Z'],
    ['after every other, as the last', 'infinity', '+275760-09-13T00:00:00.000Z'],
  ])('reads a time %s', (_name, text, expected) => {
    expect(postgresql.toInstant(text).toISOString()).toBe(expected);
  });

  it.each(['', 'soon'])('reads no time from %j', (text) => {
    expect(postgresql.toInstant(text).getTime()).toBeNaN();
  });
});

describe('explainExpired', () => {
  it('explains the count and does not run it', () => {
    const { sql, parameters } = postgresql.explainExpired(PUBLIC, CUTOFF);

    expect(flat(sql)).toBe(
      'EXPLAIN (FORMAT JSON) SELECT expire_date FROM ONLY "public"."django_session" WHERE expire_date < CAST(:cutoff AS timestamptz)',
    );
    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z' });
  });
});

describe('readEstimate', () => {
  const explained = (plan: unknown) => [{ 'QUERY PLAN': JSON.stringify(plan) }];

  it.each([0, 65_000_000])('reads the rows of the plan: %s', (rows) => {
    const answer = explained([{ Plan: { 'Node Type': 'Seq Scan', 'Plan Rows': rows } }]);

    expect(postgresql.readEstimate(answer)).toBe(rows);
  });

  it.each([
    ['no list', {}, 'have a "Plan"'],
    ['nothing', null, 'have a "Plan"'],
    ['no plan', [], 'have a "Plan"'],
    ['a plan that is nothing', [null], 'have a "Plan"'],
    ['an empty plan', [{}], 'have a "Plan"'],
    ['a plan without rows', [{ Plan: {} }], 'tell its "Plan Rows"'],
    ['rows that are text', [{ Plan: { 'Plan Rows': '7' } }], 'tell its "Plan Rows"'],
  ])('refuses an answer of another shape: %s', (_name, plan, demand) => {
    expect(() => postgresql.readEstimate(explained(plan))).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: `unexpected answer: the plan must ${demand}`,
      }),
    );
  });

  it('refuses a plan that is no JSON', () => {
    expect(() => postgresql.readEstimate([{ 'QUERY PLAN': 'Seq Scan (rows=7)' }])).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: 'unexpected answer: the plan must be JSON',
      }),
    );
  });

  it('refuses more than one row', () => {
    const answer = [...explained([]), ...explained([])];

    expect(() => postgresql.readEstimate(answer)).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: 'unexpected answer: must be one row, got 2',
      }),
    );
  });
});

describe('expiryRanges', () => {
  it('asks for both ends of each table by its place in the list', () => {
    const end = (order: string, table: string) =>
      `(SELECT expire_date FROM ONLY ${table} WHERE expire_date IS NOT NULL ORDER BY expire_date ${order} LIMIT 1)`;
    const row = (at: number, table: string) =>
      `SELECT ${at} AS at, ${end('ASC', table)} AS oldest, ${end('DESC', table)} AS newest`;

    expect(postgresql.expiryRanges([PUBLIC, HOSTILE])).toEqual({
      sql: `SELECT at, ${asText('oldest')} AS oldest, ${asText('newest')} AS newest FROM (${row(0, '"public"."django_session"')} UNION ALL ${row(1, HOSTILE_QUOTED)}) AS ranges`,
      parameters: {},
      mode: 'ask',
    });
  });
});

describe('the advice', () => {
  it('grants the least that the purge needs', () => {
    expect(postgresql.grant(PUBLIC, 'purger')).toBe(
      'GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON public.django_session TO purger',
    );
  });

  it('creates an index without stopping the application', () => {
    expect(postgresql.createIndex(PUBLIC)).toBe(
      'CREATE INDEX CONCURRENTLY ON public.django_session (expire_date)',
    );
    expect(postgresql.createIndex(PUBLIC, ['a, b', 'c'])).toBe(
      'DROP INDEX CONCURRENTLY public."a, b"; DROP INDEX CONCURRENTLY public.c; CREATE INDEX CONCURRENTLY ON public.django_session (expire_date)',
    );
  });

  it('quotes what it names', () => {
    expect(postgresql.grant(HOSTILE, 'x"; --')).toMatch(
      / ON "a""b"\."c""; DROP TABLE users; --" TO "x""; --"$/,
    );
    expect(postgresql.createIndex(HOSTILE)).toContain(` ON ${HOSTILE_QUOTED} (expire_date)`);
  });
});
