import * as fc from 'fast-check';
import type { DataApi } from '../../lambda/data-api';
import type { Dialect, FoundBatch, Statement, TableId } from '../../lambda/dialects/dialect';
import type { Row } from '../../lambda/rows';
import type { Batch, BatchOutcome, Position, SessionTable } from '../../lambda/session-port';
import { sessionDatabase } from '../../lambda/session-table';
import { inMemorySessions, micros, type StoredSession } from '../support/in-memory-sessions';
import { tableName } from '../support/real-session-table';

type Kind = Dialect['batches']['kind'];

const KINDS: readonly Kind[] = ['at-once', 'find-then-delete'];
const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const DURATION_MS = 100;

type Order =
  | { readonly what: 'inspect' }
  | { readonly what: 'find' | 'delete at once'; readonly batch: Batch }
  | { readonly what: 'delete'; readonly batch: Batch; readonly found: FoundBatch };

/** A statement that says what it asks for. */
const stating = (order: Order): Statement => ({ sql: JSON.stringify(order), parameters: {} });

function dialectOf(kind: Kind): Dialect {
  const batches: Record<Kind, Dialect['batches']> = {
    'at-once': {
      kind: 'at-once',
      delete: (_table: TableId, batch) => stating({ what: 'delete at once', batch }),
    },
    'find-then-delete': {
      kind: 'find-then-delete',
      find: (_table: TableId, batch) => stating({ what: 'find', batch }),
      delete: (_table: TableId, batch, found) => stating({ what: 'delete', batch, found }),
    },
  };
  return {
    engine: kind,
    inspect: () => stating({ what: 'inspect' }),
    batches: batches[kind],
    toInstant: (text) => new Date(`${text.slice(0, -4)}Z`),
  } satisfies Partial<Dialect> as unknown as Dialect;
}

const INSPECTED: Row = {
  wanted: 0,
  now: CUTOFF.toISOString(),
  user: 'purger',
  database: 'shop',
  schema: 'public',
  table: 'django_session',
  kind: 'table',
  expireDateType: 'datetime(6)',
  isExpireDateTime: true,
  hasSessionKey: true,
  isKeyedBySession: true,
  hasExpireDateIndex: true,
  missingRights: '',
};

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

  const expired = ({ cutoff, from }: Batch) =>
    [...rows]
      .filter(([, at]) => at < micros(new Date(cutoff)) && (from === null || at >= from))
      .sort(([, one], [, other]) => (one < other ? -1 : Number(one > other)));

  function remove(taken: readonly (readonly [string, string])[]): number {
    for (const [key] of taken) rows.delete(key);
    return taken.length;
  }

  function run(order: Order): { rows: Row[]; rowsChanged: number } {
    if (order.what === 'inspect') return { rows: [INSPECTED], rowsChanged: 0 };
    if (order.what === 'delete') {
      meanwhile(rows);
      const { taken, next } = order.found;
      const ending = expired(order.batch).filter(([, at]) => at <= next);
      return { rows: [], rowsChanged: remove(ending.slice(0, taken)) };
    }
    const found = expired(order.batch).slice(0, order.batch.limit);
    const row = { taken: found.length, next: found.at(-1)?.[1] ?? null };
    if (order.what === 'find') return { rows: [row], rowsChanged: 0 };
    const empty = found.length === 0;
    return { rows: [{ ...row, empty, deleted: remove(found) }], rowsChanged: 0 };
  }

  const api: DataApi = {
    query: async ({ sql }) => run(JSON.parse(sql)).rows,
    execute: async ({ sql }) => ({
      kind: 'rows',
      ...run(JSON.parse(sql)),
      durationMs: DURATION_MS,
    }),
    usage: () => ({ dataApiCalls: 0, retries: 0, wakeMs: 0 }),
  };
  return { api, rows };
}

async function tableOf({ api }: Database, kind: Kind): Promise<SessionTable> {
  const opened = await sessionDatabase(api, [dialectOf(kind)]).open([tableName('django_session')]);
  const [table] = opened.tables;
  if (table === undefined) throw new Error('the database was opened without a table');
  return table;
}

/** The outcomes of batch after batch, until one is drained. */
async function walk(table: SessionTable, limits: readonly number[]): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  let from: Position | null = null;
  for (let at = 0; ; at += 1) {
    const limit = limits[at % limits.length] ?? 1;
    const outcome = await table.deleteBatch({ cutoff: CUTOFF, from, limit });
    outcomes.push(outcome);
    if (outcome.kind !== 'deleted' || outcome.drained) return outcomes;
    from = outcome.next ?? from;
  }
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
const limits = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

describe.each(KINDS)('batches that are deleted %s', (kind) => {
  it('leave the same rows and say the same as the fake of all other tests', () =>
    fc.assert(
      fc.asyncProperty(stored, limits, async (sessions, sizes) => {
        const fake = inMemorySessions({
          tables: { django_session: sessions },
          batchMs: DURATION_MS,
        }).table('django_session');
        const database = databaseOf(sessions);

        const outcomes = await walk(await tableOf(database, kind), sizes);
        const expected = await walk(fake, sizes);

        // How long it took is no part of it: where nothing was found, no delete was timed.
        const timeless = (all: BatchOutcome[]) => all.map((of) => ({ ...of, durationMs: 0 }));
        expect(timeless(outcomes)).toEqual(timeless(expected));
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

          const outcomes = await walk(await tableOf(database, 'find-then-delete'), sizes);

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
