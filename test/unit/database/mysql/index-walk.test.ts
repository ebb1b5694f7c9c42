import type { Row } from '../../../../lambda/data-api/rows';
import { indexWalk } from '../../../../lambda/database/mysql/index-walk';
import { type Given as Heard, hold, ROLLED_BACK } from '../../../support/conversation';
import {
  AT,
  batchOf,
  countSpared,
  deleteFound,
  deleteSparing,
  find,
  LAST,
  LOCAL_CUTOFF,
  passFound,
  SHOP,
} from './setup';

const unexpected = (problem: string) =>
  expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` });

describe('the start of the walk', () => {
  it('is the oldest session, as the database writes its time', () => {
    expect(indexWalk('UTC').start(AT)).toEqual({ walk: 'index', at: AT });
  });

  it('is some position when the table is empty', () => {
    expect(indexWalk('UTC').start(null)).toEqual({ walk: 'index', at: '' });
  });
});

const TABLE = '`shop`.`django_session`';
const EXPIRED = 'WHERE expire_date < CAST(:cutoff AS DATETIME(6))';
const FROM_AT = 'AND expire_date >= CAST(:at AS DATETIME(6))';

describe('the find of a batch', () => {
  it('looks at the oldest rows up to the limit', () => {
    expect(find({}).sql).toBe(
      `SELECT COUNT(*) AS taken, CAST(MIN(expire_date) AS CHAR) AS first, CAST(MAX(expire_date) AS CHAR) AS last FROM (SELECT expire_date FROM ${TABLE} ${EXPIRED} ${FROM_AT} ORDER BY expire_date LIMIT 1500) AS oldest`,
    );
    expect(find({}).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: AT });
  });

  it('leaves the first rows alone in a part of a batch', () => {
    const [part] = hold(indexWalk('UTC').batch(SHOP, { ...batchOf(), skip: 7 })).statements;
    const [first] = hold(indexWalk('UTC').batch(SHOP, { ...batchOf(), skip: 0 })).statements;

    expect(part?.sql).toContain('ORDER BY expire_date LIMIT 1500 OFFSET 7) AS oldest');
    expect(first).toEqual(find());
  });
});

describe('the delete of a batch', () => {
  it('begins and ends where the batch was found to, with the number of rows found as its limit', () => {
    const { sql, parameters } = deleteFound({ first: '2026-11-21 00:00:02.000000' });

    expect(sql).toBe(
      `DELETE FROM ${TABLE} ${EXPIRED} ${FROM_AT} AND expire_date <= CAST(:last AS DATETIME(6)) ORDER BY expire_date LIMIT 42`,
    );
    expect(parameters).toEqual({
      cutoff: LOCAL_CUTOFF,
      at: '2026-11-21 00:00:02.000000',
      last: LAST,
    });
  });
});

describe('a batch that starts at a date of all zeros, which no CAST takes', () => {
  const at = '0000-00-00 00:00:00.000000';

  it('starts with the first row of the table', () => {
    const { sql, parameters } = find({ at });

    expect(sql).toContain(`${EXPIRED} ORDER BY`);
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF });
  });

  it('ends with that date, and the number of rows that have it', () => {
    const { sql, parameters } = deleteFound({ at, last: at });

    expect(sql).not.toContain(':at');
    expect(sql).toMatch(
      / AND expire_date <= CAST\(:last AS DATETIME\(6\)\) ORDER BY expire_date LIMIT 42$/,
    );
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF, last: '0000-01-01 00:00:00' });
  });

  it('ends where it was found to end, if that is later', () => {
    expect(deleteFound({ at }).parameters).toEqual({ cutoff: LOCAL_CUTOFF, last: LAST });
  });

  it('is not any other that starts in the year 0', () => {
    const first = '0000-01-01 00:00:00.000000';

    expect(find({ at: first }).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: first });
  });
});

describe('the delete that spares rows', () => {
  it('leaves out the last instant, so that the row at which it ends has expired', () => {
    expect(deleteSparing().sql).toBe(
      `DELETE IGNORE FROM ${TABLE} ${EXPIRED} ${FROM_AT} AND expire_date < CAST(:last AS DATETIME(6)) ORDER BY expire_date LIMIT 42`,
    );
    expect(countSpared().sql).toMatch(/ AND expire_date < CAST\(:last AS DATETIME\(6\)\)$/);
  });

  it('is of one instant where there is no other', () => {
    expect(deleteSparing({ last: AT }).sql).toContain('AND expire_date <= CAST(:last');
    expect(countSpared({ last: AT }).sql).toMatch(
      / AND expire_date <= CAST\(:last AS DATETIME\(6\)\)$/,
    );
  });

  it('is followed by a look at what is left of its rows, and at what comes behind', () => {
    expect(countSpared().sql).toContain(
      `SELECT COUNT(*) AS here, (SELECT CAST(MIN(expire_date) AS CHAR) FROM ${TABLE} ${EXPIRED} AND expire_date > CAST(:last AS DATETIME(6))) AS next FROM ${TABLE} ${EXPIRED} ${FROM_AT} AND `,
    );
  });
});

describe('a batch', () => {
  const walk = indexWalk('UTC');
  const hear = (...answers: Heard[]) => hold(walk.batch(SHOP, batchOf()), answers);
  const found = (taken: number, last: string | null = LAST): Row[] => [{ taken, first: AT, last }];

  it('is looked for with a probe, and then deleted', () => {
    const { statements, result } = hear(found(42), 42);

    expect(statements).toMatchObject([find(), deleteFound()]);
    expect(statements.map(({ mode }) => mode)).toEqual(['probe', 'delete']);
    expect(result).toEqual({
      rows: 42,
      next: null,
      reached: LAST,
      staying: null,
      shareLeft: 0,
    });
  });

  const ON = { walk: 'index', at: LAST };

  it.each([
    ['goes on when the limit was found', 1500, 1500, ON],
    ['is the last when fewer rows than the limit were found', 1499, 1499, null],
    ['counts what was deleted, not what was found', 1500, 1498, ON],
    ['goes on when all were renewed meanwhile', 1500, 0, ON],
    ['is the last when the last rows were renewed', 1, 0, null],
  ])('%s', (_promise, taken, rowsChanged, next) => {
    expect(hear(found(taken), rowsChanged).result).toMatchObject({ rows: rowsChanged, next });
  });

  it('deletes nothing when nothing is found', () => {
    const { statements, result } = hear([{ taken: 0, first: null, last: null }]);

    expect(statements).toHaveLength(1);
    expect(result).toEqual({
      rows: 0,
      next: null,
      reached: null,
      staying: null,
      shareLeft: 0,
    });
  });

  it.each<[string, Row[], string]>([
    ['no row', [], 'must be one row, got 0'],
    [
      'no count',
      [{ taken: '9', first: AT, last: LAST }],
      'column "taken" must be a count, got string',
    ],
    ['no start', [{ taken: 9, first: 1, last: LAST }], 'column "first" must be text, got number'],
    ['no end', [{ taken: 9, first: AT, last: null }], 'column "last" must be text, got null'],
  ])('deletes nothing when the answer to the probe has %s', (_name, rows, problem) => {
    expect(() => hear(rows)).toThrow(unexpected(problem));
  });
});

describe('a batch that is refused', () => {
  const NEXT = '2026-11-21 00:00:09.000000';
  const hear = (last: string, ...answers: Heard[]) =>
    hold(indexWalk('UTC').batch(SHOP, batchOf()), [
      [{ taken: 42, first: AT, last }],
      'refused',
      ...answers,
    ]).result;

  it.each([
    ['some stay', 3, { rows: 3, since: AT, error: ROLLED_BACK }],
    ['none was there to stay', 0, null],
  ])('goes on at the instant that was left out: %s', (_what, here, staying) => {
    expect(hear(LAST, 30, [{ here, next: NEXT }])).toEqual({
      rows: 30,
      next: { walk: 'index', at: LAST },
      reached: LAST,
      staying,
      shareLeft: 0,
    });
  });

  it.each([
    ['at the next one', NEXT, { walk: 'index', at: NEXT }],
    ['nowhere if there is none', null, null],
  ])('goes on behind its only instant, %s', (_where, next, expected) => {
    expect(hear(AT, 41, [{ here: 1, next }])).toMatchObject({
      rows: 41,
      next: expected,
      staying: { rows: 1, since: AT },
    });
  });

  it('goes on with its only instant when as many rows went as were found', () => {
    expect(hear(AT, 42)).toMatchObject({
      rows: 42,
      next: { walk: 'index', at: AT },
      staying: null,
    });
  });

  it('is not spared in parts, which are to find the rows that refuse', () => {
    const part = indexWalk('UTC').batch(SHOP, { ...batchOf(), skip: 0 });
    const { statements } = hold(part, [[{ taken: 42, first: AT, last: LAST }]]);

    expect(statements[1]).not.toHaveProperty('goesOnAfter');
    expect(
      hold(indexWalk('UTC').batch(SHOP, batchOf()), [[{ taken: 42, first: AT, last: LAST }]])
        .statements[1],
    ).toMatchObject({ goesOnAfter: 'refused' });
  });
});

describe('the way past rows', () => {
  const FOUND: Row = { taken: 42, first: AT, last: LAST };
  const hear = (...answers: Heard[]) => hold(indexWalk('UTC').passOver(SHOP, batchOf()), answers);

  it('takes two statements that only read, and passes all that expired with the last', () => {
    const { statements, result } = hear([FOUND], [{ here: 45, next: 'later' }]);

    expect(statements).toEqual(passFound());
    expect(statements.map(({ mode }) => mode)).toEqual(['read', 'read']);
    expect(statements[1]?.sql).toMatch(/ AND expire_date <= CAST\(:last AS DATETIME\(6\)\)$/);
    expect(result).toEqual({ rows: 45, since: AT, next: { walk: 'index', at: 'later' } });
  });

  it('ends where nothing follows', () => {
    expect(hear([FOUND], [{ here: 45, next: null }]).result?.next).toBeNull();
  });

  it('ends where there is no row', () => {
    expect(hear([{ taken: 0, first: null, last: null }]).result).toEqual({
      rows: 0,
      since: null,
      next: null,
    });
  });
});
