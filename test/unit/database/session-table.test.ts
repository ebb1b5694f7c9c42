import type { Row } from '../../../lambda/data-api/rows';
import { type Answer, answered, type Statement } from '../../../lambda/data-api/statement';
import type { Conversation, Deleted, Dialect } from '../../../lambda/database/dialect';
import type { ExpiryRange } from '../../../lambda/database/expiry-range';
import { COUNT_CAP, sessionTable } from '../../../lambda/database/session-table';
import { DatabaseError, UnexpectedAnswer } from '../../../lambda/errors';
import type { Batch, SessionTable } from '../../../lambda/purge/port';
import { failedCall } from '../../support/failed-call';
import { type Scripted, scriptedApi, toyDialect } from '../../support/toy-dialect';

const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const BATCH: Batch = { cutoff: CUTOFF, from: { walk: 'index', at: 'here' }, limit: 100 };
const STORED: Batch = { ...BATCH, from: { walk: 'storage', at: 'there' } };
const RANGE: ExpiryRange = { oldest: 'second 10', newest: 'second 99' };

const ID = '{"schema":"public","table":"django_session"}';
const AT = '"2026-11-22T02:17:00.000Z"';

interface Given {
  readonly dialect?: Dialect;
  readonly range?: ExpiryRange;
  readonly hasStorageOrder?: boolean;
}

/** The table, and what was sent to it. */
function setup(script: readonly Scripted[], given: Given = {}) {
  const { dialect = toyDialect(), range = RANGE, hasStorageOrder = true } = given;
  const api = scriptedApi(script);
  const table = { schema: 'public', table: 'django_session' };
  return { table: sessionTable({ api, dialect, table }, range, hasStorageOrder), sent: api.sent };
}

const rows = (of: Partial<Extract<Answer, { kind: 'rows' }>>): Answer => ({
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

const LOCKED_TABLE =
  'table "public.django_session" is locked: another session holds a lock on the whole table, or waits for one; look for who holds a lock on the table, a schema migration or a stuck transaction: SHOW LOCKS ON django_session';

const LOCKED: Answer = { kind: 'locked', durationMs: 3, error: failedCall('held') };
const TOO_LARGE: Answer = { kind: 'too-large', durationMs: 45_000, error: failedCall('stopped') };
const FORBIDDEN = failedCall('permission denied; SQLState: 42501');

const UNANSWERED: Answer[] = [
  TOO_LARGE,
  LOCKED,
  { kind: 'refused', durationMs: 9, error: new DatabaseError('no') },
  { kind: 'failed', durationMs: 9, error: FORBIDDEN },
  { kind: 'unknown', durationMs: 700, error: failedCall('lost') },
];

describe('what guards the rows', () => {
  it.each([
    ['triggers', 'its triggers: SHOW TRIGGERS ON django_session'],
    ['foreign keys', 'this shows the ALTER TABLE for each: SHOW CASCADE TO django_session'],
  ] as const)('is shown by the query that the error has: %s', async (about, query) => {
    const { message, failure } = failedCall('no');
    const told = new DatabaseError(message, failure && { ...failure, remedy: 'mend it', about });
    const { table } = setup([{ kind: 'refused', durationMs: 9, error: told }]);

    expect(await table.deleteBatch(BATCH)).toMatchObject({
      kind: 'refused',
      error: { message: `${message}; ${query}`, failure: { remedy: `mend it; ${query}` } },
    });
  });
});

describe('a table', () => {
  it('has the name from the catalog, its range, and a start at the oldest row', () => {
    const { table, sent } = setup([]);

    expect(table).toMatchObject({
      name: 'public.django_session',
      oldest: new Date(10_000),
      newest: new Date(99_000),
      start: { walk: 'index', at: 'at second 10' },
    });
    expect(sent).toEqual([]);
  });

  it('has no oldest and no newest row when it is empty', () => {
    const { table } = setup([], { range: { oldest: null, newest: null } });

    expect(table).toMatchObject({ oldest: null, newest: null, start: { walk: 'index' } });
  });

  it.each<[string, ExpiryRange]>([
    ['oldest', { ...RANGE, oldest: 'soon' }],
    ['newest', { ...RANGE, newest: 'late' }],
  ])('is refused when its %s row has no valid time', (_name, range) => {
    expect(() => setup([], { range })).toThrow(
      expect.objectContaining(unexpected('an expire_date must be a time')),
    );
  });
});

describe.each<[string, Batch, string]>([
  ['along the index', BATCH, 'delete toy: delete '],
  ['along storage', STORED, 'delete toy: delete stored '],
])('deleteBatch %s', (_name, batch, delet) => {
  it('hands the table and the batch to the walk', async () => {
    const { table, sent } = setup([rows({})]);

    await table.deleteBatch(batch);

    expect(sent).toEqual([`${delet}[${ID},${JSON.stringify(batch)}]`]);
  });

  it.each(UNANSWERED)('passes on what became of the delete: $kind', async (unanswered) => {
    const { table } = setup([unanswered]);

    expect(await table.deleteBatch(batch)).toEqual(unanswered);
  });

  it('throws what ends the run', async () => {
    const { table } = setup([FORBIDDEN]);

    await expect(table.deleteBatch(batch)).rejects.toBe(FORBIDDEN);
  });

  it('does not know the outcome when more rows than an exact limit were deleted', async () => {
    const [most, more, about] = [100, 101, 101].map((rowsChanged) =>
      setup([rows({ rowsChanged })]),
    );
    const exact = { ...batch, isExact: true };

    expect(await most?.table.deleteBatch(exact)).toMatchObject({ kind: 'deleted', rows: 100 });
    expect(await about?.table.deleteBatch(batch)).toMatchObject({ kind: 'deleted', rows: 101 });
    expect(await more?.table.deleteBatch(exact)).toEqual({
      kind: 'unknown',
      durationMs: 120,
      error: new UnexpectedAnswer('more rows than the limit were deleted'),
    });
  });
});

describe('deleteBatch', () => {
  it('has the result of the walk, with its time as a date', async () => {
    const { table } = setup([rows({ rowsChanged: 60, rows: [{ reached: 'second 90' }] })]);

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'deleted',
      rows: 60,
      next: null,
      reached: new Date(90_000),
      kept: 0,
      held: 0,
      shareLeft: 0,
      durationMs: 120,
    });
  });

  it('does not know the outcome when the time that it reached is not valid', async () => {
    const { table } = setup([rows({ rowsChanged: 60, rows: [{ reached: 'soon' }] })]);

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'unknown',
      durationMs: 120,
      error: new UnexpectedAnswer('an expire_date must be a time'),
    });
  });

  it('throws along storage when the engine has no such walk', async () => {
    const { table } = setup([], { dialect: { ...toyDialect(), storage: null } });

    await expect(table.deleteBatch(STORED)).rejects.toThrow('toy has no storage walk');
  });
});

describe('a conversation', () => {
  const PROBE: Statement = { sql: 'probe', parameters: {}, mode: 'probe' };
  const DELETE: Statement = { sql: 'delete', parameters: {}, mode: 'delete' };
  const NOTHING: Deleted = {
    rows: 0,
    next: null,
    reached: null,
    kept: 0,
    held: 0,
    shareLeft: 0,
  };

  /** A table whose batches along the index are this conversation. */
  function holding(batch: () => Conversation<Deleted>, script: readonly Scripted[]) {
    const dialect = toyDialect();
    return setup(script, { dialect: { ...dialect, index: { ...dialect.index, batch } } });
  }

  function* probeThenDelete(): Conversation<Deleted> {
    const { rowsChanged } = answered(yield PROBE);
    const deleted = answered(yield DELETE);
    return { ...NOTHING, rows: rowsChanged + deleted.rowsChanged };
  }

  it('is held statement by statement, and takes as long as its last statement', async () => {
    const { table, sent } = holding(probeThenDelete, [
      rows({ rowsChanged: 1, durationMs: 500 }),
      rows({ rowsChanged: 40, durationMs: 80 }),
    ]);

    expect(await table.deleteBatch(BATCH)).toMatchObject({
      kind: 'deleted',
      rows: 41,
      durationMs: 80,
    });
    expect(sent).toEqual(['probe probe', 'delete delete']);
  });

  it.each(UNANSWERED)('ends at a statement that is not answered: $kind', async (unanswered) => {
    const { table, sent } = holding(probeThenDelete, [unanswered]);

    expect(await table.deleteBatch(BATCH)).toEqual(unanswered);
    expect(sent).toEqual(['probe probe']);
  });

  it('goes on after a lock where its statement allows that', async () => {
    function* twice(): Conversation<Deleted> {
      const { kind } = yield { ...DELETE, goesOnAfter: 'locked' };
      const { rowsChanged } = answered(yield DELETE);
      return { ...NOTHING, rows: kind === 'locked' ? rowsChanged : 0 };
    }
    const { table } = holding(twice, [LOCKED, rows({ rowsChanged: 7, durationMs: 80 })]);

    expect(await table.deleteBatch(BATCH)).toMatchObject({ rows: 7, durationMs: 80 });
  });

  /** Cannot read the answer to one of its statements. */
  const unreadable = (statement: Statement, error: Error) =>
    function* (): Conversation<Deleted> {
      yield statement;
      throw error;
    };

  it('has an unknown outcome when the answer to a delete cannot be read', async () => {
    const { table } = holding(unreadable(DELETE, new UnexpectedAnswer('odd')), [rows({})]);

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'unknown',
      durationMs: 120,
      error: new UnexpectedAnswer('odd'),
    });
  });

  it('fails when the answer to a read cannot be read, and deletes nothing', async () => {
    const { table } = holding(unreadable(PROBE, new UnexpectedAnswer('odd')), [rows({})]);

    await expect(table.deleteBatch(BATCH)).rejects.toMatchObject(unexpected('odd'));
  });

  it('throws a mistake in the code as it is', async () => {
    const mistake = new TypeError('x is not a function');
    const { table } = holding(unreadable(DELETE, mistake), [rows({})]);

    await expect(table.deleteBatch(BATCH)).rejects.toBe(mistake);
  });
});

describe('chooseWalk', () => {
  it('is what the storage walk chooses by its sample', async () => {
    const { table, sent } = setup([[{ reason: 'the sample' }]]);

    expect(await table.chooseWalk(CUTOFF)).toEqual({ reason: 'the sample', start: null });
    expect(sent).toEqual([`probe toy: sample [${ID},${AT}]`]);
  });

  it('stays on the index when the sample took too long', async () => {
    const { table } = setup([TOO_LARGE]);

    expect(await table.chooseWalk(CUTOFF)).toEqual({
      reason: 'sampling the table took too long',
      start: null,
    });
  });

  it.each<[string, Given]>([
    ['the server', { hasStorageOrder: false }],
    ['the engine', { dialect: { ...toyDialect(), storage: null } }],
  ])('sends nothing when %s has no storage walk', async (_name, given) => {
    const { table, sent } = setup([], given);

    expect(await table.chooseWalk(CUTOFF)).toEqual({
      reason: 'only PostgreSQL 14 and later have a storage walk',
      start: null,
    });
    expect(sent).toEqual([]);
  });
});

describe('passOver', () => {
  it('is what the index walk passes, with its time as a date', async () => {
    const { table, sent } = setup([[{ since: 'second 90' }]]);

    expect(await table.passOver(BATCH)).toEqual({
      rows: 7,
      since: new Date(90_000),
      next: BATCH.from,
    });
    expect(sent).toEqual([`read toy: pass [${ID},${JSON.stringify(BATCH)}]`]);
  });

  it('refuses a time that is not valid', async () => {
    const { table } = setup([[{ since: 'soon' }]]);

    await expect(table.passOver(BATCH)).rejects.toMatchObject(
      unexpected('an expire_date must be a time'),
    );
  });
});

describe('deleteNone', () => {
  it('sends a statement that is not sent again at a lock', async () => {
    const { table, sent } = setup([rows({})]);

    await table.deleteNone();

    expect(sent).toEqual([`ask toy: delete none [${ID}]`]);
  });

  it('throws what the database says of it', async () => {
    const { table } = setup([FORBIDDEN]);

    await expect(table.deleteNone()).rejects.toBe(FORBIDDEN);
  });

  it.each<[string, Answer['kind'] & ('locked' | 'too-large'), string]>([
    ['a lock', 'locked', 'canceled; SQLState: 55P03'],
    ['its duration', 'too-large', 'canceled; SQLState: 57014'],
  ])('tells what holds the table where it met %s', async (_what, kind, said) => {
    const { table } = setup([{ kind, durationMs: 1000, error: failedCall(said) }]);

    await expect(table.deleteNone()).rejects.toMatchObject({
      message: expect.stringMatching(
        /^table "public\.django_session".*SHOW LOCKS ON django_session$/,
      ),
    });
  });
});

describe('a read that met a lock', () => {
  it('has met it on the whole table, and says so without the words of the database', async () => {
    const { table } = setup([failedCall('canceled; Position: 432; SQLState: 55P03')]);

    await expect(table.countExpired(new Date(0))).rejects.toMatchObject({
      message: LOCKED_TABLE,
      failure: { at: 'lock', sqlState: '55P03' },
    });
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
    expect(sent).toEqual([`read toy: count [${ID},${AT},100001]`]);
  });

  it('asks the planner when there are more rows than it counts', async () => {
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
    expect(sent[1]).toBe(`read toy: explain [${ID},${AT}]`);
  });

  it('never has an estimate below what it counted', async () => {
    const { table } = setup([[{ expired: COUNT_CAP + 1, oldest }], [{ estimate: 12 }]]);

    expect(await table.countExpired(CUTOFF)).toMatchObject({ estimate: COUNT_CAP + 1 });
  });

  it('finds no oldest row when nothing expired', async () => {
    const { table } = setup([[{ expired: 0, oldest: null }]]);

    expect(await table.countExpired(CUTOFF)).toMatchObject({ rows: 0, oldest: null });
  });
});

describe('countAllExpired', () => {
  it('counts all rows, in one query', async () => {
    const { table, sent } = setup([[{ expired: 65_000_000 }]]);

    expect(await table.countAllExpired(CUTOFF)).toBe(65_000_000);
    expect(sent).toEqual([`probe toy: count all [${ID},${AT}]`]);
  });

  it('is not known when it took too long', async () => {
    const { table } = setup([TOO_LARGE]);

    expect(await table.countAllExpired(CUTOFF)).toBeNull();
  });
});

describe('the oldest that expired', () => {
  type Ask = (table: SessionTable) => Promise<unknown>;
  const countExpired: Ask = (table) => table.countExpired(CUTOFF);
  const oldestExpired: Ask = (table) => table.oldestExpired({ cutoff: CUTOFF, walk: 'index' });

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
  ])('is refused by %s when the answer has another shape', async (_name, ask, rows, problem) => {
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

    expect(await table.oldestExpired({ cutoff: CUTOFF, walk: 'index' })).toEqual(expected);
    expect(sent).toEqual([`probe toy: oldest [${ID},${AT}]`]);
  });

  it('is not known when the look took too long', async () => {
    const { table } = setup([TOO_LARGE]);

    expect(await table.oldestExpired({ cutoff: CUTOFF, walk: 'index' })).toBe('unknown');
  });
});
