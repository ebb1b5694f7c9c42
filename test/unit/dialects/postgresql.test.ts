import type { Statement } from '../../../lambda/dialects/dialect';
import { postgresql } from '../../../lambda/dialects/postgresql';
import type { Position } from '../../../lambda/session-port';

const CUTOFF = new Date('2026-11-22T02:17:00.123Z');
const PUBLIC = { schema: 'public', table: 'django_session' };
/** Names that a catalog may hold, though no setting can: each would end its quotes or the statement. */
const HOSTILE = { schema: 'a"b', table: 'c"; DROP TABLE users; --' };
const HOSTILE_QUOTED = '"a""b"."c""; DROP TABLE users; --"';

/** On one line, so that a line break is no part of a promise. */
const flat = (sql: string) => sql.replaceAll(/\s+/g, ' ');

function deleteFrom(from: string | null, table = PUBLIC): Statement {
  const { batches } = postgresql;
  if (batches.kind !== 'at-once') throw new Error('a batch takes two statements');
  return batches.delete(table, { cutoff: CUTOFF, from: from as Position | null, limit: 1500 });
}

describe('the delete of a batch', () => {
  it('passes the cutoff and the position as text with an explicit type', () => {
    const { sql, parameters } = deleteFrom('2026-11-21T00:00:01.500001+00:00');

    expect(parameters).toEqual({
      cutoff: '2026-11-22T02:17:00.123Z',
      from: '2026-11-21T00:00:01.500001+00:00',
    });
    expect(new Set(sql.match(/\S*:[a-z]\w*[^,\s]*( AS timestamptz\))?/g))).toEqual(
      new Set(['CAST(:from AS timestamptz)', 'CAST(:cutoff AS timestamptz)']),
    );
  });

  it('starts before every time where there is no position', () => {
    expect(deleteFrom(null).parameters.from).toBe('-infinity');
  });

  it('takes from the position on, itself included, to the cutoff, itself excluded', () => {
    const bounds = flat(deleteFrom(null).sql).match(/expire_date [<>]=? CAST\(:\w+/g) ?? [];

    expect(new Set(bounds)).toEqual(
      new Set(['expire_date >= CAST(:from', 'expire_date < CAST(:cutoff']),
    );
  });

  it('takes the oldest, at most the limit, past rows that are locked', () => {
    const taking =
      /WITH taken AS MATERIALIZED \( SELECT ctid, expire_date FROM .* ORDER BY expire_date LIMIT 1500 FOR UPDATE SKIP LOCKED \)/;

    expect(flat(deleteFrom(null).sql)).toMatch(taking);
  });

  it('tests the expiry again in the DELETE itself', () => {
    expect(flat(deleteFrom(null).sql)).toContain(
      'DELETE FROM ONLY "public"."django_session" WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND expire_date < CAST(:cutoff AS timestamptz) RETURNING',
    );
  });

  it('names the columns that its reader reads', () => {
    const [, result = ''] = flat(deleteFrom(null).sql).split('RETURNING expire_date )');

    expect(result.match(/(?<= AS )(?!text)\w+(?=,| FROM taken)/g)).toEqual([
      'deleted',
      'taken',
      'empty',
      'next',
    ]);
  });
});

describe('every statement on a table', () => {
  const statements = (table: typeof PUBLIC): [string, string][] => [
    ['delete', deleteFrom(null, table).sql],
    ['countExpired', postgresql.countExpired(table, CUTOFF, 10).sql],
    ['oldestExpired', postgresql.oldestExpired(table, CUTOFF).sql],
    ['explainExpired', postgresql.explainExpired(table, CUTOFF).sql],
  ];

  it('begins and ends without a blank, as does the one that inspects', () => {
    const all = [...statements(PUBLIC).map(([, sql]) => sql), postgresql.inspect([]).sql];

    expect(all).toEqual(all.map((sql) => sql.trim()));
  });

  it.each(statements(HOSTILE))('quotes whatever name a catalog holds: %s', (_name, sql) => {
    const named = [...flat(sql).matchAll(/FROM ONLY (.*?) WHERE/g)].map(([, name]) => name);

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

  it.each(statements(PUBLIC))('asks for what expired strictly before the cutoff: %s', (_n, sql) => {
    expect(sql).toContain('expire_date < CAST(:cutoff AS timestamptz)');
    expect(sql).not.toMatch(/<=|BETWEEN|now\(\)|CURRENT_TIMESTAMP/i);
  });
});

describe('countExpired', () => {
  it('stops at its cap, and takes the oldest up to there', () => {
    const { sql, parameters } = postgresql.countExpired(PUBLIC, CUTOFF, 100_001);

    expect(flat(sql)).toContain('ORDER BY expire_date LIMIT 100001) AS expired');
    expect(flat(sql)).toMatch(/^SELECT count\(\*\) AS expired, .* AS oldest FROM/);
    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z' });
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
    ['delete', 'max', 'next', deleteFrom(null).sql],
    ['countExpired', 'min', 'oldest', postgresql.countExpired(PUBLIC, CUTOFF, 1).sql],
    ['oldestExpired', 'min', 'oldest', postgresql.oldestExpired(PUBLIC, CUTOFF).sql],
  ])('come as JSON writes them, to the microsecond: %s', (_name, which, column, sql) => {
    expect(flat(sql)).toContain(`json_build_array(${which}(expire_date)) ->> 0 AS ${column} `);
    expect(sql).not.toMatch(/to_char|date_trunc|AT TIME ZONE/i);
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
  ])('reads a time %s', (_name, text, expected) => {
    expect(postgresql.toInstant(text).toISOString()).toBe(expected);
  });

  it.each(['', 'infinity', 'soon'])('reads no time from %j', (text) => {
    expect(postgresql.toInstant(text).getTime()).toBeNaN();
  });
});

describe('explainExpired', () => {
  it('explains the count and does not run it', () => {
    const { sql, parameters } = postgresql.explainExpired(PUBLIC, CUTOFF);

    expect(sql).toBe(
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
    ['no plan', []],
    ['an empty plan', [{}]],
    ['a plan without rows', [{ Plan: {} }]],
    ['rows that are text', [{ Plan: { 'Plan Rows': '7' } }]],
  ])('refuses an answer of another shape: %s', (_name, plan) => {
    expect(() => postgresql.readEstimate(explained(plan))).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: 'unexpected answer: the plan must tell its "Plan Rows"',
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

describe('inspect', () => {
  const wanted = [
    { text: 'django_session', schema: null, table: 'django_session' },
    { text: '*.web', schema: '*', table: 'web' },
    { text: 'a.b', schema: 'a', table: 'b' },
  ];

  it('hands the names over as one parameter and none of them in its text', () => {
    const { sql, parameters } = postgresql.inspect(wanted);

    expect(JSON.parse(String(parameters.wanted))).toEqual([
      { at: 0, schema: null, table: 'django_session' },
      { at: 1, schema: '*', table: 'web' },
      { at: 2, schema: 'a', table: 'b' },
    ]);
    expect(sql).toBe(postgresql.inspect([]).sql);
  });

  it('names the columns that its reader reads', () => {
    const { sql } = postgresql.inspect(wanted);

    for (const column of ['wanted', 'now', '"user"', 'database', 'schema', '"table"', 'kind']) {
      expect(sql).toContain(` AS ${column}`);
    }
    for (const column of [
      'expireDateType',
      'isExpireDateTime',
      'hasSessionKey',
      'isKeyedBySession',
      'hasExpireDateIndex',
      'missingRights',
    ]) {
      expect(sql).toContain(` AS "${column}"`);
    }
  });

  it('tells the time of the statement itself, not of a transaction around it', () => {
    expect(flat(postgresql.inspect(wanted).sql)).toContain(
      'json_build_array(clock_timestamp()) ->> 0 AS now',
    );
  });

  it('asks after each right that the grant gives, by the name under which it is told', () => {
    const { sql } = postgresql.inspect(wanted);

    const asked = [...sql.matchAll(/NOT has_\w+\(.*?, '(\w+)'\) THEN '((\w+).*?)' END/g)];
    expect(asked.map(([, , told]) => told)).toEqual([
      'USAGE on its schema',
      'SELECT (ctid)',
      'SELECT (expire_date)',
      'UPDATE (expire_date)',
      'DELETE',
    ]);
    for (const [, right, , told] of asked) expect(right).toBe(told);
  });

  it('reads the catalogs alone', () => {
    const { sql } = postgresql.inspect(wanted);

    const read = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(?!LATERAL)([a-z_]+)/g)].map(([, of]) => of);

    expect(new Set(read)).toEqual(
      new Set(['json_to_recordset', 'pg_index', 'pg_class', 'pg_namespace', 'pg_attribute']),
    );
  });
});

describe('the advice', () => {
  it('grants the least that the purge needs', () => {
    expect(postgresql.grant(PUBLIC, 'purger')).toBe(
      'GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON "public"."django_session" TO "purger"',
    );
  });

  it('creates an index without stopping the application', () => {
    expect(postgresql.createIndex(PUBLIC)).toBe(
      'CREATE INDEX CONCURRENTLY ON "public"."django_session" (expire_date)',
    );
  });

  it('quotes what it names', () => {
    expect(postgresql.grant(HOSTILE, 'x"; --')).toMatch(
      / ON "a""b"\."c""; DROP TABLE users; --" TO "x""; --"$/,
    );
    expect(postgresql.createIndex(HOSTILE)).toContain(` ON ${HOSTILE_QUOTED} (expire_date)`);
  });
});
