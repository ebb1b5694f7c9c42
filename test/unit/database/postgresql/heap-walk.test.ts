import type { Row } from '../../../../lambda/data-api/rows';
import type { Statement } from '../../../../lambda/data-api/statement';
import { heapWalk } from '../../../../lambda/database/postgresql/heap-walk';
import type { Batch, Position } from '../../../../lambda/purge/port';
import { firstOf, hold } from '../../../support/conversation';
import {
  CUTOFF,
  CUTOFF_TEXT,
  flat,
  HOSTILE,
  HOSTILE_QUOTED,
  PUBLIC,
  position,
  STORED,
  STORED_CAREFULLY,
  UNINDEXABLE,
} from './setup';

const deleteOf = (batch: Batch): Statement => firstOf(heapWalk.batch(PUBLIC, batch));

const unexpected = (problem: string) =>
  expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` });

describe('the choice of the walk', () => {
  const sample = (table = PUBLIC) => firstOf(heapWalk.choose(table, CUTOFF, true));
  const choose = (row: Row, isIndexed = true) =>
    hold(heapWalk.choose(PUBLIC, CUTOFF, isIndexed), [[row]]).result;

  it('samples about a hundred blocks with a statement that it can do without', () => {
    const { sql, parameters, mode } = sample();

    expect(flat(sql)).toContain(
      `count(*) FILTER (WHERE expire_date < ${CUTOFF_TEXT}) AS expired FROM ONLY "public"."django_session" TABLESAMPLE pg_catalog.system ((`,
    );
    expect(flat(sql)).toContain('least(100, CAST(10000.0 / greatest(1, blocks) AS float4))');
    expect(mode).toBe('probe');
    expect(parameters).toEqual({
      cutoff: '2026-11-22T02:17:00.123Z',
      name: '"public"."django_session"',
    });
  });

  it('asks for the size of the table by its quoted name', () => {
    expect(flat(sample().sql)).toContain('pg_relation_size(CAST(:name AS regclass))');
    expect(sample(HOSTILE).parameters.name).toBe(HOSTILE_QUOTED);
  });

  it.each<[string, Row, Position | null, string]>([
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
      'counts all blocks when there are fewer than a sample has',
      { blocks: 4, sampled: 80, expired: 60 },
      position('(0,0)', { blocks: 4, rowsPerBlock: 20 }),
      'a sample of 4 of 4 blocks has 15.0 expired rows a block',
    ],
    [
      'is not worth it when the sample has no row',
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
    expect(choose(row)).toEqual({ reason, start });
  });

  it('is always worth it without an index', () => {
    expect(choose({ blocks: 5000, sampled: 2000, expired: 0 }, false)).toEqual({
      reason:
        'no index along expire_date, and a sample of 100 of 5000 blocks has 0.0 expired rows a block',
      start: position('(0,0)', { blocks: 5000, rowsPerBlock: 20 }),
    });
  });

  it.each(['blocks', 'sampled', 'expired'])('is refused without its count of %s', (column) => {
    const row = { blocks: 4, sampled: 80, expired: 60, [column]: null };

    expect(() => choose(row)).toThrow(unexpected(`column "${column}" must be a count, got null`));
  });
});

describe('the range of a batch', () => {
  const parametersOf = (from: Position, limit = 1500) =>
    deleteOf({ ...STORED, from, limit }).parameters;

  it('starts after the last row seen, and ends after as many blocks as hold about the limit', () => {
    expect(parametersOf(position('(7,18)'))).toEqual({
      cutoff: '2026-11-22T02:17:00.123Z',
      after: '(7,18)',
      end: '(57,0)',
    });
  });

  it.each<[string, Position, number, string]>([
    ['starts before the first row', position('(0,0)'), 1500, '(50,0)'],
    ['reaches beyond the last block', position('(99,3)'), 1500, '(149,0)'],
    ['has one block at least', position('(7,18)'), 1, '(8,0)'],
    [
      'has one block when that holds many times the limit',
      position('(7,18)', { rowsPerBlock: 1e6 }),
      5000,
      '(8,0)',
    ],
    [
      'has a block for each row when rows are sparse',
      position('(7,18)', { rowsPerBlock: 0.01 }),
      1500,
      '(1507,0)',
    ],
    [
      'has a block for each row when the sample had none',
      position('(7,18)', { rowsPerBlock: 0 }),
      1500,
      '(1507,0)',
    ],
    [
      'has as many whole blocks as hold no more',
      position('(7,18)', { rowsPerBlock: 21.13 }),
      1500,
      '(77,0)',
    ],
  ])('%s', (_promise, from, limit, end) => {
    expect(parametersOf(from, limit).end).toBe(end);
  });

  it('is the same whether it is deleted quickly or carefully', () => {
    const [quick, slow] = [STORED, STORED_CAREFULLY].map(deleteOf);

    expect(slow?.parameters).toEqual(quick?.parameters);
    expect(slow?.sql).not.toBe(quick?.sql);
  });
});

describe('the quick delete', () => {
  const statement = deleteOf(STORED);
  const { sql } = statement;
  const RANGE = 'ctid > CAST(:after AS tid) AND ctid < CAST(:end AS tid)';
  const TABLE = 'FROM ONLY "public"."django_session"';

  it('is one pass over a range of ctids, which tests the expiry of each row', () => {
    expect(flat(sql)).toMatch(/^DELETE FROM ONLY /);
    expect(flat(sql)).toContain(`DELETE ${TABLE} WHERE ${RANGE} AND ${UNINDEXABLE} AND (`);
  });

  it('waits a millisecond for a lock, in its own transaction only, and ends there', () => {
    expect(flat(sql)).toMatch(
      / AND \(SELECT pg_catalog\.set_config\('lock_timeout', '1', true\)\) IS NOT NULL$/,
    );
    expect(statement).toMatchObject({ mode: 'delete', goesOnAfter: 'locked' });
  });

  it('takes no row locks first, counts nothing and returns no rows', () => {
    expect(sql).not.toMatch(/FOR UPDATE|SKIP LOCKED|RETURNING|LIMIT|count/);
  });

  it.each<[string, Batch]>([
    ['where its limit is exact', STORED_CAREFULLY],
    ['where one block may hold more rows than its limit', { ...STORED, limit: 290 }],
  ])('is left to the careful one %s', (_where, batch) => {
    expect(deleteOf(batch).sql).toContain('SKIP LOCKED');
    expect(deleteOf({ ...STORED, limit: 291 }).sql).not.toContain('SKIP LOCKED');
  });

  it('tests the time only in a form that no index serves, so that none is planned', () => {
    expect(flat(sql).replaceAll(UNINDEXABLE, '')).not.toMatch(/expire_date|ORDER BY/);
  });
});

describe('the careful delete', () => {
  it('takes expired rows of a range of ctids up to the limit, and skips locked ones', () => {
    const { sql } = deleteOf(STORED_CAREFULLY);

    expect(flat(sql)).toContain(
      `WITH taken AS MATERIALIZED ( SELECT ctid FROM ONLY "public"."django_session" WHERE ctid > CAST(:after AS tid) AND ctid < CAST(:end AS tid) AND ${UNINDEXABLE} LIMIT 1500 FOR UPDATE SKIP LOCKED )`,
    );
  });

  it('tests the expiry again in the DELETE itself', () => {
    expect(flat(deleteOf(STORED_CAREFULLY).sql)).toContain(
      `DELETE FROM ONLY "public"."django_session" WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${UNINDEXABLE} RETURNING`,
    );
  });

  it('tests the time only in a form that no index serves, so that none is planned', () => {
    const { sql } = deleteOf(STORED_CAREFULLY);

    expect(flat(sql).replaceAll(UNINDEXABLE, '')).not.toMatch(/expire_date <|ORDER BY/);
  });

  it('names the columns that its reader reads', () => {
    const [, result = ''] = flat(deleteOf(STORED_CAREFULLY).sql).split('RETURNING');

    expect(result.match(/(?<= AS )(?!text|tid\b|timestamptz)\w+/g)).toEqual([
      'deleted',
      'taken',
      'last',
    ]);
  });

  it('skips locked rows, so that no lock ends it', () => {
    const statement = deleteOf(STORED_CAREFULLY);

    expect(statement).not.toHaveProperty('goesOnAfter');
    expect(statement.sql).not.toContain('lock_timeout');
  });
});

describe('a batch that is deleted quickly', () => {
  const step = (rowsChanged: number, from = STORED.from) => {
    const { statements, result } = hold(heapWalk.batch(PUBLIC, { ...STORED, from }), [rowsChanged]);
    expect(statements).toHaveLength(1);
    return result;
  };

  it.each([0, 1, 1500])('has passed its range: %s rows', (rowsChanged) => {
    expect(step(rowsChanged)).toEqual({
      rows: rowsChanged,
      reached: null,
      kept: 0,
      held: 0,
      shareLeft: 1 - 57 / 100,
      next: position('(57,0)'),
    });
  });

  it('expects fuller blocks after more rows than its limit', () => {
    expect(step(3000)?.next).toEqual(position('(57,0)', { rowsPerBlock: 3000 / 50 }));
  });

  it.each<[string, Position, number, Position | null]>([
    ['ends with the last block', position('(50,0)'), 5, null],
    ['goes on when the last block is still ahead', position('(49,0)'), 5, position('(99,0)')],
    ['ends at once in a table without blocks', position('(0,0)', { blocks: 0 }), 0, null],
  ])('%s', (_promise, from, rowsChanged, next) => {
    expect(step(rowsChanged, from)?.next).toEqual(next);
  });
});

describe('a batch that is deleted carefully', () => {
  const row = (given: Row = {}): Row => ({
    deleted: 40,
    taken: 40,
    last: '(50,2)',
    ...given,
  });
  const full = { deleted: 1500, taken: 1500, last: '(12,5)' };
  const step = (given: Row, from = STORED_CAREFULLY.from) => {
    const { statements, result } = hold(heapWalk.batch(PUBLIC, { ...STORED_CAREFULLY, from }), [
      [row(given)],
    ]);
    expect(statements).toHaveLength(1);
    return result;
  };

  it('goes on at the end of its range when it took fewer rows than the limit', () => {
    expect(step({})).toEqual({
      rows: 40,
      reached: null,
      kept: 0,
      held: 0,
      shareLeft: 1 - 57 / 100,
      next: position('(57,0)'),
    });
  });

  it('goes on after the last row taken when it hit the limit, and expects fuller blocks', () => {
    expect(step(full)).toEqual({
      rows: 1500,
      reached: null,
      kept: 0,
      held: 0,
      shareLeft: 1 - 12 / 100,
      next: position('(12,5)', { rowsPerBlock: 1500 / 6 }),
    });
  });

  it('never expects emptier blocks after it hit the limit', () => {
    const from = position('(7,18)', { rowsPerBlock: 300 });

    expect(step(full, from)?.next).toEqual(position('(12,5)', { rowsPerBlock: 300 }));
  });

  it('goes on within one block that holds more than the limit', () => {
    const dense = position('(7,18)', { rowsPerBlock: 1e6 });

    expect(step({ ...full, last: '(7,1518)' }, dense)?.next).toEqual(
      position('(7,1518)', { rowsPerBlock: 1e6 }),
    );
  });

  it('counts what was deleted, not what was taken', () => {
    expect(step({ ...full, deleted: 1498 })).toMatchObject({
      rows: 1498,
      next: position('(12,5)', { rowsPerBlock: 250 }),
    });
  });

  it.each<[string, Row]>([
    ['nothing had expired, or others held it', { deleted: 0, taken: 0, last: null }],
    ['all was renewed meanwhile', { deleted: 0 }],
  ])('passes a range in which %s', (_what, given) => {
    expect(step(given)).toMatchObject({ rows: 0, next: position('(57,0)') });
  });

  it.each<[string, Position, Row, Position | null]>([
    ['ends with the last block', position('(50,0)'), {}, null],
    ['ends beyond the last block', position('(99,7)'), {}, null],
    ['goes on when the last block is still ahead', position('(49,0)'), {}, position('(99,0)')],
    [
      'goes on inside the last block',
      position('(98,0)'),
      { ...full, last: '(99,4)' },
      position('(99,4)', { rowsPerBlock: 750 }),
    ],
    [
      'ends in a block that was appended since',
      position('(98,0)'),
      { ...full, last: '(100,1)' },
      null,
    ],
    [
      'ends at once in a table without blocks',
      position('(0,0)', { blocks: 0 }),
      { deleted: 0, taken: 0, last: null },
      null,
    ],
  ])('%s', (_promise, from, given, next) => {
    expect(step(given, from)?.next).toEqual(next);
  });

  it('has nothing left at the end, however far the last range reached', () => {
    expect(step({}, position('(99,7)'))?.shareLeft).toBe(0);
    expect(step({}, position('(0,0)', { blocks: 0 }))?.shareLeft).toBe(0);
  });

  it.each<[string, Row, string]>([
    ['no count', { deleted: null }, 'column "deleted" must be a count, got null'],
    ['text for a count', { taken: '40' }, 'column "taken" must be a count, got string'],
    ['a number for a place', { last: 50 }, 'column "last" must be text, got number'],
    ['a place that is not a ctid', { ...full, last: 'soon' }, '"last" must be a ctid'],
  ])('refuses an answer with %s', (_name, given, problem) => {
    expect(() => step(given)).toThrow(unexpected(problem));
  });

  it.each([0, 2])('refuses an answer of %s rows', (count) => {
    const rows = Array.from({ length: count }, () => row());

    expect(() => hold(heapWalk.batch(PUBLIC, STORED_CAREFULLY), [rows])).toThrow(
      unexpected(`must be one row, got ${count}`),
    );
  });
});

describe('a batch that meets a locked row', () => {
  const row: Row = { deleted: 40, taken: 40, last: '(50,2)' };

  it('is deleted carefully in the same range', () => {
    const { statements, result } = hold(heapWalk.batch(PUBLIC, STORED), ['locked', [row]]);

    expect(statements).toEqual([deleteOf(STORED), deleteOf(STORED_CAREFULLY)]);
    expect(result).toMatchObject({ rows: 40, next: position('(57,0)') });
  });

  it('throws when the careful delete is answered with a lock, too', () => {
    expect(() => hold(heapWalk.batch(PUBLIC, STORED), ['locked', 'locked'])).toThrow(TypeError);
  });
});
