import * as fc from 'fast-check';
import type { DataApi } from '../../lambda/data-api/data-api';
import type { Rows, Statement } from '../../lambda/data-api/statement';
import { dialectsFor } from '../../lambda/database/dialects';
import { sessionTable } from '../../lambda/database/session-table';
import type { DeleteOutcome, Position, SessionTable } from '../../lambda/purge/port';
import { inMemorySessions, micros, type StoredSession } from '../support/in-memory-sessions';
import { type Engine, mysqlText, simulatedDatabase } from '../support/simulated-database';

const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const DURATION_MS = 100;

interface Database {
  readonly table: SessionTable;
  readonly rows: Map<string, string>;
}

/** A table of an engine over a simulated database; `meanwhile` happens before each delete. */
function databaseOf(
  engine: Engine,
  sessions: readonly StoredSession[],
  meanwhile = (_: Database['rows']) => {},
): Database {
  const rows = new Map(sessions.map(({ key, expireDate }) => [key, expireDate]));
  const perform = simulatedDatabase({ rows, kept: new Set() }, engine);

  async function send(statement: Statement): Promise<Rows> {
    if (statement.mode === 'delete') meanwhile(rows);
    const { rows: answer, changed: rowsChanged = 0 } = perform(statement);
    return { kind: 'rows', rows: answer, rowsChanged, durationMs: DURATION_MS };
  }

  const api: DataApi = {
    send: send as DataApi['send'],
    usage: () => ({ dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: 1 }),
  };
  const dialect = dialectsFor('UTC').find((each) => each.engine === engine);
  if (dialect === undefined) throw new Error(`there is no ${engine}`);
  const written = (instant: string) => (engine === 'mysql' ? mysqlText(instant) : instant);
  const oldest = [...rows.values()].sort().map(written)[0] ?? null;
  const id = { schema: 's', table: 't' };
  return { table: sessionTable({ api, dialect, table: id }, { oldest, newest: null }, true), rows };
}

/** The outcomes of batch after batch, to the end of the walk. */
async function walk(
  table: SessionTable,
  limits: readonly number[],
  start: Position = table.start,
): Promise<DeleteOutcome[]> {
  const outcomes: DeleteOutcome[] = [];
  let from: Position | null = start;
  while (from !== null) {
    const limit = limits[outcomes.length % limits.length] ?? 1;
    const outcome: DeleteOutcome = await table.deleteBatch({ cutoff: CUTOFF, from, limit });
    outcomes.push(outcome);
    from = outcome.kind === 'deleted' ? outcome.next : null;
    if (outcomes.length > 1000) throw new Error('the walk does not end');
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
const limits = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });
const renewals = fc.array(fc.nat({ max: 24 }), { maxLength: 10 });

const liveOf = (sessions: readonly StoredSession[]) =>
  sessions.filter((of) => of.expireDate >= micros(CUTOFF)).map(({ key }) => key);

const rowsOf = (outcomes: readonly DeleteOutcome[]) =>
  outcomes.reduce((sum, of) => sum + (of.kind === 'deleted' ? of.rows : Number.NaN), 0);

/** A batch that ran, of so many rows at most. */
const ranWithin = (limit = 0) => ({
  asymmetricMatch: (of: DeleteOutcome) => of.kind === 'deleted' && of.rows <= limit,
});

describe.each<Engine>(['postgresql', 'mysql'])('batches along the index of %s', (engine) => {
  it('leave the same rows as the fake of the other tests, at most the limit in one', () =>
    fc.assert(
      fc.asyncProperty(stored, limits, async (sessions, sizes) => {
        const fake = inMemorySessions({
          tables: { django_session: sessions },
          batchMs: DURATION_MS,
        }).table('django_session');
        const database = databaseOf(engine, sessions);

        const outcomes = await walk(database.table, sizes);

        expect(rowsOf(outcomes)).toBe(rowsOf(await walk(fake, sizes)));
        const most = outcomes.map((_, at) => sizes[at % sizes.length]);
        expect(outcomes).toEqual(most.map((limit) => ranWithin(limit)));
        expect([...database.rows.keys()]).toEqual(fake.remaining());
      }),
      { numRuns: 500 },
    ));

  it('spare each session that is renewed before the delete, and count exactly what was deleted', () =>
    fc.assert(
      fc.asyncProperty(stored, limits, renewals, async (sessions, sizes, chosen) => {
        const renewed = new Set<string>();
        const left = [...chosen];
        const { table, rows } = databaseOf(engine, sessions, (stillThere) => {
          const key = `k${left.shift()}`;
          if (!stillThere.has(key)) return;
          renewed.add(key);
          stillThere.set(key, '2026-12-06T02:17:00.000000Z');
        });

        const outcomes = await walk(table, sizes);

        const alive = sessions.filter(
          (of) => renewed.has(of.key) || of.expireDate >= micros(CUTOFF),
        );
        expect([...rows.keys()]).toEqual(alive.map(({ key }) => key));
        expect(rowsOf(outcomes)).toBe(sessions.length - alive.length);
      }),
      { numRuns: 500 },
    ));
});

describe('batches along the heap of postgresql', () => {
  it('delete every expired row and no other, at most the limit in one', () =>
    fc.assert(
      fc.asyncProperty(stored, limits, async (sessions, sizes) => {
        const { table, rows } = databaseOf('postgresql', sessions);
        const { start } = await table.chooseWalk(CUTOFF);
        fc.pre(start !== null);

        const outcomes = await walk(table, sizes, start ?? undefined);

        expect([...rows.keys()]).toEqual(liveOf(sessions));
        expect(rowsOf(outcomes)).toBe(sessions.length - rows.size);
        expect(outcomes.filter(({ kind }) => kind !== 'deleted')).toEqual([]);
      }),
      { numRuns: 500 },
    ));

  it('spare each session that is renewed before the delete, and count exactly what was deleted', () =>
    fc.assert(
      fc.asyncProperty(stored, limits, renewals, async (sessions, sizes, chosen) => {
        const renewed = new Set<string>();
        const left = [...chosen];
        const { table, rows } = databaseOf('postgresql', sessions, (stillThere) => {
          const key = `k${left.shift()}`;
          if (!stillThere.has(key)) return;
          renewed.add(key);
          stillThere.set(key, '2026-12-06T02:17:00.000000Z');
        });
        const { start } = await table.chooseWalk(CUTOFF);
        fc.pre(start !== null);

        const outcomes = await walk(table, sizes, start ?? undefined);

        expect([...rows.keys()].filter((key) => !renewed.has(key))).toEqual(
          liveOf(sessions).filter((key) => !renewed.has(key)),
        );
        expect([...rows.keys()]).toEqual(expect.arrayContaining([...renewed]));
        expect(rowsOf(outcomes)).toBe(sessions.length - rows.size);
      }),
      { numRuns: 500 },
    ));
});
