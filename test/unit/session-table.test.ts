import type { Answer, DataApi } from '../../lambda/data-api';
import type { Dialect, Statement } from '../../lambda/dialects/dialect';
import { DatabaseError } from '../../lambda/errors';
import type { Row } from '../../lambda/rows';
import type { Batch, Position, SessionTable } from '../../lambda/session-port';
import { COUNT_CAP, sessionDatabase } from '../../lambda/session-table';

const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const BATCH: Batch = { cutoff: CUTOFF, from: null, limit: 100 };
const WANTED = [{ text: 'django_session', schema: null, table: 'django_session' }];

type Kind = Dialect['batches']['kind'];

/** A dialect whose statements say what they were made of. */
function dialect(engine = 'toy', kind: Kind = 'at-once'): Dialect {
  const made = (what: string, ...of: unknown[]): Statement => ({
    sql: `${engine}: ${what} ${JSON.stringify(of)}`,
    parameters: {},
  });
  const batches: Record<Kind, Dialect['batches']> = {
    'at-once': { kind: 'at-once', delete: (table, batch) => made('delete', table, batch) },
    'find-then-delete': {
      kind: 'find-then-delete',
      find: (table, batch) => made('find', table, batch),
      delete: (table, batch, found) => made('delete', table, batch, found),
    },
  };
  return {
    engine,
    inspect: (wanted) =>
      made(
        'inspect',
        wanted.map(({ text }) => text),
      ),
    batches: batches[kind],
    countExpired: (table, cutoff, cap) => made('count', table, cutoff, cap),
    explainExpired: (table, cutoff) => made('explain', table, cutoff),
    readEstimate: (rows) => Number(rows[0]?.estimate),
    oldestExpired: (table, cutoff) => made('oldest', table, cutoff),
    // The second of a day, so that nothing but a dialect can read it.
    toInstant: (text) => new Date(Number(text.replace('second ', '')) * 1000),
    grant: () => 'GRANT',
    createIndex: () => 'CREATE INDEX',
  };
}

const ID = '{"schema":"public","table":"django_session"}';
const AT = '"2026-11-22T02:17:00.000Z"';

const INSPECTED: Row = {
  wanted: 0,
  now: '2026-11-22T03:17:00.000Z',
  user: 'purger',
  database: 'shop',
  schema: 'public',
  table: 'django_session',
  kind: 'table',
  expireDateType: 'timestamp with time zone',
  isExpireDateTime: true,
  hasSessionKey: true,
  isKeyedBySession: true,
  hasExpireDateIndex: true,
  missingRights: '',
};

interface Script {
  readonly kind?: Kind;
  /** Answers to the queries after the one that inspects. */
  readonly queries?: readonly (readonly Row[] | Error)[];
  readonly executes?: readonly (Answer | Error)[];
  readonly inspected?: readonly (readonly Row[] | Error)[];
}

/** Gives one after the other; an error is thrown. */
function inTurn<T>(script: readonly (T | Error)[]): () => T {
  const left = [...script];
  return () => {
    const next = left.shift();
    if (next === undefined) throw new Error('the script has no answer to this statement');
    if (next instanceof Error) throw next;
    return next;
  };
}

function setup({ kind, queries = [], executes = [], inspected = [[INSPECTED]] }: Script) {
  const sent: string[] = [];
  const nextRows = inTurn([...inspected, ...queries]);
  const nextAnswer = inTurn(executes);
  const api: DataApi = {
    async query({ sql }) {
      sent.push(sql);
      return nextRows();
    },
    async execute({ sql }) {
      sent.push(sql);
      return nextAnswer();
    },
    usage: () => ({ dataApiCalls: sent.length, retries: 0, wakeMs: 0 }),
  };
  return { api, sent, database: sessionDatabase(api, [dialect('toy', kind)]) };
}

/** The table of a database, and what was sent to it since it was opened. */
async function opened(script: Script): Promise<{ table: SessionTable; sent(): string[] }> {
  const { database, sent } = setup(script);
  const [table] = (await database.open(WANTED)).tables;
  if (table === undefined) throw new Error('the database was opened without a table');
  return { table, sent: () => sent.slice(1) };
}

const answer = (of: Partial<Extract<Answer, { kind: 'rows' }>>): Answer => ({
  kind: 'rows',
  rows: [],
  rowsChanged: 0,
  durationMs: 120,
  ...of,
});

const HERE = 'here' as Position;

describe('open', () => {
  it("tells the engine, the database's clock and the tables", async () => {
    const { database, sent } = setup({});

    const { engine, now, tables, warnings } = await database.open(WANTED);

    expect(engine).toBe('toy');
    expect(now).toEqual(new Date('2026-11-22T03:17:00.000Z'));
    expect(tables.map(({ name }) => name)).toEqual(['public.django_session']);
    expect(warnings).toEqual([]);
    expect(sent).toEqual(['toy: inspect [["django_session"]]']);
  });

  it.each([
    ['an offset', '2026-11-22T05:17:00.123456+02:00', '2026-11-22T03:17:00.123Z'],
    ['none but Z', '2026-11-22T03:17:00.123Z', '2026-11-22T03:17:00.123Z'],
  ])("reads the database's clock with %s", async (_name, now, expected) => {
    const { database } = setup({ inspected: [[{ ...INSPECTED, now }]] });

    expect((await database.open(WANTED)).now).toEqual(new Date(expected));
  });

  it('reads truth as MySQL tells it', async () => {
    const truth = { isExpireDateTime: 1, hasSessionKey: 1, isKeyedBySession: 1 };
    const { database } = setup({
      inspected: [[{ ...INSPECTED, ...truth, hasExpireDateIndex: 0 }]],
    });

    const { tables, warnings } = await database.open(WANTED);

    expect(tables).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  it('passes on what the operator should mend', async () => {
    const { database } = setup({ inspected: [[{ ...INSPECTED, hasExpireDateIndex: false }]] });

    const { warnings } = await database.open(WANTED);

    expect(warnings).toEqual([
      'table "django_session" has no index that starts with expire_date: each batch reads the whole table; CREATE INDEX',
    ]);
  });

  it('throws where a table may not be purged', async () => {
    const { database } = setup({ inspected: [[{ ...INSPECTED, kind: 'view' }]] });

    await expect(database.open(WANTED)).rejects.toMatchObject({ name: 'TableError' });
  });

  it.each<[string, Row[], string]>([
    ['an answer without a row', [], 'column "now" must be text, got undefined'],
    [
      'a clock that tells nothing',
      [{ ...INSPECTED, now: null }],
      'column "now" must be text, got null',
    ],
    [
      'a time that is none',
      [{ ...INSPECTED, now: 'now' }],
      "the database's clock must tell a time",
    ],
  ])('throws at %s', async (_name, rows, problem) => {
    const { database } = setup({ inspected: [rows] });

    await expect(database.open(WANTED)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: `unexpected answer: ${problem}`,
    });
  });
});

describe('the engine', () => {
  const refusal = (message: string, sqlState: string | null, code = 'DatabaseErrorException') =>
    new DatabaseError(message, code, sqlState);

  const foreignToPostgresql = refusal('syntax error at or near "`"; SQLState: 42601', '42601');
  const foreignToMysql = refusal(
    'You have an error in your SQL syntax; check the manual; Error code: 1064; SQLState: 42000',
    '42000',
  );
  const mysqlWithoutState = refusal('you have an Error in your SQL Syntax near AS', null);
  const notGranted = refusal('permission denied; SQLState: 42501', '42501');
  const unknownColumn = refusal('Unknown column; Error code: 1054; SQLState: 42S22', '42S22');
  const badRequest = refusal('the statement cannot be read', null, 'BadRequestException');
  const notValid = refusal('a parameter has no value', null, 'ValidationException');

  const both = [dialect('a'), dialect('b')];
  const ASKED = ['a: inspect [["django_session"]]', 'b: inspect [["django_session"]]'];

  it('is the first that understands, and no other is asked', async () => {
    const { api, sent } = setup({});

    const { engine, tables } = await sessionDatabase(api, both).open(WANTED);

    expect(engine).toBe('a');
    expect(tables).toHaveLength(1);
    expect(sent).toEqual(ASKED.slice(0, 1));
  });

  it.each([
    ["PostgreSQL's word for foreign grammar", foreignToPostgresql],
    ["MySQL's word for it", foreignToMysql],
    ["MySQL's word for it without a state", mysqlWithoutState],
    ['another error of the database', unknownColumn],
    ['a bad request', badRequest],
    ['a parameter that is not valid', notValid],
  ])('is the next one where the first is refused with %s', async (_name, refused) => {
    const { api, sent } = setup({ inspected: [refused, [INSPECTED]] });

    const { engine, tables } = await sessionDatabase(api, both).open(WANTED);

    expect(engine).toBe('b');
    expect(tables).toHaveLength(1);
    expect(sent).toEqual(ASKED);
  });

  it('is the one whose statements its tables are sent from then on', async () => {
    const { api, sent } = setup({
      inspected: [foreignToMysql, [INSPECTED]],
      queries: [[{ oldest: null }]],
    });
    const { tables } = await sessionDatabase(api, both).open(WANTED);

    await tables[0]?.oldestExpired(CUTOFF);

    expect(sent.at(-1)).toBe(`b: oldest [${ID},${AT}]`);
  });

  it.each([
    ['the first, and the second is foreign grammar', notGranted, foreignToPostgresql, notGranted],
    ['the second, and the first is foreign grammar', foreignToMysql, unknownColumn, unknownColumn],
    ['a bad request before foreign grammar', badRequest, foreignToPostgresql, badRequest],
    ['foreign grammar before one that is not valid', foreignToMysql, notValid, notValid],
    ['each of them: then the first counts', notGranted, unknownColumn, notGranted],
  ])('refuses for a reason of its own: %s', async (_name, first, second, expected) => {
    const { api, sent } = setup({ inspected: [first, second] });

    await expect(sessionDatabase(api, both).open(WANTED)).rejects.toBe(expected);
    expect(sent).toEqual(ASKED);
  });

  it.each([
    ['both in the words of MySQL', foreignToMysql, mysqlWithoutState],
    ['both in the words of PostgreSQL', foreignToPostgresql, foreignToPostgresql],
    ['each in its own', foreignToMysql, foreignToPostgresql],
  ])('is one that is known, or nothing is deleted: %s', async (_name, first, second) => {
    const { api } = setup({ inspected: [first, second] });

    await expect(sessionDatabase(api, both).open(WANTED)).rejects.toEqual(
      expect.objectContaining({
        name: 'DatabaseError',
        message:
          "the cluster's engine must be a or b, but it understands neither; nothing was deleted; check the cluster's ARN",
        code: null,
      }),
    );
  });

  it.each<[string, Error]>([
    ['a cluster that is not there', refusal('failing over', null, 'DatabaseUnavailableException')],
    ['a cluster that does not wake', refusal('resuming', null, 'DatabaseResumingException')],
    ['a network that is down', refusal('refused', null, 'ECONNREFUSED')],
    ['silence', refusal('a request has exceeded the 50000 ms', null, 'ETIMEDOUT')],
    ['a service that is not to be had', refusal('no', null, 'ServiceUnavailableError')],
    ['a statement that took too long', refusal('stopped', null, 'StatementTimeoutException')],
    ['a call that is not allowed', refusal('no', null, 'AccessDeniedException')],
    ['a secret that cannot be read', refusal('no', null, 'SecretsErrorException')],
    ['a refusal without a name', new DatabaseError('error in your SQL syntax', null, '42601')],
    ['a mistake in the code', new TypeError('no')],
  ])('is not looked for after %s', async (_name, failure) => {
    const { api, sent } = setup({ inspected: [failure] });

    await expect(sessionDatabase(api, both).open(WANTED)).rejects.toBe(failure);
    expect(sent).toEqual(ASKED.slice(0, 1));
  });

  it('is not looked for after a silence that follows foreign grammar', async () => {
    const failure = refusal('failing over', null, 'DatabaseUnavailableException');
    const { api } = setup({ inspected: [foreignToMysql, failure] });

    await expect(sessionDatabase(api, both).open(WANTED)).rejects.toBe(failure);
  });

  it('is known where its tables may not be purged, and no other is asked', async () => {
    const { api, sent } = setup({ inspected: [[{ ...INSPECTED, kind: 'view' }]] });

    await expect(sessionDatabase(api, both).open(WANTED)).rejects.toMatchObject({
      name: 'TableError',
    });
    expect(sent).toEqual(ASKED.slice(0, 1));
  });
});

describe.each<Kind>(['at-once', 'find-then-delete'])('deleteBatch, %s', (kind) => {
  const FOUND: Row = { taken: 100, next: 'second 90' };

  it.each<Answer>([
    { kind: 'timed-out', durationMs: 45_000 },
    { kind: 'lost', durationMs: 700 },
  ])('passes on that the delete was not answered: $kind', async (unanswered) => {
    const { table } = await opened({ kind, queries: [[FOUND]], executes: [unanswered] });

    expect(await table.deleteBatch(BATCH)).toEqual(unanswered);
  });

  it('throws what ends the run', async () => {
    const failure = new DatabaseError('permission denied', 'DatabaseErrorException', '42501');
    const { table } = await opened({ kind, queries: [[FOUND]], executes: [failure] });

    await expect(table.deleteBatch(BATCH)).rejects.toBe(failure);
  });
});

describe('deleteBatch at once', () => {
  const DELETED: Row = { deleted: 100, taken: 100, empty: false, next: 'second 90' };
  const rows = (given: Row = {}) => answer({ rows: [{ ...DELETED, ...given }] });

  it('sends the batch to its table, in one statement', async () => {
    const { table, sent } = await opened({ executes: [rows()] });

    await table.deleteBatch({ ...BATCH, from: HERE });

    expect(sent()).toEqual([`toy: delete [${ID},{"cutoff":${AT},"from":"here","limit":100}]`]);
  });

  it('reads what was deleted from its rows, not from what the service counted', async () => {
    const { table } = await opened({
      executes: [answer({ rows: [DELETED], rowsChanged: 7 })],
    });

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'deleted',
      rows: 100,
      drained: false,
      empty: false,
      next: 'second 90',
      reached: new Date(90_000),
      durationMs: 120,
    });
  });

  it.each<[string, Row, object]>([
    [
      'is drained where fewer were taken than asked for',
      { taken: 99, deleted: 99 },
      { drained: true },
    ],
    [
      'is not drained where all were taken, though some were renewed',
      { taken: 100, deleted: 98 },
      { drained: false, rows: 98 },
    ],
    [
      'is drained and not empty where all that is left is locked',
      { taken: 0, deleted: 0, empty: false, next: null },
      { drained: true, empty: false, rows: 0, next: null, reached: null },
    ],
    [
      'is drained and empty where there was nothing',
      { taken: 0, deleted: 0, empty: true, next: null },
      { drained: true, empty: true, rows: 0, next: null, reached: null },
    ],
  ])('%s', async (_promise, given, expected) => {
    const { table } = await opened({ executes: [rows(given)] });

    expect(await table.deleteBatch(BATCH)).toMatchObject(expected);
  });

  it('cannot know that the table is empty where it did not start at its beginning', async () => {
    const { table } = await opened({ executes: [rows({ taken: 0, deleted: 0, empty: true })] });

    const outcome = await table.deleteBatch({ ...BATCH, from: HERE });

    expect(outcome).toMatchObject({ drained: true, empty: false });
  });

  it.each<[string, Answer, string]>([
    ['no row', answer({}), 'must be one row, got 0'],
    ['no count', rows({ deleted: null }), 'column "deleted" must be a count, got null'],
    [
      'no count of what was taken',
      rows({ taken: '9' }),
      'column "taken" must be a count, got string',
    ],
    ['no flag', rows({ empty: 'f' }), 'column "empty" must be a truth value, got string'],
    ['no position', rows({ next: 7 }), 'column "next" must be text, got number'],
    ['no time', rows({ next: 'soon' }), 'an expire_date must be a time'],
  ])('refuses an answer with %s', async (_name, given, problem) => {
    const { table } = await opened({ executes: [given] });

    await expect(table.deleteBatch(BATCH)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: `unexpected answer: ${problem}`,
    });
  });
});

describe('deleteBatch where it is found first', () => {
  const kind = 'find-then-delete';
  const found = (taken: number, next: string | null = 'second 90') => [[{ taken, next }]];
  const changed = (rowsChanged: number) => [answer({ rowsChanged, durationMs: 120 })];

  it('sends the batch, and then the batch with what was found', async () => {
    const { table, sent } = await opened({ kind, queries: found(42), executes: changed(42) });

    await table.deleteBatch({ ...BATCH, from: HERE });

    const batch = `{"cutoff":${AT},"from":"here","limit":100}`;
    expect(sent()).toEqual([
      `toy: find [${ID},${batch}]`,
      `toy: delete [${ID},${batch},{"taken":42,"next":"second 90"}]`,
    ]);
  });

  it.each<[string, number, number, object]>([
    ['is not drained where the limit was found', 100, 100, { rows: 100, drained: false }],
    ['is drained where fewer were found than asked for', 99, 99, { rows: 99, drained: true }],
    [
      'counts what was deleted, not what was found, where some were renewed',
      100,
      98,
      { rows: 98, drained: false },
    ],
    [
      'counts nothing where all were renewed, and goes on from there',
      100,
      0,
      { rows: 0, drained: false },
    ],
    ['is not empty where the last were renewed', 1, 0, { rows: 0, drained: true }],
  ])('%s', async (_promise, taken, rowsChanged, expected) => {
    const { table } = await opened({
      kind,
      queries: found(taken),
      executes: changed(rowsChanged),
    });

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'deleted',
      empty: false,
      next: 'second 90',
      reached: new Date(90_000),
      durationMs: 120,
      ...expected,
    });
  });

  it.each([
    ['drained and empty from the beginning', null, true],
    ['drained but not known to be empty from further on', HERE, false],
  ])('sends no delete where nothing is found: %s', async (_promise, from, empty) => {
    const { table, sent } = await opened({ kind, queries: found(0, null) });

    expect(await table.deleteBatch({ ...BATCH, from })).toEqual({
      kind: 'deleted',
      rows: 0,
      drained: true,
      empty,
      next: null,
      reached: null,
      durationMs: 0,
    });
    expect(sent()).toHaveLength(1);
  });

  it.each<[string, Row[], string]>([
    ['no row', [], 'must be one row, got 0'],
    ['no count', [{ taken: '9', next: 'second 90' }], 'column "taken" must be a count, got string'],
    ['no end', [{ taken: 9, next: null }], 'column "next" must be text, got null'],
  ])('deletes nothing where it is found with %s', async (_name, rows, problem) => {
    const { table, sent } = await opened({ kind, queries: [rows] });

    await expect(table.deleteBatch(BATCH)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: `unexpected answer: ${problem}`,
    });
    expect(sent()).toHaveLength(1);
  });

  it('deletes nothing where the batch could not be looked for', async () => {
    const failure = new DatabaseError('no', 'DatabaseErrorException', '42000');
    const { table, sent } = await opened({ kind, queries: [failure] });

    await expect(table.deleteBatch(BATCH)).rejects.toBe(failure);
    expect(sent()).toHaveLength(1);
  });
});

describe('countExpired', () => {
  const oldest = 'second 90';

  it.each([0, 5, COUNT_CAP])('counts %s rows exactly, in one query', async (expired) => {
    const { table, sent } = await opened({ queries: [[{ expired, oldest }]] });

    expect(await table.countExpired(CUTOFF)).toEqual({
      rows: expired,
      capped: false,
      estimate: null,
      oldest: new Date(90_000),
    });
    expect(sent()).toEqual([`toy: count [${ID},${AT},100001]`]);
  });

  it('asks the planner where there are more than it counts', async () => {
    const { table, sent } = await opened({
      queries: [[{ expired: COUNT_CAP + 1, oldest }], [{ estimate: 65_000_000 }]],
    });

    expect(await table.countExpired(CUTOFF)).toEqual({
      rows: COUNT_CAP,
      capped: true,
      estimate: 65_000_000,
      oldest: new Date(90_000),
    });
    expect(sent()[1]).toBe(`toy: explain [${ID},${AT}]`);
  });

  it('never takes an estimate below what was seen', async () => {
    const { table } = await opened({
      queries: [[{ expired: COUNT_CAP + 1, oldest }], [{ estimate: 12 }]],
    });

    expect(await table.countExpired(CUTOFF)).toMatchObject({ estimate: COUNT_CAP + 1 });
  });

  it('finds no oldest where nothing expired', async () => {
    const { table } = await opened({ queries: [[{ expired: 0, oldest: null }]] });

    expect(await table.countExpired(CUTOFF)).toMatchObject({ rows: 0, oldest: null });
  });
});

describe('the oldest that expired', () => {
  it.each<[string, (table: SessionTable) => Promise<unknown>]>([
    ['countExpired', (table) => table.countExpired(CUTOFF)],
    ['oldestExpired', (table) => table.oldestExpired(CUTOFF)],
  ])('is refused by %s where it is no time', async (_name, ask) => {
    const { table } = await opened({ queries: [[{ expired: 1, oldest: 'soon' }]] });

    await expect(ask(table)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: 'unexpected answer: an expire_date must be a time',
    });
  });
});

describe('oldestExpired', () => {
  it.each([
    ['second 90', new Date(90_000)],
    [null, null],
  ])('reads %s', async (oldest, expected) => {
    const { table, sent } = await opened({ queries: [[{ oldest }]] });

    expect(await table.oldestExpired(CUTOFF)).toEqual(expected);
    expect(sent()).toEqual([`toy: oldest [${ID},${AT}]`]);
  });
});
