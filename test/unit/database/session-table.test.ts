import type { Answer } from '../../../lambda/data-api/data-api';
import type { Row } from '../../../lambda/data-api/rows';
import { COUNT_CAP, sessionTable } from '../../../lambda/database/session-table';
import type { Ends } from '../../../lambda/database/table-proof';
import type { Batch, Position, SessionTable } from '../../../lambda/purge/port';
import { failedCall } from '../../support/failed-call';
import { type Kind, type Scripted, scriptedApi, toyDialect } from '../../support/toy-dialect';

const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const HERE: Position = { walk: 'index', at: 'here' };
const STORED: Position = { walk: 'storage', at: 'there' };
const BATCH: Batch = { cutoff: CUTOFF, from: HERE, limit: 100 };
const ENDS: Ends = { oldest: 'second 10', newest: 'second 99' };

const ID = '{"schema":"public","table":"django_session"}';
const AT = '"2026-11-22T02:17:00.000Z"';
const stretch = (at: string, avoid: readonly string[] = [], limit = 100) =>
  `{"cutoff":${AT},"at":"${at}","avoid":${JSON.stringify(avoid)},"limit":${limit}}`;

interface Given {
  readonly kind?: Kind;
  readonly ends?: Ends;
  readonly hasStorageOrder?: boolean;
}

/** The table, and what was sent to it. */
function setup(script: readonly Scripted[], given: Given = {}) {
  const { kind, ends = ENDS, hasStorageOrder = true } = given;
  const api = scriptedApi(script);
  const table = { schema: 'public', table: 'django_session' };
  const place = { api, dialect: toyDialect('toy', kind), table };
  return { table: sessionTable(place, ends, hasStorageOrder), sent: api.sent };
}

const answer = (of: Partial<Extract<Answer, { kind: 'rows' }>>): Answer => ({
  kind: 'rows',
  rows: [],
  rowsChanged: 0,
  durationMs: 120,
  ...of,
});

const unexpected = (problem: string) => ({
  name: 'DatabaseError',
  message: `unexpected answer: ${problem}`,
});

const LOCKED: Answer = { kind: 'locked', durationMs: 3 };
const TIMED_OUT: Answer = { kind: 'timed-out', durationMs: 45_000 };
const FORBIDDEN = failedCall('permission denied; SQLState: 42501');

const UNANSWERED: Answer[] = [
  TIMED_OUT,
  { kind: 'refused', durationMs: 9, error: failedCall('no') },
  { kind: 'lost', durationMs: 700 },
];

describe('a table', () => {
  it('has the name of the catalog, its ends, and a start at the older', () => {
    const { table, sent } = setup([]);

    expect(table).toMatchObject({
      name: 'public.django_session',
      oldest: new Date(10_000),
      newest: new Date(99_000),
      start: { walk: 'index', at: 'second 10' },
    });
    expect(sent).toEqual([]);
  });

  it('has no ends where it is empty', () => {
    const { table } = setup([], { ends: { oldest: null, newest: null } });

    expect(table).toMatchObject({ oldest: null, newest: null, start: { walk: 'index' } });
  });

  it.each<[string, Ends]>([
    ['the older', { ...ENDS, oldest: 'soon' }],
    ['the younger', { ...ENDS, newest: 'late' }],
  ])('is refused where %s end is no time', (_name, ends) => {
    expect(() => setup([], { ends })).toThrow(
      expect.objectContaining(unexpected('an expire_date must be a time')),
    );
  });
});

describe.each<Kind>(['at-once', 'find-then-delete'])('deleteBatch along the index, %s', (kind) => {
  const FOUND: Scripted[] = kind === 'at-once' ? [] : [[{ taken: 100, next: 'second 90' }]];

  it.each(UNANSWERED)('passes on what became of the delete: $kind', async (unanswered) => {
    const { table, sent } = setup([...FOUND, unanswered], { kind });

    expect(await table.deleteBatch(BATCH)).toEqual(unanswered);
    expect(sent.at(-1)).toMatch(/^execute toy: delete /);
  });

  it('throws what ends the run', async () => {
    const { table } = setup([...FOUND, FORBIDDEN], { kind });

    await expect(table.deleteBatch(BATCH)).rejects.toBe(FORBIDDEN);
  });
});

describe('deleteBatch at once', () => {
  const DELETED: Row = { deleted: 100, taken: 100, next: 'second 90' };
  const rows = (given: Row = {}) => answer({ rows: [{ ...DELETED, ...given }] });

  it('sends the stretch to its table, in one statement', async () => {
    const { table, sent } = setup([rows()]);

    await table.deleteBatch(BATCH);

    expect(sent).toEqual([`execute toy: delete [${ID},${stretch('here')}]`]);
  });

  it('avoids the rows that the position avoids, and so does the next', async () => {
    const { table, sent } = setup([rows()]);
    const from = { ...HERE, avoid: ['a', 'b'] };

    const outcome = await table.deleteBatch({ ...BATCH, from });

    expect(sent).toEqual([`execute toy: delete [${ID},${stretch('here', ['a', 'b'])}]`]);
    expect(outcome).toMatchObject({ next: { walk: 'index', at: 'second 90', avoid: ['a', 'b'] } });
  });

  it('reads what was deleted from its rows, not from what the service counted', async () => {
    const { table } = setup([answer({ rows: [DELETED], rowsChanged: 7 })]);

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'deleted',
      rows: 100,
      next: { walk: 'index', at: 'second 90' },
      reached: new Date(90_000),
      leftBehind: true,
      ahead: 0,
      durationMs: 120,
    });
  });

  it.each<[string, Row, object]>([
    ['ends where fewer were taken than asked for', { taken: 99, deleted: 99 }, { next: null }],
    [
      'goes on where all were taken, though some were renewed',
      { taken: 100, deleted: 98 },
      { rows: 98, next: { walk: 'index', at: 'second 90' } },
    ],
    [
      'ends where nothing was taken, and does not know what others hold',
      { taken: 0, deleted: 0, next: null },
      { rows: 0, next: null, reached: null, leftBehind: true },
    ],
  ])('%s', async (_promise, given, expected) => {
    const { table } = setup([rows(given)]);

    expect(await table.deleteBatch(BATCH)).toMatchObject(expected);
  });

  it.each<[string, Answer]>([
    ['no row', answer({})],
    ['two rows', answer({ rows: [DELETED, DELETED] })],
    ['no count', rows({ deleted: null })],
    ['a count below 0', rows({ deleted: -1 })],
    ['no count of what was taken', rows({ taken: '9' })],
    ['no position', rows({ next: 7 })],
    ['no time', rows({ next: 'soon' })],
    ['more rows than its limit', rows({ deleted: 101, taken: 101 })],
  ])('is in doubt where it is answered with %s', async (_name, given) => {
    const { table, sent } = setup([given]);

    expect(await table.deleteBatch(BATCH)).toEqual({ kind: 'lost', durationMs: 120 });
    expect(sent).toHaveLength(1);
  });

  it('throws where it ended at a locked row, which it does not say of itself', async () => {
    const { table } = setup([LOCKED]);

    await expect(table.deleteBatch(BATCH)).rejects.toMatchObject(
      unexpected('a statement that passes over locked rows met one'),
    );
  });
});

describe('deleteBatch where it is found first', () => {
  const kind = 'find-then-delete';
  const found = (taken: number, next: string | null = 'second 90') => [{ taken, next }];

  it('looks for the stretch, and then deletes it with what was found', async () => {
    const { table, sent } = setup([found(42), answer({ rowsChanged: 42 })], { kind });

    await table.deleteBatch(BATCH);

    expect(sent).toEqual([
      `tryQuery toy: find [${ID},${stretch('here')}]`,
      `execute toy: delete [${ID},${stretch('here')},{"taken":42,"next":"second 90"}]`,
    ]);
  });

  const ON: Position = { walk: 'index', at: 'second 90' };

  it.each<[string, number, number, Position | null]>([
    ['goes on where the limit was found', 100, 100, ON],
    ['ends where fewer were found than asked for', 99, 99, null],
    ['counts what was deleted, not what was found', 100, 98, ON],
    ['goes on where all were renewed', 100, 0, ON],
    ['ends where the last were renewed', 1, 0, null],
  ])('%s', async (_promise, taken, rowsChanged, next) => {
    const { table } = setup([found(taken), answer({ rowsChanged, durationMs: 80 })], { kind });

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'deleted',
      rows: rowsChanged,
      next,
      reached: new Date(90_000),
      leftBehind: true,
      ahead: 0,
      durationMs: 80,
    });
  });

  it('sends no delete where nothing is found, and tells the time of looking', async () => {
    const { table, sent } = setup([found(0, null)], { kind });

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'deleted',
      rows: 0,
      next: null,
      reached: null,
      leftBehind: true,
      ahead: 0,
      durationMs: 120,
    });
    expect(sent).toHaveLength(1);
  });

  it('deletes nothing where looking took too long', async () => {
    const { table, sent } = setup([TIMED_OUT], { kind });

    expect(await table.deleteBatch(BATCH)).toEqual(TIMED_OUT);
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Row[], string]>([
    ['no row', [], 'must be one row, got 0'],
    ['no count', [{ taken: '9', next: 'second 90' }], 'column "taken" must be a count, got string'],
    ['no end', [{ taken: 9, next: null }], 'column "next" must be text, got null'],
  ])('deletes nothing where it is found with %s', async (_name, rows, problem) => {
    const { table, sent } = setup([rows], { kind });

    await expect(table.deleteBatch(BATCH)).rejects.toMatchObject(unexpected(problem));
    expect(sent).toHaveLength(1);
  });

  it.each<[string, string, number]>([
    ['more rows are told than its limit', 'second 90', 101],
    ['its last row has no time', 'soon', 100],
  ])('is in doubt where %s', async (_what, next, rowsChanged) => {
    const { table } = setup([found(100, next), answer({ rowsChanged })], { kind });

    expect(await table.deleteBatch(BATCH)).toEqual({ kind: 'lost', durationMs: 120 });
  });

  it('deletes nothing where the batch could not be looked for', async () => {
    const { table, sent } = setup([FORBIDDEN], { kind });

    await expect(table.deleteBatch(BATCH)).rejects.toBe(FORBIDDEN);
    expect(sent).toHaveLength(1);
  });
});

describe('deleteBatch along storage', () => {
  const batch = (from: Position): Batch => ({ ...BATCH, from });

  it('deletes at once', async () => {
    const { table, sent } = setup([answer({ rowsChanged: 60 })]);

    expect(await table.deleteBatch(batch(STORED))).toEqual({
      kind: 'deleted',
      rows: 60,
      next: { walk: 'storage', at: '100 after there' },
      reached: null,
      leftBehind: false,
      ahead: 0.25,
      durationMs: 120,
    });
    expect(sent).toEqual([`execute toy: delete stored [${ID},${stretch('there')}]`]);
  });

  it.each<[string, Row, object]>([
    ['ends where the dialect says so', { end: true }, { next: null }],
    ['tells of rows that others held', { held: true }, { leftBehind: true }],
  ])('%s', async (_promise, row, expected) => {
    const { table } = setup([answer({ rows: [row] })]);

    expect(await table.deleteBatch(batch(STORED))).toMatchObject(expected);
  });

  it.each(UNANSWERED)('passes on what became of the delete: $kind', async (unanswered) => {
    const { table } = setup([unanswered]);

    expect(await table.deleteBatch(batch(STORED))).toEqual(unanswered);
  });

  it('is done carefully where it ended at a locked row, and read as that', async () => {
    const { table, sent } = setup([LOCKED, answer({ rowsChanged: 60, rows: [{ held: true }] })]);

    expect(await table.deleteBatch(batch(STORED))).toEqual({
      kind: 'deleted',
      rows: 60,
      next: { walk: 'storage', at: '100 after careful there' },
      reached: null,
      leftBehind: true,
      ahead: 0.25,
      durationMs: 120,
    });
    expect(sent).toEqual([
      `execute toy: delete stored [${ID},${stretch('there')}]`,
      `execute toy: delete stored [${ID},${stretch('careful there')}]`,
    ]);
  });

  it('is done carefully once', async () => {
    const { table, sent } = setup([LOCKED, LOCKED]);

    await expect(table.deleteBatch(batch(STORED))).rejects.toMatchObject(
      unexpected('a statement that passes over locked rows met one'),
    );
    expect(sent).toHaveLength(2);
  });

  it.each(UNANSWERED)('passes on what became of the careful one: $kind', async (unanswered) => {
    const { table } = setup([LOCKED, unanswered]);

    expect(await table.deleteBatch(batch(STORED))).toEqual(unanswered);
  });

  it('is in doubt where more rows are told than its limit', async () => {
    const most = setup([answer({ rowsChanged: 100 })]);
    const more = setup([answer({ rowsChanged: 101 })]);

    expect(await most.table.deleteBatch(batch(STORED))).toMatchObject({ rows: 100 });
    expect(await more.table.deleteBatch(batch(STORED))).toEqual({ kind: 'lost', durationMs: 120 });
  });

  it('is in doubt where the dialect cannot read the answer', async () => {
    const { table } = setup([answer({ rows: [{ unreadable: true }] })]);

    expect(await table.deleteBatch(batch(STORED))).toEqual({ kind: 'lost', durationMs: 120 });
  });

  it('passes a mistake in the code on as it is', async () => {
    const { table } = setup([answer({ rows: null as never })]);

    await expect(table.deleteBatch(batch(STORED))).rejects.toThrow(TypeError);
  });

  it('throws what ends the run', async () => {
    const { table } = setup([FORBIDDEN]);

    await expect(table.deleteBatch(batch(STORED))).rejects.toBe(FORBIDDEN);
  });
});

describe('chooseWalk', () => {
  it.each<[string, string | null, Position | null]>([
    ['starts the storage walk', 'first block', { walk: 'storage', at: 'first block' }],
    ['stays on the index', null, null],
  ])('%s where the sample says so, with the reason', async (_name, start, expected) => {
    const { table, sent } = setup([[{ reason: 'the sample', start }]]);

    expect(await table.chooseWalk(CUTOFF)).toEqual({ reason: 'the sample', start: expected });
    expect(sent).toEqual([`tryQuery toy: estimate [${ID},${AT}]`]);
  });

  it('stays on the index where the sample took too long', async () => {
    const { table } = setup([TIMED_OUT]);

    expect(await table.chooseWalk(CUTOFF)).toEqual({
      reason: 'sampling the table took too long',
      start: null,
    });
  });

  it('asks nothing where there is no storage walk', async () => {
    const { table, sent } = setup([], { hasStorageOrder: false });

    expect(await table.chooseWalk(CUTOFF)).toEqual({
      reason: 'only PostgreSQL 14 and later have a storage walk',
      start: null,
    });
    expect(sent).toEqual([]);
  });

  it('refuses an answer without a row', async () => {
    const { table } = setup([[]]);

    await expect(table.chooseWalk(CUTOFF)).rejects.toMatchObject(
      unexpected('must be one row, got 0'),
    );
  });
});

describe('stepOver', () => {
  const from = { ...HERE, avoid: ['a'] };
  const stuck = { stuck: 'second 90', row: null, next: null };

  it('asks for the row at the start of the stretch', async () => {
    const { table, sent } = setup([[stuck]]);

    await table.stepOver({ ...BATCH, from, limit: 1 });

    expect(sent).toEqual([`query toy: stuck [${ID},${stretch('here', ['a'], 1)}]`]);
  });

  it.each<[string, Row, Position | null]>([
    [
      'avoids it from there on, where it has a handle',
      { row: 'b' },
      { ...from, avoid: ['a', 'b'] },
    ],
    [
      'has the handle count before the position',
      { row: 'b', next: 'on' },
      { ...from, avoid: ['a', 'b'] },
    ],
    ['starts after it, where it has none', { next: 'on' }, { ...from, at: 'on' }],
    ['ends where nothing comes after it', {}, null],
  ])('%s', async (_promise, given, next) => {
    const { table } = setup([[{ ...stuck, ...given }]]);

    expect(await table.stepOver({ ...BATCH, from })).toEqual({ stuck: new Date(90_000), next });
  });

  it('avoids a first row', async () => {
    const { table } = setup([[{ ...stuck, row: 'b' }]]);

    expect(await table.stepOver(BATCH)).toMatchObject({ next: { ...HERE, avoid: ['b'] } });
  });

  it('says that the row is gone', async () => {
    const { table } = setup([[]]);

    expect(await table.stepOver(BATCH)).toBeNull();
  });

  it.each<[string, Row, string]>([
    ['no time', { stuck: null }, 'column "stuck" must be text, got null'],
    ['a time that is none', { stuck: 'soon' }, 'an expire_date must be a time'],
    ['a handle that is no text', { row: 7 }, 'column "row" must be text, got number'],
    ['a position that is no text', { next: 7 }, 'column "next" must be text, got number'],
  ])('refuses an answer with %s', async (_name, given, problem) => {
    const { table } = setup([[{ ...stuck, ...given }]]);

    await expect(table.stepOver(BATCH)).rejects.toMatchObject(unexpected(problem));
  });
});

describe('countExpired', () => {
  const oldest = 'second 90';

  it.each([0, 5, COUNT_CAP])('counts %s rows exactly, in one query', async (expired) => {
    const { table, sent } = setup([[{ expired, oldest }]]);

    expect(await table.countExpired(CUTOFF)).toEqual({
      rows: expired,
      capped: false,
      estimate: null,
      oldest: new Date(90_000),
    });
    expect(sent).toEqual([`query toy: count [${ID},${AT},100001]`]);
  });

  it('asks the planner where there are more than it counts', async () => {
    const { table, sent } = setup([
      [{ expired: COUNT_CAP + 1, oldest }],
      [{ estimate: 65_000_000 }],
    ]);

    expect(await table.countExpired(CUTOFF)).toEqual({
      rows: COUNT_CAP,
      capped: true,
      estimate: 65_000_000,
      oldest: new Date(90_000),
    });
    expect(sent[1]).toBe(`query toy: explain [${ID},${AT}]`);
  });

  it('never takes an estimate below what was seen', async () => {
    const { table } = setup([[{ expired: COUNT_CAP + 1, oldest }], [{ estimate: 12 }]]);

    expect(await table.countExpired(CUTOFF)).toMatchObject({ estimate: COUNT_CAP + 1 });
  });

  it('finds no oldest where nothing expired', async () => {
    const { table } = setup([[{ expired: 0, oldest: null }]]);

    expect(await table.countExpired(CUTOFF)).toMatchObject({ rows: 0, oldest: null });
  });
});

describe('the oldest that expired', () => {
  type Ask = (table: SessionTable) => Promise<unknown>;
  const countExpired: Ask = (table) => table.countExpired(CUTOFF);
  const oldestExpired: Ask = (table) => table.oldestExpired(CUTOFF);

  it.each<[string, Ask, Row[], string]>([
    [
      'countExpired',
      countExpired,
      [{ expired: 1, oldest: 'soon' }],
      'an expire_date must be a time',
    ],
    ['oldestExpired', oldestExpired, [{ oldest: 'soon' }], 'an expire_date must be a time'],
    [
      'countExpired',
      countExpired,
      [{ expired: 1, oldest: 7 }],
      'column "oldest" must be text, got number',
    ],
    ['oldestExpired', oldestExpired, [{ oldest: 7 }], 'column "oldest" must be text, got number'],
    [
      'countExpired',
      countExpired,
      [{ expired: '1', oldest: null }],
      'column "expired" must be a count, got string',
    ],
    ['countExpired', countExpired, [], 'must be one row, got 0'],
    ['oldestExpired', oldestExpired, [], 'must be one row, got 0'],
  ])('is refused by %s where the answer is another', async (_name, ask, rows, problem) => {
    const { table } = setup([rows]);

    await expect(ask(table)).rejects.toMatchObject(unexpected(problem));
  });
});

describe('oldestExpired', () => {
  it.each([
    ['second 90', new Date(90_000)],
    [null, null],
  ])('reads %s', async (oldest, expected) => {
    const { table, sent } = setup([[{ oldest }]]);

    expect(await table.oldestExpired(CUTOFF)).toEqual(expected);
    expect(sent).toEqual([`tryQuery toy: oldest [${ID},${AT}]`]);
  });

  it('is not known where looking took too long', async () => {
    const { table } = setup([TIMED_OUT]);

    expect(await table.oldestExpired(CUTOFF)).toBe('unknown');
  });
});
