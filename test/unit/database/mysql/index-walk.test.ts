import type { Row } from '../../../../lambda/data-api/rows';
import { indexWalk } from '../../../../lambda/database/mysql/index-walk';
import { type Given as Heard, hold } from '../../../support/conversation';
import {
  AT,
  batchOf,
  deleteFound,
  find,
  findStuckRow,
  flat,
  LOCAL_CUTOFF,
  NEXT,
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

describe('the find of a batch', () => {
  it('looks at the oldest rows up to the limit', () => {
    expect(find({}).sql).toBe(
      'SELECT COUNT(*) AS taken, CAST(MAX(expire_date) AS CHAR) AS next FROM (SELECT expire_date FROM `shop`.`django_session` WHERE expire_date < CAST(:cutoff AS DATETIME(6)) AND expire_date >= CAST(:at AS DATETIME(6)) ORDER BY expire_date LIMIT 1500) AS oldest',
    );
    expect(find({}).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: AT });
  });
});

describe('the delete of a batch', () => {
  it('ends where the batch was found to end, with the number of rows found as its limit', () => {
    expect(deleteFound({}).sql).toBe(
      'DELETE FROM `shop`.`django_session` WHERE expire_date < CAST(:cutoff AS DATETIME(6)) AND expire_date >= CAST(:at AS DATETIME(6)) AND expire_date <= CAST(:next AS DATETIME(6)) ORDER BY expire_date LIMIT 42',
    );
    expect(deleteFound({}).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: AT, next: NEXT });
  });

  it('tests the expiry itself, whatever was found before', () => {
    expect(deleteFound({}).sql).toMatch(
      /^DELETE FROM `shop`\.`django_session` WHERE expire_date < CAST\(:cutoff AS DATETIME\(6\)\) AND /,
    );
  });
});

describe('the position', () => {
  const LOWER = 'AND expire_date >= CAST(:at AS DATETIME(6))';

  it.each([
    ['find', find],
    ['delete', deleteFound],
    ['look at a row that cannot be deleted', findStuckRow],
  ])('is the lower bound of the %s, itself included', (_name, make) => {
    const { sql, parameters } = make({});

    expect(sql).toContain(`WHERE expire_date < CAST(:cutoff AS DATETIME(6)) ${LOWER}`);
    expect(parameters.at).toBe(AT);
  });
});

describe('a batch that starts at a date of all zeros, which no CAST takes', () => {
  const at = '0000-00-00 00:00:00.000000';

  it('starts with the first row of the table', () => {
    const { sql, parameters } = find({ at });

    expect(sql).toContain('WHERE expire_date < CAST(:cutoff AS DATETIME(6)) ORDER BY');
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF });
  });

  it('ends with that date, and the number of rows that have it', () => {
    const { sql, parameters } = deleteFound({ at, next: at });

    expect(sql).not.toContain(':at');
    expect(sql).toMatch(
      / AND expire_date <= CAST\(:next AS DATETIME\(6\)\) ORDER BY expire_date LIMIT 42$/,
    );
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF, next: '0000-01-01 00:00:00' });
  });

  it('ends where it was found to end, if that is later', () => {
    expect(deleteFound({ at }).parameters).toEqual({ cutoff: LOCAL_CUTOFF, next: NEXT });
  });

  it('is not any other that starts in the year 0', () => {
    const first = '0000-01-01 00:00:00.000000';

    expect(find({ at: first }).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: first });
  });
});

describe('the look at a row that cannot be deleted', () => {
  it('finds the oldest row from its position on, or none', () => {
    expect(flat(findStuckRow().sql)).toMatch(
      / ORDER BY expire_date LIMIT 1\) AS oldest\) AS first WHERE stuck IS NOT NULL$/,
    );
  });

  it('asks for the next time after all rows that expired with it', () => {
    expect(flat(findStuckRow().sql)).toMatch(
      /^SELECT stuck, \(SELECT CAST\(MIN\(expire_date\) AS CHAR\) FROM `shop`\.`django_session` WHERE expire_date < CAST\(:cutoff AS DATETIME\(6\)\) AND expire_date > CAST\(stuck AS DATETIME\(6\)\)\) AS next FROM \(SELECT CAST\(MIN\(expire_date\) AS CHAR\) AS stuck FROM /,
    );
  });
});

describe('a batch', () => {
  const walk = indexWalk('UTC');
  const hear = (...answers: Heard[]) => hold(walk.batch(SHOP, batchOf()), answers);
  const found = (taken: number, next: string | null = NEXT): Row[] => [{ taken, next }];

  it('is looked for with a probe, and then deleted', () => {
    const { statements, result } = hear(found(42), 42);

    expect(statements).toEqual([find(), deleteFound()]);
    expect(statements.map(({ mode }) => mode)).toEqual(['probe', 'delete']);
    expect(result).toEqual({
      rows: 42,
      next: null,
      reached: NEXT,
      leftBehind: true,
      shareLeft: 0,
    });
  });

  const ON = { walk: 'index', at: NEXT };

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
    const { statements, result } = hear(found(0, null));

    expect(statements).toHaveLength(1);
    expect(result).toEqual({
      rows: 0,
      next: null,
      reached: null,
      leftBehind: true,
      shareLeft: 0,
    });
  });

  it.each<[string, Row[], string]>([
    ['no row', [], 'must be one row, got 0'],
    ['no count', [{ taken: '9', next: NEXT }], 'column "taken" must be a count, got string'],
    ['no end', [{ taken: 9, next: null }], 'column "next" must be text, got null'],
  ])('deletes nothing when the answer to the probe has %s', (_name, rows, problem) => {
    expect(() => hear(rows)).toThrow(unexpected(problem));
  });
});

describe('the step over a row', () => {
  const STUCK: Row = { stuck: AT, next: NEXT };
  const hear = (rows: Row[]) => hold(indexWalk('UTC').stepOver(SHOP, batchOf()), [rows]);

  it('takes one statement that only reads', () => {
    expect(hear([STUCK]).statements).toEqual([findStuckRow()]);
    expect(findStuckRow().mode).toBe('read');
  });

  it('starts after all rows that expired with it', () => {
    expect(hear([STUCK]).result).toEqual({ stuck: AT, next: { walk: 'index', at: NEXT } });
  });

  it('has no next position when no row follows', () => {
    expect(hear([{ ...STUCK, next: null }]).result).toEqual({ stuck: AT, next: null });
  });

  it('finds no row when it is gone', () => {
    expect(hear([]).result).toBeNull();
  });

  it.each<[string, Row, string]>([
    ['no time', { stuck: null }, 'column "stuck" must be text, got null'],
    ['a position that is not text', { next: 7 }, 'column "next" must be text, got number'],
  ])('refuses an answer with %s', (_name, given, problem) => {
    expect(() => hear([{ ...STUCK, ...given }])).toThrow(unexpected(problem));
  });
});
