import * as fc from 'fast-check';
import type { DataApi, Rows } from '../../lambda/data-api/data-api';
import type {
  Dialect,
  FoundBatch,
  Statement,
  Stretch,
  TableId,
} from '../../lambda/database/dialect';
import { sessionTable } from '../../lambda/database/session-table';
import type { BatchOutcome, Position, SessionTable } from '../../lambda/purge/port';
import { inMemorySessions, micros, type StoredSession } from '../support/in-memory-sessions';

type Kind = Dialect['batches']['kind'];

const KINDS: readonly Kind[] = ['at-once', 'find-then-delete'];
const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const DURATION_MS = 100;

type Order =
  | { readonly what: 'find' | 'delete at once'; readonly stretch: Stretch }
  | { readonly what: 'delete'; readonly stretch: Stretch; readonly found: FoundBatch };

/** A statement that says what it asks for. */
const stating = (order: Order): Statement => ({ sql: JSON.stringify(order), parameters: {} });

function dialectOf(kind: Kind): Dialect {
  const batches: Record<Kind, Dialect['batches']> = {
    'at-once': {
      kind: 'at-once',
      delete: (_table: TableId, stretch) => stating({ what: 'delete at once', stretch }),
    },
    'find-then-delete': {
      kind: 'find-then-delete',
      find: (_table: TableId, stretch) => stating({ what: 'find', stretch }),
      delete: (_table: TableId, stretch, found) => stating({ what: 'delete', stretch, found }),
    },
  };
  return {
    engine: kind,
    batches: batches[kind],
    toInstant: (text) => new Date(`${text.slice(0, -4)}Z`),
  } satisfies Partial<Dialect> as unknown as Dialect;
}

interface Database {
  readonly api: DataApi;
  readonly rows: Map<string, string>;
}

/** A database that takes those orders as its SQL; `meanwhile` happens before each delete of what was found. */
function databaseOf(
  sessions: readonly StoredSession[],
  meanwhile = (_: Database['rows']) => {},
): Database {
  const rows = new Map(sessions.map(({ key, expireDate }) => [key, expireDate]));

  const expired = ({ cutoff, at: from, avoid }: Stretch) =>
    [...rows]
      .filter(([key, at]) => at < micros(new Date(cutoff)) && at >= from && !avoid.includes(key))
      .sort(([, one], [, other]) => (one < other ? -1 : Number(one > other)));

  function remove(taken: readonly (readonly [string, string])[]): number {
    for (const [key] of taken) rows.delete(key);
    return taken.length;
  }

  function run({ sql }: Statement): Rows {
    const order: Order = JSON.parse(sql);
    const answer = { kind: 'rows', rows: [], rowsChanged: 0, durationMs: DURATION_MS } as const;
    if (order.what === 'delete') {
      meanwhile(rows);
      const { taken, next } = order.found;
      const ending = expired(order.stretch).filter(([, at]) => at <= next);
      return { ...answer, rowsChanged: remove(ending.slice(0, taken)) };
    }
    const found = expired(order.stretch).slice(0, order.stretch.limit);
    const row = { taken: found.length, next: found.at(-1)?.[1] ?? null };
    if (order.what === 'find') return { ...answer, rows: [row] };
    return { ...answer, rows: [{ ...row, deleted: remove(found) }] };
  }

  const api: DataApi = {
    query: () => Promise.reject(new Error('a batch asks nothing that it may not give up')),
    tryQuery: async (statement) => run(statement),
    execute: async (statement) => run(statement),
    usage: () => ({ dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: 1 }),
  };
  return { api, rows };
}

function tableOf({ api, rows }: Database, kind: Kind): SessionTable {
  const [oldest = null] = [...rows.values()].sort();
  const place = { api, dialect: dialectOf(kind), table: { schema: 's', table: 't' } };
  return sessionTable(place, { oldest, newest: null }, false);
}

/** The outcomes of batch after batch, to the end of the walk. */
async function walk(
  table: SessionTable,
  limits: readonly number[],
  avoid: readonly string[] = [],
): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  let from: Position | null = { ...table.start, avoid };
  while (from !== null) {
    const limit = limits[outcomes.length % limits.length] ?? 1;
    const outcome: BatchOutcome = await table.deleteBatch({ cutoff: CUTOFF, from, limit });
    outcomes.push(outcome);
    from = outcome.kind === 'deleted' ? outcome.next : null;
  }
  return outcomes;
}

/** Around the cutoff, close enough for many to share an instant. */
const expireDate = fc
  .tuple(fc.integer({ min: -4, max: 2 }), fc.constantFrom('000', '001', '999'))
  .map(([ms, fraction]) =>
    micros(new Date(CUTOFF.getTime() + ms)).replace(/000Z$/, `${fraction}Z`),
  );
const stored: fc.Arbitrary<StoredSession[]> = fc
  .array(expireDate, { maxLength: 25 })
  .map((dates) => dates.map((of, at) => ({ key: `k${at}`, expireDate: of })));
const avoided = fc.array(
  fc.nat({ max: 24 }).map((at) => `k${at}`),
  { maxLength: 3 },
);
const limits = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

describe.each(KINDS)('batches that are deleted %s', (kind) => {
  it('leave the same rows and say the same as the fake of all other tests', () =>
    fc.assert(
      fc.asyncProperty(stored, limits, avoided, async (sessions, sizes, avoid) => {
        const fake = inMemorySessions({
          tables: { django_session: sessions },
          batchMs: DURATION_MS,
        }).table('django_session');
        const database = databaseOf(sessions);

        const outcomes = await walk(tableOf(database, kind), sizes, avoid);

        expect(outcomes).toEqual(await walk(fake, sizes, avoid));
        expect([...database.rows.keys()]).toEqual(fake.remaining());
      }),
      { numRuns: 500 },
    ));
});

describe('batches that are found first', () => {
  it('spare each session that is renewed before the delete, and count just what went', () =>
    fc.assert(
      fc.asyncProperty(
        stored,
        limits,
        fc.array(fc.nat({ max: 24 }), { maxLength: 10 }),
        async (sessions, sizes, renewals) => {
          const renewed = new Set<string>();
          const left = [...renewals];
          const database = databaseOf(sessions, (rows) => {
            const key = `k${left.shift()}`;
            if (rows.has(key)) renewed.add(key);
            if (rows.has(key)) rows.set(key, '2026-12-06T02:17:00.000000Z');
          });

          const outcomes = await walk(tableOf(database, 'find-then-delete'), sizes);

          const deleted = outcomes.map((of) => (of.kind === 'deleted' ? of.rows : Number.NaN));
          const total = deleted.reduce((sum, rows) => sum + rows, 0);
          const alive = sessions.filter(
            (of) => renewed.has(of.key) || of.expireDate >= micros(CUTOFF),
          );
          expect([...database.rows.keys()]).toEqual(alive.map(({ key }) => key));
          expect(total).toBe(sessions.length - alive.length);
        },
      ),
      { numRuns: 500 },
    ));
});
