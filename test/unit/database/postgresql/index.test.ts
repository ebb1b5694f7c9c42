import type { Row } from '../../../../lambda/data-api/rows';
import type { Statement, Stretch } from '../../../../lambda/database/dialect';
import { postgresql } from '../../../../lambda/database/postgresql';

const CUTOFF = new Date('2026-11-22T02:17:00.123Z');
const PUBLIC = { schema: 'public', table: 'django_session' };
/** Names that a catalog may hold, though no setting can: each would end its quotes or the statement. */
const HOSTILE = { schema: 'a"b', table: 'c"; DROP TABLE users; --' };
const HOSTILE_QUOTED = '"a""b"."c""; DROP TABLE users; --"';

/** On one line, so that a line break is no part of a promise. */
const flat = (sql: string) => sql.replaceAll(/\s+/g, ' ');

const AT = '2026-11-21T00:00:01.500001+00:00';
const STRETCH: Stretch = { cutoff: CUTOFF, at: AT, limit: 1500, avoid: [] };

function deleteBatch(table = PUBLIC, given: Partial<Stretch> = {}): Statement {
  return postgresql.batches.delete(table, { ...STRETCH, ...given });
}

/** From the 18th row of the 8th of 100 blocks with 30 rows each. */
const STORED: Stretch = { ...STRETCH, at: position('(7,18)') };
const STORED_CAREFULLY: Stretch = { ...STRETCH, at: careful('(7,18)') };

type Heap = Partial<Record<'blocks' | 'rowsPerBlock', number>>;

function position(after: string, given: Heap = {}, isCareful = false): string {
  return JSON.stringify({ after, blocks: 100, rowsPerBlock: 30, ...given, careful: isCareful });
}

function careful(after: string, given: Heap = {}): string {
  return position(after, given, true);
}

const CUTOFF_TEXT = 'CAST(:cutoff AS timestamptz)';
/** What no index serves. */
const UNINDEXABLE = `CASE WHEN expire_date < (SELECT ${CUTOFF_TEXT}) THEN true ELSE false END`;

describe('the delete of a batch', () => {
  it('passes the cutoff and the position as text with an explicit type', () => {
    const { sql, parameters } = deleteBatch();

    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z', at: AT });
    expect(new Set(sql.match(/\S*:[a-z]\w*[^,\s]*( AS timestamptz\))?/g))).toEqual(
      new Set(['CAST(:at AS timestamptz)', CUTOFF_TEXT]),
    );
  });

  it('takes from the position on, itself included, to the cutoff, itself excluded', () => {
    const bounds = flat(deleteBatch().sql).match(/expire_date [<>]=? CAST\(:\w+/g) ?? [];

    expect(new Set(bounds)).toEqual(
      new Set(['expire_date >= CAST(:at', 'expire_date < CAST(:cutoff']),
    );
  });

  it('takes the oldest, at most the limit, past rows that are locked', () => {
    const taking =
      /WITH taken AS MATERIALIZED \( SELECT ctid, expire_date FROM .* ORDER BY expire_date LIMIT 1500 FOR UPDATE SKIP LOCKED \)/;

    expect(flat(deleteBatch().sql)).toMatch(taking);
  });

  it('looks for what to take along the index', () => {
    const [taking = ''] = flat(deleteBatch().sql).split('DELETE');

    expect(taking).toContain(
      `WHERE expire_date >= CAST(:at AS timestamptz) AND expire_date < ${CUTOFF_TEXT} ORDER BY`,
    );
  });

  it('tests the expiry again in the DELETE itself, where no index tempts the planner', () => {
    expect(flat(deleteBatch().sql)).toContain(
      `DELETE FROM ONLY "public"."django_session" WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${UNINDEXABLE} RETURNING`,
    );
  });

  it('names the columns that its reader reads', () => {
    const [, result = ''] = flat(deleteBatch().sql).split('RETURNING expire_date )');

    expect(result.match(/(?<= AS )(?!text)\w+(?=,| FROM taken)/g)).toEqual([
      'deleted',
      'taken',
      'next',
    ]);
  });
});

describe.each<[string, (stretch: Partial<Stretch>) => Statement]>([
  ['the delete of a batch', (given) => deleteBatch(PUBLIC, given)],
  ['the look at a row that may not go', (given) => stuckRow(PUBLIC, given)],
])('%s', (_name, make) => {
  it('leaves the rows that are avoided where they are, by one parameter', () => {
    const { sql, parameters } = make({ avoid: ['(0,1)', '(77,12)'] });

    expect(flat(sql)).toContain(
      `expire_date < ${CUTOFF_TEXT} AND ctid <> ALL (CAST(:avoid AS tid[])) ORDER BY`,
    );
    expect(parameters).toEqual({
      cutoff: '2026-11-22T02:17:00.123Z',
      at: AT,
      avoid: '{"(0,1)","(77,12)"}',
    });
  });

  it('asks after none where there are none', () => {
    const { sql, parameters } = make({ avoid: [] });

    expect(sql).not.toContain('avoid');
    expect(parameters).not.toHaveProperty('avoid');
  });
});

function stuckRow(table = PUBLIC, given: Partial<Stretch> = {}): Statement {
  return postgresql.stuckRow(table, { ...STRETCH, ...given });
}

describe('the look at a row that may not go', () => {
  it('finds the row that a batch of one would take: the oldest that nobody holds', () => {
    expect(flat(stuckRow().sql)).toMatch(
      /FROM ONLY "public"."django_session" WHERE expire_date >= CAST\(:at AS timestamptz\) AND .* ORDER BY expire_date LIMIT 1 FOR UPDATE SKIP LOCKED$/,
    );
  });

  it('tells its time and its place, and nothing of its session', () => {
    expect(flat(stuckRow().sql)).toMatch(
      /^SELECT json_build_array\(expire_date\) ->> 0 AS stuck, CAST\(ctid AS text\) AS "row", json_build_array\(expire_date\) ->> 0 AS next FROM /,
    );
  });
});

describe('the delete of a stretch of the heap', () => {
  const { storage } = postgresql;
  const parametersOf = (at: string, limit = 1500) =>
    storage.delete(PUBLIC, { ...STORED, at, limit }).parameters;

  it('starts after the last row seen, and ends after as many blocks as hold nine tenths of the limit', () => {
    expect(parametersOf(position('(7,18)'))).toEqual({
      cutoff: '2026-11-22T02:17:00.123Z',
      after: '(7,18)',
      end: '(52,0)',
    });
  });

  it.each<[string, string, number, string]>([
    ['starts before the first row', position('(0,0)'), 1500, '(45,0)'],
    ['reaches beyond the last block', position('(99,3)'), 1500, '(144,0)'],
    ['has one block at least', position('(7,18)'), 1, '(8,0)'],
    [
      'has one block where one holds many times the limit',
      position('(7,18)', { rowsPerBlock: 1e6 }),
      5000,
      '(8,0)',
    ],
    [
      'has a block for each row where they are sparse',
      position('(7,18)', { rowsPerBlock: 0.01 }),
      1500,
      '(1357,0)',
    ],
    [
      'has a block for each row where the sample had none',
      position('(7,18)', { rowsPerBlock: 0 }),
      1500,
      '(1357,0)',
    ],
    [
      'has as many whole blocks as hold no more',
      position('(7,18)', { rowsPerBlock: 21.13 }),
      1500,
      '(70,0)',
    ],
  ])('%s', (_promise, at, limit, end) => {
    expect(parametersOf(at, limit).end).toBe(end);
  });

  it('has the same range whether it is quick or careful', () => {
    const [quick, slow] = [STORED, STORED_CAREFULLY].map((of) => storage.delete(PUBLIC, of));

    expect(slow?.parameters).toEqual(quick?.parameters);
    expect(slow?.sql).not.toBe(quick?.sql);
  });

  it('is careful from the same place on, once it is told to', () => {
    expect(storage.carefully(STORED.at)).toBe(STORED_CAREFULLY.at);
    expect(storage.carefully(STORED_CAREFULLY.at)).toBe(STORED_CAREFULLY.at);
  });
});

describe('the quick delete of a stretch of the heap', () => {
  const { sql, endsAtLocks } = postgresql.storage.delete(PUBLIC, STORED);
  const RANGE = 'ctid > CAST(:after AS tid) AND ctid < CAST(:end AS tid)';
  const TABLE = 'FROM ONLY "public"."django_session"';

  it('is one pass over a range of ctids, which tests the expiry of each row', () => {
    expect(flat(sql)).toMatch(/^DELETE FROM ONLY /);
    expect(flat(sql)).toContain(`DELETE ${TABLE} WHERE ${RANGE} AND ${UNINDEXABLE} AND (`);
  });

  it('deletes nothing where the range has more rows than the limit, live ones counted', () => {
    expect(flat(sql)).toContain(` AND (SELECT count(*) ${TABLE} WHERE ${RANGE}) <= 1500 `);
  });

  it('waits a millisecond for a lock, in its own transaction alone, and says that it ends there', () => {
    expect(flat(sql)).toMatch(
      / AND \(SELECT set_config\('lock_timeout', '1', true\)\) IS NOT NULL$/,
    );
    expect(endsAtLocks).toBe(true);
  });

  it('asks for no row locks, and for no word on any row', () => {
    expect(sql).not.toMatch(/FOR UPDATE|SKIP LOCKED|RETURNING|LIMIT/);
  });

  it('knows the time in a form that no index serves alone, lest a walk along it is planned', () => {
    expect(flat(sql).replaceAll(UNINDEXABLE, '')).not.toMatch(/expire_date|ORDER BY/);
  });
});

describe('the careful delete of a stretch of the heap', () => {
  const { storage } = postgresql;

  it('takes a range of ctids, at most the limit of what expired in it, past rows that are locked', () => {
    const { sql } = storage.delete(PUBLIC, STORED_CAREFULLY);

    expect(flat(sql)).toContain(
      `WITH taken AS MATERIALIZED ( SELECT ctid FROM ONLY "public"."django_session" WHERE ctid > CAST(:after AS tid) AND ctid < CAST(:end AS tid) AND ${UNINDEXABLE} LIMIT 1500 FOR UPDATE SKIP LOCKED )`,
    );
  });

  it('tests the expiry again in the DELETE itself', () => {
    expect(flat(storage.delete(PUBLIC, STORED_CAREFULLY).sql)).toContain(
      `DELETE FROM ONLY "public"."django_session" WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${UNINDEXABLE} RETURNING`,
    );
  });

  it('knows the time in a form that no index serves alone, lest a walk along it is planned', () => {
    const { sql } = storage.delete(PUBLIC, STORED_CAREFULLY);

    expect(flat(sql).replaceAll(UNINDEXABLE, '')).not.toMatch(/expire_date <|ORDER BY/);
  });

  it('counts what had expired as far as it took any, or in all of its range', () => {
    expect(flat(storage.delete(PUBLIC, STORED_CAREFULLY).sql)).toContain(
      `AND ${UNINDEXABLE} AND ( (SELECT count(*) FROM taken) < 1500 OR ctid <= (SELECT max(ctid) FROM taken))) AS expired FROM taken`,
    );
  });

  it('names the columns that its reader reads', () => {
    const [, result = ''] = flat(storage.delete(PUBLIC, STORED_CAREFULLY).sql).split('RETURNING');

    expect(result.match(/(?<= AS )(?!text|tid\b|timestamptz)\w+/g)).toEqual([
      'deleted',
      'taken',
      'last',
      'expired',
    ]);
  });

  it('passes over locks, so that none ends it', () => {
    const statement = storage.delete(PUBLIC, STORED_CAREFULLY);

    expect(statement).not.toHaveProperty('endsAtLocks');
    expect(statement.sql).not.toContain('lock_timeout');
  });
});

describe('a careful step along the heap', () => {
  const { readStep } = postgresql.storage;
  const row = (given: Row = {}): Row => ({
    deleted: 40,
    taken: 40,
    last: '(50,2)',
    expired: 40,
    ...given,
  });
  const full = { deleted: 1500, taken: 1500, last: '(12,5)', expired: 1500 };
  const step = (given: Row, at = STORED_CAREFULLY.at) =>
    readStep({ ...STRETCH, at }, [row(given)], 999);

  it('goes on at the end of its range where that held fewer than the limit, quickly again', () => {
    expect(step({})).toEqual({
      rows: 40,
      leftBehind: false,
      ahead: 1 - 52 / 100,
      next: position('(52,0)'),
    });
  });

  it('goes on after the last row taken where the limit was hit inside the range, which blocks are fuller than', () => {
    expect(step(full)).toEqual({
      rows: 1500,
      leftBehind: false,
      ahead: 1 - 12 / 100,
      next: position('(12,5)', { rowsPerBlock: 1500 / 6 }),
    });
  });

  it('never reckons with emptier blocks for having been cut', () => {
    const at = careful('(7,18)', { rowsPerBlock: 300 });

    expect(step(full, at).next).toBe(position('(12,5)', { rowsPerBlock: 300 }));
  });

  it('goes on within one block, should that hold more than the limit', () => {
    const dense = careful('(7,18)', { rowsPerBlock: 1e6 });

    expect(step({ ...full, last: '(7,1518)' }, dense).next).toBe(
      position('(7,1518)', { rowsPerBlock: 1e6 }),
    );
  });

  it('counts what was deleted, not what was taken', () => {
    expect(step({ ...full, deleted: 1498 })).toMatchObject({
      rows: 1498,
      next: position('(12,5)', { rowsPerBlock: 250 }),
    });
  });

  it('tells of expired rows that it did not get, whatever it deleted', () => {
    expect(step({ expired: 41 })).toMatchObject({ leftBehind: true });
    expect(step({ deleted: 39 })).toMatchObject({ leftBehind: false });
    expect(step({ deleted: 0, taken: 0, last: null, expired: 1 })).toMatchObject({
      leftBehind: true,
    });
  });

  it.each<[string, Row]>([
    ['nothing had expired', { deleted: 0, taken: 0, last: null, expired: 0 }],
    ['all was renewed meanwhile', { deleted: 0 }],
    ['others held all that had expired', { deleted: 0, taken: 0, last: null, expired: 5 }],
  ])('passes a range in which %s, and stays careful', (_what, given) => {
    expect(step(given)).toMatchObject({ rows: 0, next: careful('(52,0)') });
  });

  it('stays careful after the last row taken, too, where it deleted none of those', () => {
    expect(step({ ...full, deleted: 0 }).next).toBe(careful('(12,5)', { rowsPerBlock: 250 }));
  });

  it.each<[string, string, Row, string | null]>([
    ['ends with the last block', careful('(55,0)'), {}, null],
    ['ends beyond the last block', careful('(99,7)'), {}, null],
    ['goes on with the last block still ahead', careful('(54,0)'), {}, position('(99,0)')],
    [
      'goes on inside the last block',
      careful('(98,0)'),
      { ...full, last: '(99,4)' },
      position('(99,4)', { rowsPerBlock: 750 }),
    ],
    [
      'ends in a block that was appended since',
      careful('(98,0)'),
      { ...full, last: '(100,1)' },
      null,
    ],
    [
      'ends at once in a table without blocks',
      careful('(0,0)', { blocks: 0 }),
      { deleted: 0, taken: 0, last: null, expired: 0 },
      null,
    ],
  ])('%s', (_promise, at, given, next) => {
    expect(step(given, at).next).toBe(next);
  });

  it('has nothing ahead at the end, however far the last range reached', () => {
    expect(step({}, careful('(99,7)')).ahead).toBe(0);
    expect(step({}, careful('(0,0)', { blocks: 0 })).ahead).toBe(0);
  });

  it.each<[string, Row, string]>([
    ['no count', { deleted: null }, 'column "deleted" must be a count, got null'],
    ['text for a count', { taken: '40' }, 'column "taken" must be a count, got string'],
    ['no count of the expired', { expired: -1 }, 'column "expired" must be a count, got number'],
    ['a number for a place', { last: 50 }, 'column "last" must be text, got number'],
    ['a place that is none', { ...full, last: 'soon' }, '"last" must be a ctid'],
  ])('refuses an answer with %s', (_name, given, problem) => {
    expect(() => step(given)).toThrow(
      expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` }),
    );
  });

  it.each([0, 2])('refuses an answer of %s rows', (rows) => {
    expect(() =>
      readStep(
        STORED_CAREFULLY,
        Array.from({ length: rows }, () => row()),
        0,
      ),
    ).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: `unexpected answer: must be one row, got ${rows}`,
      }),
    );
  });
});

describe('a quick step along the heap', () => {
  const { readStep } = postgresql.storage;
  const step = (rowsChanged: number, at = STORED.at) =>
    readStep({ ...STRETCH, at }, [], rowsChanged);

  it.each([1, 999, 1500])('has passed its range where it deleted any: %s', (rowsChanged) => {
    expect(step(rowsChanged)).toEqual({
      rows: rowsChanged,
      leftBehind: false,
      ahead: 1 - 52 / 100,
      next: position('(52,0)'),
    });
  });

  it('has not moved where it deleted none, and looks at the same range carefully', () => {
    expect(step(0)).toEqual({
      rows: 0,
      leftBehind: false,
      ahead: 1 - 7 / 100,
      next: careful('(7,18)'),
    });
  });

  it('reads no row of the answer', () => {
    expect(readStep(STORED, [{ deleted: 7 }, {}], 5)).toMatchObject({ rows: 5 });
  });

  it.each<[string, string, number, string | null]>([
    ['ends with the last block', position('(55,0)'), 5, null],
    ['goes on with the last block still ahead', position('(54,0)'), 5, position('(99,0)')],
    ['looks again at the last block', position('(99,7)'), 0, careful('(99,7)')],
    ['ends at once in a table without blocks', position('(0,0)', { blocks: 0 }), 0, null],
  ])('%s', (_promise, at, rowsChanged, next) => {
    expect(step(rowsChanged, at).next).toBe(next);
  });
});

describe('the sample of the heap', () => {
  const { estimate, readEstimate } = postgresql.storage;

  it('asks for about a hundred blocks, and what expired in them', () => {
    const { sql, parameters } = estimate(PUBLIC, CUTOFF);

    expect(flat(sql)).toContain(
      `count(*) FILTER (WHERE expire_date < ${CUTOFF_TEXT}) AS expired FROM ONLY "public"."django_session" TABLESAMPLE SYSTEM ((`,
    );
    expect(flat(sql)).toContain('least(100, CAST(100.0 * 100 / greatest(1, blocks) AS float4))');
    expect(parameters).toEqual({
      cutoff: '2026-11-22T02:17:00.123Z',
      name: '"public"."django_session"',
    });
  });

  it('asks for the size of the table by its quoted name', () => {
    expect(flat(estimate(PUBLIC, CUTOFF).sql)).toContain(
      'pg_relation_size(CAST(:name AS regclass))',
    );
    expect(estimate(HOSTILE, CUTOFF).parameters.name).toBe(HOSTILE_QUOTED);
  });

  it.each<[string, Row, string | null, string]>([
    [
      'starts at the first block where two rows of each have expired',
      { blocks: 5000, sampled: 2000, expired: 200 },
      position('(0,0)', { blocks: 5000, rowsPerBlock: 20 }),
      'a sample of 100 of 5000 blocks has 2.0 expired rows a block',
    ],
    [
      'is not worth it below that',
      { blocks: 5000, sampled: 2000, expired: 199 },
      null,
      'a sample of 100 of 5000 blocks has 2.0 expired rows a block',
    ],
    [
      'reckons with all blocks where there are fewer than a sample has',
      { blocks: 4, sampled: 80, expired: 60 },
      position('(0,0)', { blocks: 4, rowsPerBlock: 20 }),
      'a sample of 4 of 4 blocks has 15.0 expired rows a block',
    ],
    [
      'is not worth it where the sample met no row',
      { blocks: 5000, sampled: 0, expired: 0 },
      null,
      'a sample of 100 of 5000 blocks has 0.0 expired rows a block',
    ],
    [
      'is not worth it in a table without blocks',
      { blocks: 0, sampled: 0, expired: 0 },
      null,
      'a sample of 1 of 0 blocks has 0.0 expired rows a block',
    ],
  ])('%s', (_promise, row, start, reason) => {
    expect(readEstimate(row)).toEqual({ reason, start });
  });

  it.each(['blocks', 'sampled', 'expired'])('is refused without its count of %s', (column) => {
    const row = { blocks: 4, sampled: 80, expired: 60, [column]: null };

    expect(() => readEstimate(row)).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: `unexpected answer: column "${column}" must be a count, got null`,
      }),
    );
  });
});

describe('every statement on a table', () => {
  const statements = (table: typeof PUBLIC): [string, string][] => [
    ['delete', deleteBatch(table).sql],
    ['stuckRow', stuckRow(table).sql],
    ['delete stored', postgresql.storage.delete(table, STORED).sql],
    ['delete stored carefully', postgresql.storage.delete(table, STORED_CAREFULLY).sql],
    ['countExpired', postgresql.countExpired(table, CUTOFF, 10).sql],
    ['oldestExpired', postgresql.oldestExpired(table, CUTOFF).sql],
    ['explainExpired', postgresql.explainExpired(table, CUTOFF).sql],
  ];

  it('begins and ends without a blank, as does the one that inspects', () => {
    const all = [...statements(PUBLIC).map(([, sql]) => sql), postgresql.inspect([], true).sql];

    expect(all).toEqual(all.map((sql) => sql.trim()));
  });

  it.each(statements(HOSTILE))('quotes whatever name a catalog holds: %s', (_name, sql) => {
    const named = [...flat(sql).matchAll(/FROM (?!\(|taken|deleted)(?:ONLY )?(.*?) WHERE/g)].map(
      ([, name]) => name,
    );

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
    expect(sql).toMatch(/expire_date < (\(SELECT )?CAST\(:cutoff AS timestamptz\)/);
    expect(sql).not.toMatch(/expire_date <=|BETWEEN|now\(\)|CURRENT_TIMESTAMP/i);
  });

  it.each(statements(PUBLIC))('means the table ONLY, and not its children: %s', (_name, sql) => {
    const read = flat(sql).match(/FROM (ONLY )?"/g);

    expect(new Set(read)).toEqual(new Set(['FROM ONLY "']));
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
    ['delete', 'max', 'next', deleteBatch().sql],
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
    ['no list', {}],
    ['nothing', null],
    ['no plan', []],
    ['a plan that is nothing', [null]],
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

describe('inspect', () => {
  const wanted = [
    { text: 'django_session', schema: null, table: 'django_session' },
    { text: '*.web', schema: '*', table: 'web' },
    { text: 'a.b', schema: 'a', table: 'b' },
  ];

  it('hands the names over as one parameter and none of them in its text', () => {
    const { sql, parameters } = postgresql.inspect(wanted, false);

    expect(JSON.parse(String(parameters.wanted))).toEqual([
      { at: 0, schema: null, table: 'django_session' },
      { at: 1, schema: '*', table: 'web' },
      { at: 2, schema: 'a', table: 'b' },
    ]);
    expect(sql).toBe(postgresql.inspect([], false).sql);
  });

  it('names the columns that its reader reads', () => {
    const { sql } = postgresql.inspect(wanted, true);

    for (const column of ['wanted', 'now', '"user"', 'database', 'schema', '"table"', 'kind']) {
      expect(sql).toContain(` AS ${column}`);
    }
    for (const column of [
      'expireDateType',
      'isExpireDateTime',
      'hasSessionKey',
      'isKeyedBySession',
      'hasExpireDateIndex',
      'hasStorageOrder',
      'missingRights',
    ]) {
      expect(sql).toContain(` AS "${column}"`);
    }
  });

  it('tells the time of the statement itself, not of a transaction around it', () => {
    expect(flat(postgresql.inspect(wanted, true).sql)).toContain(
      'json_build_array(clock_timestamp()) ->> 0 AS now',
    );
  });

  it('asks after each right that the grant gives, by the name under which it is told', () => {
    const { sql } = postgresql.inspect(wanted, true);

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

  it('reads the catalogs alone where it does not ask for ends', () => {
    const { sql } = postgresql.inspect(wanted, false);

    const read = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(?!LATERAL)([a-z_]+)/gi)].map(([, of]) => of);

    expect(new Set(read)).toEqual(
      new Set(['json_to_recordset', 'pg_index', 'pg_class', 'pg_namespace', 'pg_attribute']),
    );
  });

  it('asks for the ends of each table that is wanted by its one name', () => {
    const { sql } = postgresql.inspect(wanted, true);
    const end = (table: string, order: string) =>
      `(SELECT json_build_array(expire_date) ->> 0 FROM ONLY ${table} ORDER BY expire_date ${order} LIMIT 1)`;

    for (const [order, column] of [
      ['ASC', 'oldest'],
      ['DESC', 'newest'],
    ] as const) {
      expect(flat(sql)).toContain(
        `CASE wanted.at WHEN 0 THEN ${end('"django_session"', order)} WHEN 2 THEN ${end('"a"."b"', order)} END AS ${column}`,
      );
    }
  });

  it('asks for no ends where every schema is looked through', () => {
    expect(postgresql.inspect(wanted.slice(1, 2), true).sql).toBe(
      postgresql.inspect([], false).sql,
    );
  });
});

describe('ends', () => {
  it('asks for both ends of each table by its place in the list', () => {
    const end = (order: string, table: string) =>
      `(SELECT json_build_array(expire_date) ->> 0 FROM ONLY ${table} ORDER BY expire_date ${order} LIMIT 1)`;
    const row = (at: number, table: string) =>
      `SELECT ${at} AS at, ${end('ASC', table)} AS oldest, ${end('DESC', table)} AS newest`;

    expect(postgresql.ends([PUBLIC, HOSTILE])).toEqual({
      sql: `${row(0, '"public"."django_session"')} UNION ALL ${row(1, HOSTILE_QUOTED)}`,
      parameters: {},
    });
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
