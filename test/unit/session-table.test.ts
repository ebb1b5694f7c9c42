import type { Answer, DataApi } from '../../lambda/data-api';
import type { Dialect, Statement } from '../../lambda/dialects/dialect';
import { DatabaseError } from '../../lambda/errors';
import type { Row } from '../../lambda/rows';
import type { Batch, Position, SessionTable } from '../../lambda/session-port';
import { COUNT_CAP, sessionDatabase } from '../../lambda/session-table';

const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const BATCH: Batch = { cutoff: CUTOFF, from: null, limit: 100 };
const WANTED = [{ text: 'django_session', schema: null, table: 'django_session' }];

/** A dialect whose statements say what they were made of. */
function dialect(engine = 'toy'): Dialect {
  const made = (what: string, ...of: unknown[]): Statement => ({
    sql: `${engine}: ${what} ${JSON.stringify(of)}`,
    parameters: {},
  });
  return {
    engine,
    inspect: (wanted) =>
      made(
        'inspect',
        wanted.map(({ text }) => text),
      ),
    deleteBatch: (table, batch) => made('delete', table, batch),
    countExpired: (table, cutoff, cap) => made('count', table, cutoff, cap),
    explainExpired: (table, cutoff) => made('explain', table, cutoff),
    readEstimate: (rows) => Number(rows[0]?.estimate),
    oldestExpired: (table, cutoff) => made('oldest', table, cutoff),
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
  /** Answers to the queries after the one that inspects. */
  readonly queries?: readonly (readonly Row[])[];
  readonly executes?: readonly Answer[];
  readonly inspected?: readonly (readonly Row[] | Error)[];
}

function setup({ queries = [], executes = [], inspected = [[INSPECTED]] }: Script) {
  const sent: string[] = [];
  const toQuery = [...inspected, ...queries];
  const toExecute = [...executes];
  const api: DataApi = {
    async query({ sql }) {
      sent.push(sql);
      const rows = toQuery.shift();
      if (rows === undefined) throw new Error('the script has no rows for this query');
      if (rows instanceof Error) throw rows;
      return rows;
    },
    async execute({ sql }) {
      sent.push(sql);
      const answer = toExecute.shift();
      if (answer === undefined) throw new Error('the script has no answer to this statement');
      return answer;
    },
    usage: () => ({ dataApiCalls: sent.length, retries: 0, wakeMs: 0 }),
  };
  return { api, sent, database: sessionDatabase(api, [dialect()]) };
}

async function opened(script: Script): Promise<{ table: SessionTable; sent: readonly string[] }> {
  const { database, sent } = setup(script);
  const [table] = (await database.open(WANTED)).tables;
  if (table === undefined) throw new Error('the database was opened without a table');
  return { table, sent };
}

const DELETED: Row = {
  deleted: 100,
  taken: 100,
  empty: false,
  next: '2026-11-21T00:00:01.500001+00:00',
  reached: '2026-11-21T00:00:01.500Z',
};

const rows = (given: Row = {}): Answer => ({
  kind: 'rows',
  rows: [{ ...DELETED, ...given }],
  durationMs: 120,
});

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

  it.each([
    ['an answer without a row', [], 'text, got undefined'],
    ['a time that is none', [{ ...INSPECTED, now: 'now' }], 'an instant, got string'],
  ])('throws at %s', async (_name, answer, problem) => {
    const { database } = setup({ inspected: [answer] });

    await expect(database.open(WANTED)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: `unexpected answer: column "now" must be ${problem}`,
    });
  });
});

describe('the engine', () => {
  const refused = (sqlState: string | null) => new DatabaseError('no', 'X', sqlState);

  it.each(['42000', '42601'])('is the next one where its grammar is refused: %s', async (state) => {
    const { api, sent } = setup({ inspected: [refused(state), [INSPECTED]] });

    const { engine } = await sessionDatabase(api, [dialect('a'), dialect('b')]).open(WANTED);

    expect(engine).toBe('b');
    expect(sent).toEqual(['a: inspect [["django_session"]]', 'b: inspect [["django_session"]]']);
  });

  it('is one that is known, or nothing is deleted', async () => {
    const { api } = setup({ inspected: [refused('42000'), refused('42601')] });

    const opening = sessionDatabase(api, [dialect('a'), dialect('b')]).open(WANTED);

    await expect(opening).rejects.toMatchObject({
      name: 'DatabaseError',
      message:
        "the cluster's engine must be one of a, b, but it understands none of them; nothing was deleted; check the cluster's ARN",
    });
  });

  it.each<[string, Error]>([
    ['another refusal', refused('42501')],
    ['a refusal without a state', refused(null)],
    ['a mistake in the code', new TypeError('no')],
  ])('is not looked for after %s', async (_name, failure) => {
    const { api, sent } = setup({ inspected: [failure] });

    await expect(sessionDatabase(api, [dialect('a'), dialect('b')]).open(WANTED)).rejects.toBe(
      failure,
    );
    expect(sent).toHaveLength(1);
  });
});

describe('deleteBatch', () => {
  it('sends the batch to its table', async () => {
    const { table, sent } = await opened({ executes: [rows()] });

    await table.deleteBatch({ ...BATCH, from: 'here' as Position });

    expect(sent[1]).toBe(`toy: delete [${ID},{"cutoff":${AT},"from":"here","limit":100}]`);
  });

  it('reads what was deleted', async () => {
    const { table } = await opened({ executes: [rows()] });

    expect(await table.deleteBatch(BATCH)).toEqual({
      kind: 'deleted',
      rows: 100,
      drained: false,
      empty: false,
      next: '2026-11-21T00:00:01.500001+00:00',
      reached: new Date('2026-11-21T00:00:01.500Z'),
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
      'is drained and empty where there was nothing',
      { taken: 0, deleted: 0, empty: true, next: null, reached: null },
      { drained: true, empty: true, rows: 0, next: null, reached: null },
    ],
  ])('%s', async (_promise, given, expected) => {
    const { table } = await opened({ executes: [rows(given)] });

    expect(await table.deleteBatch(BATCH)).toMatchObject(expected);
  });

  it('cannot know that the table is empty where it did not start at its beginning', async () => {
    const { table } = await opened({ executes: [rows({ taken: 0, deleted: 0, empty: true })] });

    const outcome = await table.deleteBatch({ ...BATCH, from: 'here' as Position });

    expect(outcome).toMatchObject({ drained: true, empty: false });
  });

  it.each<Answer>([
    { kind: 'timed-out', durationMs: 45_000 },
    { kind: 'lost', durationMs: 700 },
  ])('passes on that it was not answered: $kind', async (answer) => {
    const { table } = await opened({ executes: [answer] });

    expect(await table.deleteBatch(BATCH)).toEqual(answer);
  });

  it.each<[string, Answer, string]>([
    ['no row', { kind: 'rows', rows: [], durationMs: 1 }, 'must be one row, got 0'],
    ['no count', rows({ deleted: null }), 'column "deleted" must be a count, got null'],
    [
      'no count of what was taken',
      rows({ taken: '9' }),
      'column "taken" must be a count, got string',
    ],
    ['no flag', rows({ empty: 0 }), 'column "empty" must be a boolean, got number'],
    ['no position', rows({ next: 7 }), 'column "next" must be text, got number'],
    ['no instant', rows({ reached: '-' }), 'column "reached" must be an instant, got string'],
  ])('refuses an answer with %s', async (_name, answer, problem) => {
    const { table } = await opened({ executes: [answer] });

    await expect(table.deleteBatch(BATCH)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: `unexpected answer: ${problem}`,
    });
  });
});

describe('countExpired', () => {
  const oldest = '2026-11-01T00:00:00.000Z';

  it.each([0, 5, COUNT_CAP])('counts %s rows exactly, in one query', async (expired) => {
    const { table, sent } = await opened({ queries: [[{ expired, oldest }]] });

    expect(await table.countExpired(CUTOFF)).toEqual({
      rows: expired,
      capped: false,
      estimate: null,
      oldest: new Date(oldest),
    });
    expect(sent.slice(1)).toEqual([`toy: count [${ID},${AT},100001]`]);
  });

  it('asks the planner where there are more than it counts', async () => {
    const { table, sent } = await opened({
      queries: [[{ expired: COUNT_CAP + 1, oldest }], [{ estimate: 65_000_000 }]],
    });

    expect(await table.countExpired(CUTOFF)).toEqual({
      rows: COUNT_CAP,
      capped: true,
      estimate: 65_000_000,
      oldest: new Date(oldest),
    });
    expect(sent[2]).toBe(`toy: explain [${ID},${AT}]`);
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

describe('oldestExpired', () => {
  it.each([
    ['2026-11-01T00:00:00.000Z', new Date('2026-11-01T00:00:00.000Z')],
    [null, null],
  ])('reads %s', async (oldest, expected) => {
    const { table, sent } = await opened({ queries: [[{ oldest }]] });

    expect(await table.oldestExpired(CUTOFF)).toEqual(expected);
    expect(sent[1]).toBe(`toy: oldest [${ID},${AT}]`);
  });
});
