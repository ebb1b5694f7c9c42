import type { Row } from '../../../../lambda/data-api/rows';
import type { Statement } from '../../../../lambda/data-api/statement';
import { indexWalk } from '../../../../lambda/database/postgresql/index-walk';
import { asText } from '../../../../lambda/database/postgresql/sql';
import type { Batch, Position } from '../../../../lambda/purge/port';
import { firstOf, hold } from '../../../support/conversation';
import { AT, BATCH, CUTOFF_TEXT, flat, PUBLIC, UNINDEXABLE } from './setup';

const from = (given: Partial<Position>): Batch => ({ ...BATCH, from: { ...BATCH.from, ...given } });

const deleteBatch = (batch = BATCH): Statement => firstOf(indexWalk.batch(PUBLIC, batch));
const findStuckRow = (batch = BATCH): Statement => firstOf(indexWalk.stepOver(PUBLIC, batch));

describe('the start of the walk', () => {
  it('is the oldest session, as the database writes its time', () => {
    expect(indexWalk.start(AT)).toEqual({ walk: 'index', at: AT });
  });

  it('is some position when the table is empty', () => {
    expect(indexWalk.start(null)).toEqual({ walk: 'index', at: '' });
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

    expect(result.match(/(?<= AS )(?!text)\w+(?=,| FROM taken)/g)).toEqual([
      'deleted',
      'taken',
      'next',
    ]);
  });
});

describe('a batch', () => {
  const DELETED: Row = { deleted: 1500, taken: 1500, next: '2026-11-21T00:00:09+00:00' };
  const hear = (given: Row, batch = BATCH) => hold(indexWalk.batch(PUBLIC, batch), [[given]]);

  it('takes one statement, which may not be repeated', () => {
    const { statements } = hear(DELETED);

    expect(statements).toHaveLength(1);
    expect(statements[0]?.mode).toBe('delete');
    expect(statements[0]).not.toHaveProperty('endsAtLocks');
  });

  it('reads its row', () => {
    expect(hear(DELETED).result).toEqual({
      rows: 1500,
      next: { walk: 'index', at: DELETED.next },
      reached: DELETED.next,
      leftBehind: true,
      shareLeft: 0,
    });
  });

  it('goes on without the rows that it avoids', () => {
    const batch = from({ avoid: ['(0,1)', '(7,2)'] });

    expect(hear(DELETED, batch).result?.next).toEqual({
      walk: 'index',
      at: DELETED.next,
      avoid: ['(0,1)', '(7,2)'],
    });
  });

  it.each<[string, Row, object]>([
    ['is the last when it took fewer rows than its limit', { taken: 1499 }, { next: null }],
    [
      'is not the last when it took its limit, although some rows were renewed meanwhile',
      { deleted: 1498 },
      { rows: 1498, next: { walk: 'index', at: DELETED.next } },
    ],
    [
      'is the last when it took none, and cannot tell what others hold locked',
      { taken: 0, deleted: 0, next: null },
      { rows: 0, next: null, reached: null, leftBehind: true },
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
      'no count of what was taken',
      [{ ...DELETED, taken: '9' }],
      'column "taken" must be a count, got string',
    ],
    ['no position', [{ ...DELETED, next: 7 }], 'column "next" must be text, got number'],
  ])('refuses an answer with %s', (_name, rows, problem) => {
    expect(() => hold(indexWalk.batch(PUBLIC, BATCH), [rows])).toThrow(
      expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` }),
    );
  });
});

describe.each<[string, (batch: Batch) => Statement]>([
  ['the delete of a batch', deleteBatch],
  ['the look at a row that cannot be deleted', findStuckRow],
])('%s', (_name, make) => {
  it('leaves out the rows to avoid, by one parameter', () => {
    const { sql, parameters } = make(from({ avoid: ['(0,1)', '(77,12)'] }));

    expect(flat(sql)).toContain(
      `expire_date < ${CUTOFF_TEXT} AND ctid <> ALL (CAST(:avoid AS tid[])) ORDER BY`,
    );
    expect(parameters).toEqual({
      cutoff: '2026-11-22T02:17:00.123Z',
      at: AT,
      avoid: '{"(0,1)","(77,12)"}',
    });
  });

  it.each([[undefined], [[]]])('has no such parameter when there are none: %j', (avoid) => {
    const { sql, parameters } = make(avoid === undefined ? BATCH : from({ avoid }));

    expect(sql).not.toContain('avoid');
    expect(parameters).not.toHaveProperty('avoid');
  });
});

describe('the look at a row that cannot be deleted', () => {
  it('finds the row that a batch of one would take: the oldest that nobody holds', () => {
    expect(flat(findStuckRow().sql)).toMatch(
      /FROM ONLY "public"."django_session" WHERE expire_date >= CAST\(:at AS timestamptz\) AND .* ORDER BY expire_date LIMIT 1 FOR UPDATE SKIP LOCKED$/,
    );
  });

  it('asks for its time and its place, and for nothing else', () => {
    expect(flat(findStuckRow().sql)).toContain(
      `SELECT ${asText('expire_date')} AS stuck, CAST(ctid AS text) AS "row" FROM `,
    );
  });
});

describe('the step over a row', () => {
  const STUCK: Row = { stuck: '2026-11-21T00:00:09+00:00', row: '(3,4)' };
  const hear = (rows: Row[], batch = BATCH) => hold(indexWalk.stepOver(PUBLIC, batch), [rows]);

  it('takes one statement that only reads', () => {
    expect(hear([STUCK]).statements.map(({ mode }) => mode)).toEqual(['read']);
  });

  it('avoids the row from there on, and starts at the same place', () => {
    expect(hear([STUCK]).result).toEqual({
      stuck: STUCK.stuck,
      next: { walk: 'index', at: AT, avoid: ['(3,4)'] },
    });
  });

  it('avoids the earlier ones, too', () => {
    expect(hear([STUCK], from({ avoid: ['(0,1)'] })).result?.next).toEqual({
      walk: 'index',
      at: AT,
      avoid: ['(0,1)', '(3,4)'],
    });
  });

  it('finds no row when it is gone', () => {
    expect(hear([]).result).toBeNull();
  });

  it.each<[string, Row, string]>([
    ['no time', { stuck: null }, 'column "stuck" must be text, got null'],
    ['a place that is not text', { row: 7 }, 'column "row" must be text, got number'],
  ])('refuses an answer with %s', (_name, given, problem) => {
    expect(() => hear([{ ...STUCK, ...given }])).toThrow(
      expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` }),
    );
  });
});
