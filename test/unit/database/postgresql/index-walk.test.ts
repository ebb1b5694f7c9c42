import type { Row } from '../../../../lambda/data-api/rows';
import type { Statement } from '../../../../lambda/data-api/statement';
import { indexWalk } from '../../../../lambda/database/postgresql/index-walk';
import type { Batch, Position } from '../../../../lambda/purge/port';
import { firstOf, hold } from '../../../support/conversation';
import { AT, BATCH, CUTOFF_TEXT, flat, LOCKING, PUBLIC, UNINDEXABLE } from './setup';

const from = (given: Partial<Position>): Batch => ({ ...BATCH, from: { ...BATCH.from, ...given } });

const deleteBatch = (batch = LOCKING): Statement => firstOf(indexWalk.batch(PUBLIC, batch));

describe('the start of the walk', () => {
  it('is the oldest session, as the database writes its time', () => {
    expect(indexWalk.start(AT)).toEqual({ walk: 'index', at: AT });
  });

  it('is before every session when the oldest one is not known', () => {
    expect(indexWalk.start(null)).toEqual({ walk: 'index', at: '-infinity' });
  });
});

describe('the delete of a batch whose rows are locked first', () => {
  it('passes the cutoff and the position as text with an explicit type', () => {
    const { sql, parameters } = deleteBatch();

    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z', at: AT });
    expect(new Set(flat(sql).match(/\S*:[a-z]\w*[^,\s]*( AS timestamptz\))?/g))).toEqual(
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

  it('begins a batch of a repeat, since a DELETE that gave way may hold rows for a moment', () => {
    expect(deleteBatch({ ...BATCH, isRepeat: true })).toEqual(deleteBatch());
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

describe('a batch whose rows are locked first', () => {
  const DELETED: Row = {
    deleted: 1500,
    found: 1500,
    kept: 0,
    held: 0,
    last: '2026-11-21T00:00:09+00:00',
  };
  const hear = (given: Row, batch = LOCKING) => hold(indexWalk.batch(PUBLIC, batch), [[given]]);

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
      reached: null,
      kept: 0,
      held: 0,
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
    expect(() => hold(indexWalk.batch(PUBLIC, LOCKING), [rows])).toThrow(
      expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` }),
    );
  });
});

describe('the read of what is ahead', () => {
  const { sql, parameters, mode } = firstOf(indexWalk.batch(PUBLIC, BATCH));

  it('leaps along the index in quarters of a batch, and may be done without', () => {
    expect(flat(sql)).toContain(
      'SELECT expire_date FROM ONLY "public"."django_session" WHERE expire_date >= leaps.ends[2] ORDER BY expire_date LIMIT 2 OFFSET 374)',
    );
    expect(mode).toBe('probe');
    expect(parameters).toEqual({ cutoff: '2026-11-22T02:17:00.123Z', at: AT });
  });

  it('leaps one row where a batch has fewer than four', () => {
    expect(firstOf(indexWalk.batch(PUBLIC, { ...BATCH, limit: 3 })).sql).toContain('OFFSET 0)');
  });

  it('names the columns that its reader reads', () => {
    const [, result = ''] = flat(sql).split(/coalesce\(start <> ends\[2\], true\) \) /);

    expect(result.match(/(?<= AS )(?!text|timestamptz)\w+(?=,| FROM leaps)/g)).toEqual([
      'rows',
      'last',
      'next',
    ]);
  });
});

describe('a batch of rows that a read has counted', () => {
  const stretch = (at: number, given: Row = {}): Row => ({
    rows: 375,
    last: `last ${at}`,
    next: `next ${at}`,
    ...given,
  });
  const FIVE = [1, 2, 3, 4, 5].map((at) => stretch(at));
  const hear = (given: readonly Row[], answer: number | 'locked' = 1500, batch = BATCH) =>
    hold(indexWalk.batch(PUBLIC, batch), [given, answer]);

  it('is one pass over their range, which tests the expiry of each row', () => {
    const [, statement] = hear(FIVE).statements;

    expect(flat(statement?.sql ?? '')).toBe(
      `DELETE FROM ONLY "public"."django_session" WHERE expire_date >= CAST(:at AS timestamptz) AND expire_date < CAST(:end AS timestamptz) AND ${UNINDEXABLE} AND (SELECT pg_catalog.set_config('lock_timeout', '1', true)) IS NOT NULL`,
    );
    expect(statement).toMatchObject({
      mode: 'delete',
      goesOnAfter: 'locked',
      parameters: { cutoff: '2026-11-22T02:17:00.123Z', at: AT, end: 'next 4' },
    });
  });

  it('has as many stretches as the limit has room for, and leaves the others to later batches', () => {
    const { result } = hear(FIVE);
    const smaller = hear([stretch(1), stretch(2, { rows: 1126 })]).result;

    expect(result).toEqual({
      rows: 1500,
      kept: 0,
      held: 0,
      reached: 'last 4',
      shareLeft: 0,
      next: { walk: 'index', at: 'next 4', ahead: [{ rows: 375, last: 'last 5', next: 'next 5' }] },
    });
    expect(smaller).toMatchObject({ reached: 'last 1', next: { at: 'next 1' } });
  });

  it('takes one statement where the read before has found it', () => {
    const from = hear(FIVE).result?.next ?? BATCH.from;
    const { statements, result } = hold(indexWalk.batch(PUBLIC, { ...BATCH, from }), [375]);

    expect(statements).toMatchObject([{ mode: 'delete', parameters: { at: 'next 4' } }]);
    expect(result).toMatchObject({ rows: 375, next: { walk: 'index', at: 'next 5' } });
    expect(result?.next).not.toHaveProperty('ahead');
  });

  it('ends at the cutoff where nothing follows', () => {
    const { statements, result } = hear([stretch(1, { next: null })], 375);

    expect(statements[1]?.parameters.end).toBe('2026-11-22T02:17:00.123Z');
    expect(result).toMatchObject({ rows: 375, next: null });
  });

  it('reads anew what comes just before the live sessions', () => {
    const ahead = [{ rows: 5, last: 'last 1', next: null }];
    const batch = { ...BATCH, from: { ...BATCH.from, ahead } };
    const { statements } = hear([stretch(2, { next: null })], 375, batch);

    expect(statements.map(({ mode }) => mode)).toEqual(['probe', 'delete']);
  });

  it('reads anew where the known stretches have become too large', () => {
    const ahead = [{ rows: 1501, last: 'last 1', next: 'next 1' }];
    const { statements } = hear(FIVE, 1500, { ...BATCH, from: { ...BATCH.from, ahead } });

    expect(statements.map(({ mode }) => mode)).toEqual(['probe', 'delete']);
  });

  it('deletes nothing where there is nothing', () => {
    const none = stretch(1, { rows: 0, last: null, next: null });

    expect(hold(indexWalk.batch(PUBLIC, BATCH), [[none]]).result).toEqual({
      rows: 0,
      kept: 0,
      held: 0,
      reached: null,
      shareLeft: 0,
      next: null,
    });
  });

  it('says how many of the counted rows did not go', () => {
    expect(hear(FIVE, 1497).result).toMatchObject({ rows: 1497, kept: 3 });
    expect(hear(FIVE, 1502).result).toMatchObject({ rows: 1502, kept: 0 });
  });

  it.each<[string, readonly (Row[] | number | 'locked')[]]>([
    ['others hold one of them', [FIVE, 'locked']],
    ['the read finds none, since more than a stretch has expired at one instant', [[]]],
  ])('is done with row locks where %s', (_where, answers) => {
    const { statements } = hold(indexWalk.batch(PUBLIC, BATCH), answers);

    expect(statements.at(-1)).toEqual(firstOf(indexWalk.batch(PUBLIC, LOCKING)));
  });

  it.each<[string, Row, string]>([
    ['no count', { rows: null }, 'column "rows" must be a count, got null'],
    ['a number for a time', { next: 7 }, 'column "next" must be text, got number'],
  ])('deletes nothing when the answer to the read has %s', (_name, given, problem) => {
    expect(() => hear([stretch(1, given)])).toThrow(
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
    const { statements, result } = hold(indexWalk.batch(PUBLIC, LOCKING), [[answer]]);

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
