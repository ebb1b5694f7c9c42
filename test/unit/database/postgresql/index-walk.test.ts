import type { Row } from '../../../../lambda/data-api/rows';
import type { Statement } from '../../../../lambda/data-api/statement';
import { indexWalk } from '../../../../lambda/database/postgresql/index-walk';
import type { Batch, Position } from '../../../../lambda/purge/port';
import { firstOf, hold } from '../../../support/conversation';
import { AT, BATCH, CUTOFF_TEXT, flat, PUBLIC, UNINDEXABLE } from './setup';

const from = (given: Partial<Position>): Batch => ({ ...BATCH, from: { ...BATCH.from, ...given } });

const deleteBatch = (batch = BATCH): Statement => firstOf(indexWalk.batch(PUBLIC, batch));

describe('the start of the walk', () => {
  it('is the oldest session, as the database writes its time', () => {
    expect(indexWalk.start(AT)).toEqual({ walk: 'index', at: AT });
  });

  it('is before every session when the oldest one is not known', () => {
    expect(indexWalk.start(null)).toEqual({ walk: 'index', at: '-infinity' });
  });
});

describe('the delete of a batch', () => {
  it('passes the cutoff and the position as text with an explicit type', () => {
    const { sql, parameters } = deleteBatch();

    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z', at: AT });
    expect(new Set(sql.match(/\S*:[a-z]\w*[^,\s]*( AS timestamptz\))?/g))).toEqual(
      new Set(['CAST(:at AS timestamptz)', CUTOFF_TEXT]),
    );
  });

  it('takes rows from the position, included, to the cutoff, excluded', () => {
    const bounds = flat(deleteBatch().sql).match(/expire_date [<>]=? CAST\(:\w+/g) ?? [];

    expect(new Set(bounds)).toEqual(
      new Set(['expire_date >= CAST(:at', 'expire_date < CAST(:cutoff']),
    );
  });

  it('takes the oldest rows up to the limit, and skips locked ones', () => {
    const taking =
      /WITH taken AS MATERIALIZED \( SELECT ctid, expire_date FROM .* ORDER BY expire_date LIMIT 1500 FOR UPDATE SKIP LOCKED \)/;

    expect(flat(deleteBatch().sql)).toMatch(taking);
  });

  it('looks for the rows along the index', () => {
    const [taking = ''] = flat(deleteBatch().sql).split('DELETE');

    expect(taking).toContain(
      `WHERE expire_date >= CAST(:at AS timestamptz) AND expire_date < ${CUTOFF_TEXT} ORDER BY`,
    );
  });

  it('tests the expiry again in the DELETE itself, in a form that no index serves', () => {
    expect(flat(deleteBatch().sql)).toContain(
      `DELETE FROM ONLY "public"."django_session" WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${UNINDEXABLE} RETURNING`,
    );
  });

  it('names the columns that its reader reads', () => {
    const [, result = ''] = flat(deleteBatch().sql).split('RETURNING expire_date )');

    expect(result.match(/(?<= AS )(?!text)\w+(?=,| FROM taken$)/g)).toEqual([
      'deleted',
      'found',
      'held',
      'kept',
      'last',
    ]);
  });
});

describe('a batch', () => {
  const DELETED: Row = {
    ...{ deleted: 1500, found: 1500, kept: 0, held: 0 },
    last: '2026-11-21T00:00:09+00:00',
  };
  const hear = (given: Row, batch = BATCH) => hold(indexWalk.batch(PUBLIC, batch), [[given]]);

  it('takes one statement, which may not be repeated', () => {
    const { statements } = hear(DELETED);

    expect(statements).toHaveLength(1);
    expect(statements[0]?.mode).toBe('delete');
    expect(statements[0]).not.toHaveProperty('goesOnAfter');
  });

  it('reads its row', () => {
    expect(hear(DELETED).result).toEqual({
      rows: 1500,
      next: { walk: 'index', at: DELETED.last },
      reached: DELETED.last,
      ...{ kept: 0, held: 0, tied: 0 },
      shareLeft: 0,
    });
  });

  it.each<[string, Row, object]>([
    ['is the last when it took fewer rows than its limit', { found: 1499 }, { next: null }],
    [
      'is not the last when it took its limit, although some rows were renewed meanwhile',
      { deleted: 1498 },
      { rows: 1498, next: { walk: 'index', at: DELETED.last } },
    ],
    [
      'is the last when it took none, and cannot tell what others hold locked',
      { found: 0, deleted: 0, last: null },
      { rows: 0, next: null, reached: null, held: 0 },
    ],
  ])('%s', (_promise, given, expected) => {
    expect(hear({ ...DELETED, ...given }).result).toMatchObject(expected);
  });

  it.each<[string, Row[], string]>([
    ['no row', [], 'must be one row, got 0'],
    ['two rows', [DELETED, DELETED], 'must be one row, got 2'],
    ['no count', [{ ...DELETED, deleted: null }], 'column "deleted" must be a count, got null'],
    [
      'a count below 0',
      [{ ...DELETED, deleted: -1 }],
      'column "deleted" must be a count, got number',
    ],
    [
      'no count of what was found',
      [{ ...DELETED, found: '9' }],
      'column "found" must be a count, got string',
    ],
    ['no position', [{ ...DELETED, last: 7 }], 'column "last" must be text, got number'],
  ])('refuses an answer with %s', (_name, rows, problem) => {
    expect(() => hold(indexWalk.batch(PUBLIC, BATCH), [rows])).toThrow(
      expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` }),
    );
  });
});

describe('a batch behind a row that was passed', () => {
  it('takes the rows of that instant that come after it in storage, and all later ones', () => {
    const { sql, parameters } = deleteBatch(from({ after: '(7,12)' }));

    expect(flat(sql)).toContain(
      `expire_date < ${CUTOFF_TEXT} AND (expire_date > CAST(:at AS timestamptz) OR ctid > CAST(:after AS tid)) ORDER BY expire_date LIMIT 1500 FOR UPDATE`,
    );
    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z', at: AT, after: '(7,12)' });
  });

  it('stays behind it until it gets to a later instant', () => {
    const batch = from({ after: '(7,12)' });
    const hear = (last: string) =>
      hold(indexWalk.batch(PUBLIC, batch), [
        [{ deleted: 1500, found: 1500, kept: 0, held: 0, last }],
      ]).result?.next;

    expect(hear(AT)).toEqual(batch.from);
    expect(hear('2026-11-21T00:00:09+00:00')).toEqual({
      walk: 'index',
      at: '2026-11-21T00:00:09+00:00',
    });
  });
});

describe('a part of a batch', () => {
  const part = (skip: number) => flat(deleteBatch({ ...BATCH, skip }).sql);

  it('leaves the first rows alone, in an order that tells rows of one instant apart', () => {
    expect(part(7)).toContain('ORDER BY expire_date, ctid LIMIT 1500 OFFSET 7 )');
    expect(part(0)).toContain('ORDER BY expire_date, ctid LIMIT 1500 )');
  });

  it('takes its places without locks, and then locks those rows and no others', () => {
    expect(part(7)).toContain(
      `), taken AS MATERIALIZED ( SELECT ctid, expire_date FROM ONLY "public"."django_session" WHERE ctid = ANY (ARRAY (SELECT ctid FROM places)) AND ${UNINDEXABLE} FOR UPDATE SKIP LOCKED )`,
    );
    expect(part(7)).toMatch(/ FROM places$/);
  });

  it('tells how many of its rows others hold, and is not the end of the walk for them', () => {
    const answer = { deleted: 3, found: 1500, kept: 0, held: 1497, last: AT };
    const { result } = hold(indexWalk.batch(PUBLIC, { ...BATCH, skip: 0 }), [[answer]]);

    expect(result).toMatchObject({ rows: 3, held: 1497, next: BATCH.from });
  });
});

describe('rows that the database keeps without a word', () => {
  it('are told', () => {
    const last = '2026-11-21T00:00:09+00:00';
    const answer = { deleted: 1497, found: 1500, kept: 3, held: 0, last };
    const { statements, result } = hold(indexWalk.batch(PUBLIC, BATCH), [[answer]]);

    expect(statements).toHaveLength(1);
    expect(result).toMatchObject({ rows: 1497, kept: 3, next: { walk: 'index', at: last } });
  });

  it('are counted as the statement first saw them, and only if some did not go', () => {
    expect(flat(deleteBatch().sql)).toContain(
      `CASE WHEN (SELECT pg_catalog.count(*) FROM taken) = (SELECT pg_catalog.count(*) FROM deleted) THEN 0 ELSE (SELECT pg_catalog.count(*) FROM ONLY "public"."django_session" WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${UNINDEXABLE}) - (SELECT pg_catalog.count(*) FROM deleted) END AS kept`,
    );
  });
});

describe('the way past rows', () => {
  const passOver = (...rows: Row[]) => hold(indexWalk.passOver(PUBLIC, BATCH), [rows]);

  it('takes one statement that only reads, in an order that tells rows of one instant apart', () => {
    const [statement, ...others] = passOver({ passed: 0 }).statements;

    expect(others).toEqual([]);
    expect(statement?.mode).toBe('read');
    expect(flat(statement?.sql ?? '')).toMatch(/ ORDER BY expire_date, ctid LIMIT 1500 \) SELECT /);
    expect(statement?.sql).not.toMatch(/FOR UPDATE/);
  });

  it('ends behind the last of them', () => {
    const { result } = passOver({ passed: 9, since: AT, at: 'later', after: '(3,4)' });

    expect(result).toEqual({
      rows: 9,
      since: AT,
      next: { walk: 'index', at: 'later', after: '(3,4)' },
    });
  });

  it('ends where there is no row', () => {
    expect(passOver({ passed: 0, since: null, at: null, after: null }).result).toEqual({
      rows: 0,
      since: null,
      next: null,
    });
  });
});
