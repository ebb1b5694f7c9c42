import type { DataApi } from '../../../lambda/data-api/data-api';
import type { Answer, Statement } from '../../../lambda/data-api/statement';
import type { Dialect, TableId } from '../../../lambda/database/dialect';
import { askRanges } from '../../../lambda/database/expiry-range';
import { isInTheWay } from '../../../lambda/database/table-lock';
import { DatabaseError } from '../../../lambda/errors';
import { failedCall } from '../../support/failed-call';
import { toyDialect } from '../../support/toy-dialect';

const TABLES: readonly TableId[] = Array.from({ length: 1000 }, (_, at) => ({
  schema: `t${at}`,
  table: 'session',
}));

const LOCK = failedCall('canceled; SQLState: 55P03');
const TOO_LONG = failedCall('stopped', 'StatementTimeoutException');

/** The catalogs say which tables are locked. */
const withCatalog: Dialect = {
  ...toyDialect(),
  locks: (tables) => ({ sql: `locks ${JSON.stringify([tables])}`, parameters: {}, mode: 'read' }),
};

const argumentOf = (sql: string) => JSON.parse(sql.slice(sql.indexOf('[')))[0];

/** A database in which some tables are locked. `seen`: those of which its catalogs say so. */
function database(locked: readonly number[], { error = LOCK, seen = locked } = {}) {
  const names = new Set(locked.map((at) => `t${at}.session`));
  const calls = { waiting: 0, others: 0 };
  async function send({ sql }: Statement): Promise<Answer> {
    const rows = (given: object[]): Answer => ({
      kind: 'rows',
      rows: given as [],
      rowsChanged: 0,
      durationMs: 1,
    });
    if (sql.startsWith('locks')) {
      calls.others += 1;
      const asked: TableId[] = argumentOf(sql);
      const held = new Set(seen.map((at) => `t${at}`));
      const places = asked.flatMap(({ schema }, at) => (held.has(schema) ? at : []));
      return rows(places.map((at) => ({ at, blocksReads: true })));
    }
    const asked: string[] = argumentOf(sql);
    if (asked.some((name) => names.has(name))) {
      calls.waiting += 1;
      const kind = error === LOCK ? 'locked' : 'too-large';
      return { kind, durationMs: 1000, error };
    }
    calls.others += 1;
    return rows(asked.map((_, at) => ({ at, oldest: null, newest: null })));
  }
  return { calls, api: { send: send as DataApi['send'] } };
}

async function ask(dialect: Dialect, { calls, api }: ReturnType<typeof database>) {
  const answers = await askRanges(TABLES, { api, dialect }, isInTheWay);
  const failed = [...answers].flatMap(([{ schema }, answer]) =>
    answer instanceof DatabaseError ? [schema] : [],
  );
  return { ...calls, answers, failed };
}

it('asks once for each hundred tables where none is in the way', async () => {
  const { waiting, others, answers, failed } = await ask(toyDialect(), database([]));

  expect([waiting, others]).toEqual([0, 10]);
  expect([...answers.keys()]).toEqual(TABLES);
  expect(failed).toEqual([]);
});

it.each([
  [[7], 8, 7],
  [[7, 450, 999], 24, 21],
])(
  'finds locked tables by halves, with so many calls that wait: %j',
  async (locked, most, more) => {
    const { waiting, others, answers, failed } = await ask(toyDialect(), database(locked));

    expect(failed).toEqual(locked.map((at) => `t${at}`));
    expect(waiting).toBeLessThanOrEqual(most);
    expect(others).toBeLessThanOrEqual(10 + more);
    expect(answers.size).toBe(1000);
  },
);

it.each([
  [[7], 2, 2],
  [[7, 450, 999], 6, 6],
  [[7, 8, 9, 10], 5, 2],
])(
  'asks the others at once where the catalogs tell, and each locked one itself: %j',
  async (locked, waits, more) => {
    const { waiting, others, answers, failed } = await ask(withCatalog, database(locked));

    expect(failed).toEqual(locked.map((at) => `t${at}`));
    expect(waiting).toBe(waits);
    expect(others).toBeLessThanOrEqual(10 + more);
    expect(answers.size).toBe(1000);
  },
);

it('takes the word of the catalogs where many are locked, or a wait takes long', async () => {
  const many = Array.from({ length: 90 }, (_, at) => at);

  const ofMany = await ask(withCatalog, database(many));
  const ofSlow = await ask(withCatalog, database([7], { error: TOO_LONG }));

  expect([ofMany.waiting, ofMany.failed.length]).toEqual([1, 90]);
  expect([ofSlow.waiting, ofSlow.failed]).toEqual([1, ['t7']]);
});

it('finds a lock that the catalogs no longer show, and a table that is free again', async () => {
  const gone = await ask(withCatalog, database([7], { seen: [] }));
  const free = await ask(withCatalog, database([7], { seen: [7, 8] }));

  expect(gone.failed).toEqual(['t7']);
  expect(free.failed).toEqual(['t7']);
});

it('throws what is of no table', async () => {
  const down = failedCall('failing over', 'DatabaseUnavailableException');
  const api = {
    async send() {
      throw down;
    },
  } as unknown as DataApi;

  await expect(ask(toyDialect(), { calls: { waiting: 0, others: 0 }, api })).rejects.toBe(down);
});
