import type { Row } from '../../../../lambda/data-api/rows';
import { indexWalk } from '../../../../lambda/database/mysql/index-walk';
import type { Position } from '../../../../lambda/purge/port';
import { type Given as Heard, hold } from '../../../support/conversation';
import {
  AT,
  batchOf,
  deleteFound,
  find,
  findEnds,
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

describe('the read of what is ahead', () => {
  it('numbers the rows of many batches, and brings every quarter of a batch and the last one', () => {
    expect(findEnds().sql).toBe(
      `SELECT place, CAST(expire_date AS CHAR) AS last FROM (SELECT expire_date, ROW_NUMBER() OVER (ORDER BY expire_date) AS place, COUNT(*) OVER () AS found FROM (SELECT expire_date FROM ${TABLE} ${EXPIRED} ${FROM_AT} ORDER BY expire_date LIMIT 30000) AS oldest) AS places WHERE place % 375 = 0 OR place = found ORDER BY place`,
    );
    expect(findEnds()).toMatchObject({
      mode: 'probe',
      parameters: { cutoff: LOCAL_CUTOFF, at: AT },
    });
  });

  it('starts with the first row of the table at a date of all zeros', () => {
    const { sql, parameters } = findEnds({ at: '0000-00-00 00:00:00.000000' });

    expect(sql).toContain(`${EXPIRED} ORDER BY`);
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF });
  });
});

describe('the find of a part of a batch', () => {
  it('looks at the oldest rows up to the limit, and counts those before the first instant', () => {
    expect(find({}).sql).toBe(
      `SELECT found.found, CAST(found.first AS CHAR) AS first, CAST(found.last AS CHAR) AS last, (SELECT COUNT(*) FROM ${TABLE} ${EXPIRED} ${FROM_AT} AND expire_date < found.first) AS earlier FROM (SELECT COUNT(*) AS found, MIN(expire_date) AS first, MAX(expire_date) AS last FROM (SELECT expire_date FROM ${TABLE} ${EXPIRED} ${FROM_AT} ORDER BY expire_date LIMIT 1500) AS oldest) AS found`,
    );
    expect(find({}).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: AT });
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

describe('a batch that starts at a date with a month or a day of zero, which no CAST takes', () => {
  it.each([
    ['2024-00-15 12:00:00.000000', '2023-12-31 23:59:59.999999', '2024-01-01 00:00:00'],
    ['2024-05-00 12:00:00.000000', '2024-04-30 23:59:59.999999', '2024-05-01 00:00:00'],
  ])('goes from the time before it to the one after it: %s', (at, before, after) => {
    expect(find({ at }).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: before });
    expect(deleteFound({ at, last: at }).parameters).toEqual({
      cutoff: LOCAL_CUTOFF,
      at: before,
      last: after,
    });
  });
});

describe('a batch', () => {
  const walk = indexWalk('UTC');
  const hear = (rows: readonly Row[], ...deleted: number[]) =>
    hold(walk.batch(SHOP, batchOf()), [rows, ...deleted]);
  const end = (place: number): Row => ({ place, last: `at ${place}` });
  const deletes = (limit: number) => new RegExp(` ORDER BY expire_date LIMIT ${limit}$`);

  it('is looked for with a probe, and then deleted', () => {
    const { statements, result } = hear([{ place: 42, last: LAST }], 42);

    expect(statements).toMatchObject([findEnds(), deleteFound()]);
    expect(statements.map(({ mode }) => mode)).toEqual(['probe', 'delete']);
    expect(result).toEqual({
      rows: 42,
      next: null,
      reached: LAST,
      kept: 0,
      held: 0,
      shareLeft: 0,
    });
  });

  it('asks for its locks first where deletes have waited, for those that the delete will take', () => {
    const whole = { ...batchOf(), asksFirst: true };
    const { statements, result } = hold(walk.batch(SHOP, whole), [
      [{ place: 42, last: LAST }],
      [{ free: 42 }],
      42,
    ]);
    const [, question, deletion] = statements;

    expect(statements.map(({ mode }) => mode)).toEqual(['probe', 'ask', 'delete']);
    expect(question?.sql).toMatch(/ ORDER BY expire_date LIMIT 42 FOR UPDATE NOWAIT\) AS asked$/);
    expect(question?.parameters).toEqual(deletion?.parameters);
    expect(deletion).toEqual(deleteFound());
    expect(result).toMatchObject({ rows: 42 });
  });

  it('has as many of the counted rows as the limit has room for, and goes on with the others', () => {
    const { statements, result } = hear([375, 750, 1125, 1500, 1875, 2000].map(end), 1500);

    expect(statements[1]?.sql).toMatch(deletes(1500));
    expect(statements[1]?.parameters).toMatchObject({ at: AT, last: 'at 1500' });
    expect(result?.next).toEqual({
      walk: 'index',
      at: 'at 1500',
      ahead: [
        { rows: 375, last: 'at 1875', next: 'at 1875' },
        { rows: 125, last: 'at 2000', next: null },
      ],
    });
  });

  it('takes one statement where the read before has found it', () => {
    const from = hear([1500, 3000, 4500].map(end), 1500).result?.next;
    const { statements } = hold(
      walk.batch(SHOP, { ...batchOf(), from: from ?? batchOf().from }),
      [1500],
    );

    expect(statements).toHaveLength(1);
    expect(statements[0]?.sql).toMatch(deletes(1500));
  });

  it('counts anew what comes just before the live sessions, so that it locks none of them', () => {
    const from = { walk: 'index', at: AT, ahead: [{ rows: 5, last: LAST, next: null }] } as const;
    const { statements } = hold(walk.batch(SHOP, { ...batchOf(), from }), [[end(4)], 4]);

    expect(statements[0]).toEqual(findEnds());
    expect(statements[1]?.sql).toMatch(deletes(4));
  });

  it('is not the last where the read has brought as many rows as it may', () => {
    const full = Array.from({ length: 80 }, (_, at) => end(375 * (at + 1)));
    const ahead = hear(full, 1500).result?.next?.ahead;

    expect(ahead).toContainEqual({ rows: 375, last: 'at 30000', next: 'at 30000' });
  });

  it.each([1500, 1498, 0])('counts what was deleted, not what was found: %s', (deleted) => {
    const { result } = hear([end(1500), end(1600)], deleted);

    expect(result).toMatchObject({ rows: deleted, kept: 0, next: { at: 'at 1500' } });
  });

  it('deletes nothing when nothing is found', () => {
    const { statements, result } = hear([]);

    expect(statements).toHaveLength(1);
    expect(result).toEqual({
      rows: 0,
      next: null,
      reached: null,
      kept: 0,
      held: 0,
      shareLeft: 0,
    });
  });

  it.each<[string, Row, string]>([
    ['no count', { place: '9', last: LAST }, 'column "place" must be a count, got string'],
    ['no end', { place: 9, last: null }, 'column "last" must be text, got null'],
  ])('deletes nothing when the answer to the probe has %s', (_name, row, problem) => {
    expect(() => hear([row])).toThrow(unexpected(problem));
  });
});

describe('a part of a batch', () => {
  const walk = indexWalk('UTC');
  const hear = (skip: number, ...answers: Heard[]) =>
    hold(walk.batch(SHOP, { ...batchOf(), skip }), answers);
  const found = (earlier: number): Row[] => [{ found: 42, first: AT, last: LAST, earlier }];

  it('leaves the first rows alone', () => {
    expect(hear(7).statements[0]?.sql).toContain(
      'ORDER BY expire_date LIMIT 1500 OFFSET 7) AS oldest',
    );
    expect(hear(0).statements).toEqual([find()]);
  });

  it('is a plain delete where it begins with an instant', () => {
    const { statements, result } = hear(7, found(7), 42);

    expect(statements).toEqual([expect.anything(), deleteFound()]);
    expect(result).toMatchObject({ rows: 42, kept: 0 });
  });

  it('counts the rows of an instant within which it begins, and takes those behind', () => {
    const { statements, result } = hear(7, found(5), 42);

    expect(statements[1]?.sql).toBe(
      `DELETE FROM ${TABLE} ${EXPIRED} ${FROM_AT} AND expire_date <= CAST(:last AS DATETIME(6)) AND LAST_INSERT_ID(GREATEST(LAST_INSERT_ID(), UNIX_TIMESTAMP(NOW(6)) * 1000000000) + (expire_date < CAST(:cutoff AS DATETIME(6)))) > UNIX_TIMESTAMP(NOW(6)) * 1000000000 + 2 ORDER BY expire_date LIMIT 42`,
    );
    expect(statements[1]?.parameters).toEqual(deleteFound().parameters);
    expect(result).toMatchObject({ rows: 42, kept: 0 });
  });

  it('tells of the rows behind others of their instant that it has found and not taken', () => {
    expect(hear(7, found(5), 30).result).toMatchObject({ rows: 30, kept: 12 });
    expect(hear(7, found(7), 30).result).toMatchObject({ rows: 30, kept: 0 });
  });
});

describe('a batch behind rows of an instant that were passed', () => {
  const walk = indexWalk('UTC');
  const from = { walk: 'index', at: AT, after: '3' } as const;
  const hear = (...answers: Heard[]) => hold(walk.batch(SHOP, { ...batchOf(), from }), answers);

  it('leaves them alone', () => {
    const { statements } = hear([{ found: 42, first: AT, last: LAST, earlier: 0 }], 42);

    expect(statements[0]?.sql).toContain('LIMIT 1500 OFFSET 3');
    expect(statements[1]?.sql).toMatch(/ \+ 3 ORDER BY expire_date LIMIT 42$/);
  });

  it('goes on there while it has not got beyond the instant, and is a whole one again then', () => {
    const hearUpTo = (last: string) => hear([{ found: 1500, first: AT, last, earlier: 0 }], 1500);

    expect(hearUpTo(AT).result?.next).toEqual(from);
    expect(hearUpTo(LAST).result?.next).toEqual({ walk: 'index', at: LAST });
  });
});

describe('the way past rows', () => {
  const FOUND: Row = { found: 42, first: AT, last: LAST, earlier: 40 };
  const hear = (from: Partial<Position>, ...answers: Heard[]) => {
    const batch = batchOf();
    return hold(
      indexWalk('UTC').passOver(SHOP, { ...batch, from: { ...batch.from, ...from } }),
      answers,
    );
  };

  it('takes one statement that only reads, and says which rows of the last instant were passed', () => {
    const { statements, result } = hear({}, [FOUND]);

    expect(statements).toEqual(passFound());
    expect(statements).toMatchObject([
      { mode: 'read', sql: expect.stringContaining('AND expire_date < found.last) AS earlier') },
    ]);
    expect(result).toEqual({
      rows: 42,
      since: AT,
      next: { walk: 'index', at: LAST, after: '2' },
    });
  });

  it('counts the rows of that instant that were passed before', () => {
    const { result } = hear({ after: '3' }, [{ ...FOUND, last: AT, earlier: 0 }]);

    expect(result?.next).toEqual({ walk: 'index', at: AT, after: '45' });
  });

  it('ends where there is no row', () => {
    expect(hear({}, [{ found: 0, first: null, last: null, earlier: 0 }]).result).toEqual({
      rows: 0,
      since: null,
      next: null,
    });
  });
});
