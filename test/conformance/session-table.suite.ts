import { COUNT_CAP } from '../../lambda/database/session-table';
import type { DeletedBatch, DeleteOutcome, Position, SessionTable } from '../../lambda/purge/port';

/** A session. Its instant is in UTC as ISO 8601 with six decimals. */
export interface SeededSession {
  readonly key: string;
  readonly expireDate: string;
}

/** Releases a row. With an `expireDate`, the session was renewed until then. */
export type Release = (expireDate?: string) => Promise<void>;

/** One table of sessions, empty at first, as the purge and the application see it. */
export interface SessionTableHarness {
  /** The table as it is now. */
  open(): Promise<SessionTable>;
  /** Takes many rows at once, since the cap on counting is tested, too. */
  insert(rows: readonly SeededSession[]): Promise<void>;
  /** The keys of the rows left, in any order. */
  remaining(): Promise<readonly string[]>;
  /** Locks a row as the application does when it renews a session. */
  lock(key: string): Promise<Release>;
  close(): Promise<void>;
}

export const CUTOFF = new Date('2026-11-22T02:17:00.000Z');
const AT_CUTOFF = '2026-11-22T02:17:00.000000Z';

/** A look in either order finds the same. */
const WALKS = ['index', 'storage'] as const;

/** Expired on the day before the cutoff, in the order of `second`. */
export const expired = (key: string, second: number): SeededSession => ({
  key,
  expireDate: `2026-11-21T00:00:${String(second).padStart(2, '0')}.000000Z`,
});

const many = (count: number): SeededSession[] =>
  Array.from({ length: count }, (_, at) => expired(`k${at}`, at));

function answered(outcome: DeleteOutcome): DeletedBatch {
  if (outcome.kind !== 'deleted') throw new Error(`the batch was not answered: ${outcome.kind}`);
  return outcome;
}

/** A batch up to `CUTOFF` that must succeed. Without a position it is the first of the index walk. */
export async function deleteBatch(
  harness: SessionTableHarness,
  limit: number,
  from: Position | null = null,
): Promise<DeletedBatch> {
  const table = await harness.open();
  return answered(await table.deleteBatch({ cutoff: CUTOFF, from: from ?? table.start, limit }));
}

/** What a test works on. */
export interface Subject<Harness> {
  readonly harness: Harness;
  readonly table: SessionTable;
}

/** Defines the tests of how a batch meets rows that the application holds locked. */
export type LockedRows<Harness> = (subject: () => Subject<Harness>) => void;

/**
 * What every implementation of `SessionTable` promises; `makeHarness` gives each test a table of its own.
 *
 * `lockedRows` is where they may differ: `skipped` or `waitedFor`, of `locked-rows.suite`.
 */
export function describeSessionTable<Harness extends SessionTableHarness>(
  name: string,
  lockedRows: LockedRows<Harness>,
  makeHarness: () => Promise<Harness>,
): void {
  describe(name, () => {
    let harness: Harness;
    let table: SessionTable;

    beforeEach(async () => {
      harness = await makeHarness();
      table = await harness.open();
    });

    afterEach(() => harness.close());

    async function remaining(): Promise<string[]> {
      return [...(await harness.remaining())].sort();
    }

    describe('what a batch deletes', () => {
      it.each([
        ['deletes a session that expired an hour before the cutoff', '2026-11-22T01:17:00.000000Z'],
        ['deletes one that expired a microsecond before it', '2026-11-22T02:16:59.999999Z'],
        ['deletes one that expired years before it', '1999-12-31T23:59:59.999999Z'],
        ['deletes one that expired in the year 1', '0001-01-01T00:00:00.000000Z'],
      ])('%s', async (_promise, expireDate) => {
        await harness.insert([{ key: 'old', expireDate }]);

        const { rows } = await deleteBatch(harness, 10);

        expect(rows).toBe(1);
        expect(await remaining()).toEqual([]);
      });

      it.each([
        ['keeps a session that expires at the cutoff', AT_CUTOFF],
        ['keeps one that expires a microsecond after it', '2026-11-22T02:17:00.000001Z'],
        ['keeps one that expires an hour after it', '2026-11-22T03:17:00.000000Z'],
        ['keeps one that expires in the year 9999', '9999-12-31T23:59:59.999999Z'],
      ])('%s', async (_promise, expireDate) => {
        await harness.insert([{ key: 'live', expireDate }]);

        const { rows } = await deleteBatch(harness, 10);

        expect(rows).toBe(0);
        expect(await remaining()).toEqual(['live']);
      });

      it('deletes the expired of both expired and live ones', async () => {
        await harness.insert([
          { key: 'live', expireDate: '2026-11-22T02:17:00.000001Z' },
          expired('old', 1),
          { key: 'at', expireDate: AT_CUTOFF },
          { key: 'just', expireDate: '2026-11-22T02:16:59.999999Z' },
        ]);

        const { rows } = await deleteBatch(harness, 10);

        expect(rows).toBe(2);
        expect(await remaining()).toEqual(['at', 'live']);
      });

      it('takes the oldest first', async () => {
        await harness.insert([expired('c', 3), expired('a', 1), expired('b', 2)]);

        await deleteBatch(harness, 2);

        expect(await remaining()).toEqual(['c']);
      });
    });

    describe('what a batch says', () => {
      const nothing = {
        kind: 'deleted',
        rows: 0,
        next: null,
        reached: null,
        kept: 0,
        held: 0,
        shareLeft: 0,
        durationMs: expect.any(Number),
      };

      it('says that an empty table has no oldest and no newest row', async () => {
        const { oldest, newest } = await harness.open();

        expect([oldest, newest]).toEqual([null, null]);
      });

      it('says when the first and the last session expire', async () => {
        await harness.insert([
          expired('b', 2),
          { key: 'live', expireDate: AT_CUTOFF },
          expired('a', 1),
        ]);

        const { oldest, newest } = await harness.open();

        expect(oldest).toEqual(new Date('2026-11-21T00:00:01.000Z'));
        expect(newest).toEqual(CUTOFF);
      });

      it('says that nothing is left to take in a table of live sessions', async () => {
        await harness.insert([{ key: 'live', expireDate: AT_CUTOFF }]);

        const batch = await deleteBatch(harness, 10);

        expect(batch).toEqual(nothing);
      });

      it('says how far it reached', async () => {
        await harness.insert([
          expired('a', 1),
          { key: 'b', expireDate: '2026-11-21T00:00:07.123456Z' },
        ]);

        const batch = await deleteBatch(harness, 10);

        expect(batch).toMatchObject({ rows: 2, next: null });
        expect(batch.reached).toEqual(new Date('2026-11-21T00:00:07.123Z'));
      });

      it('ends with a full batch of the last rows, or with an empty one after it', async () => {
        await harness.insert(many(3));

        const full = await deleteBatch(harness, 3);
        const rest = full.next && (await deleteBatch(harness, 3, full.next));

        expect(full.rows).toBe(3);
        expect(rest ?? { rows: 0, next: null }).toMatchObject({ rows: 0, next: null });
      });
    });

    describe('how batches follow each other', () => {
      it('takes two batches for one row more than the limit', async () => {
        await harness.insert(many(5));

        const first = await deleteBatch(harness, 4);
        const second = await deleteBatch(harness, 4, first.next);

        expect(first).toMatchObject({ rows: 4, next: expect.anything() });
        expect(first.reached).toEqual(new Date('2026-11-21T00:00:03.000Z'));
        expect(second).toMatchObject({ rows: 1, next: null });
        expect(await remaining()).toEqual([]);
      });

      it('skips no row when many expired at one instant', async () => {
        await harness.insert(['a', 'b', 'c', 'd', 'e'].map((key) => expired(key, 1)));

        const first = await deleteBatch(harness, 2);
        const second = await deleteBatch(harness, 2, first.next);
        const third = await deleteBatch(harness, 2, second.next);

        expect([first.rows, second.rows, third.rows]).toEqual([2, 2, 1]);
        expect(await remaining()).toEqual([]);
      });

      it('goes on from where the last batch ended, to the microsecond', async () => {
        const at = (key: string, micros: string) => ({
          key,
          expireDate: `2026-11-21T00:00:01.${micros}Z`,
        });
        await harness.insert([at('taken', '500001'), at('next', '500002')]);
        const { next } = await deleteBatch(harness, 1);
        await harness.insert([at('before', '500000'), at('after', '500003')]);

        const { rows } = await deleteBatch(harness, 10, next);

        expect(rows).toBe(2);
        expect(await remaining()).toEqual(['before']);
      });
    });

    describe('rows that come and go between batches', () => {
      const walkOn = async (from: Position | null, limit: number) => {
        let rows = 0;
        for (let next = from; next !== null; ) {
          const batch = await deleteBatch(harness, limit, next);
          rows += batch.rows;
          ({ next } = batch);
        }
        return rows;
      };

      it('are kept or deleted as they are then, and each is counted once', async () => {
        await harness.insert(many(20));
        const { next, rows } = await deleteBatch(harness, 4);
        const renew = await harness.lock('k9');
        await renew('2026-12-06T02:17:00.000000Z');
        await harness.insert([expired('new', 20)]);

        expect(rows + (await walkOn(next, 4))).toBe(20);
        expect(await remaining()).toEqual(['k9']);
      });

      it('do not make a batch larger than an exact limit', async () => {
        await harness.insert(many(20));
        const { next } = await deleteBatch(harness, 4);
        await harness.insert(
          many(20).map(({ key, expireDate }) => ({ key: `${key}+`, expireDate })),
        );

        const from = next ?? table.start;
        const batch = await table.deleteBatch({ cutoff: CUTOFF, from, limit: 4, isExact: true });

        expect(answered(batch).rows).toBe(4);
      });
    });

    describe('a part of a batch', () => {
      const part = async (skip: number, limit: number) =>
        answered(await table.deleteBatch({ cutoff: CUTOFF, from: table.start, skip, limit }));

      beforeEach(async () => {
        await harness.insert(many(5));
        table = await harness.open();
      });

      it('leaves as many of the oldest rows alone as it is told to', async () => {
        const { rows, next } = await part(1, 2);

        expect(rows).toBe(2);
        expect(next).not.toBeNull();
        expect(await remaining()).toEqual(['k0', 'k3', 'k4']);
      });

      it('begins with the oldest row when it is to leave none alone', async () => {
        await part(0, 2);

        expect(await remaining()).toEqual(['k2', 'k3', 'k4']);
      });

      it('takes rows behind others of their instant, and leaves those alone', async () => {
        await harness.insert(['v', 'w', 'x', 'y', 'z'].map((key) => expired(key, 9)));
        await harness.insert([expired('later', 10), expired('last', 11)]);

        const parts = [await part(6, 1), await part(6, 1), await part(7, 2), await part(6, 3)];

        expect(parts).toMatchObject([
          { rows: 1, kept: 0, next: expect.anything() },
          { rows: 1, kept: 0, next: expect.anything() },
          { rows: 2, kept: 0, next: expect.anything() },
          { rows: 2, kept: 0, next: null },
        ]);
        expect(await remaining()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'v']);
      });

      it('says that nothing follows when it has fewer rows than its limit', async () => {
        expect(await part(3, 3)).toMatchObject({ rows: 2, next: null });
        expect(await part(3, 3)).toMatchObject({ rows: 0, next: null });
        expect(await remaining()).toEqual(['k0', 'k1', 'k2']);
      });
    });

    describe('passOver', () => {
      const pass = async (limit: number) => {
        table = await harness.open();
        return table.passOver({ cutoff: CUTOFF, from: table.start, limit });
      };

      it('passes the rows of a batch, says when the first expired, and deletes none', async () => {
        await harness.insert(many(5));

        const { rows, since, next } = await pass(2);

        expect({ rows, since }).toEqual({ rows: 2, since: new Date('2026-11-21T00:00:00.000Z') });
        expect(await remaining()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4']);
        expect(await deleteBatch(harness, 10, next)).toMatchObject({ rows: 3, next: null });
        expect(await remaining()).toEqual(['k0', 'k1']);
      });

      it('passes as many as it is told to among rows of one instant, and batches go on behind them', async () => {
        await harness.insert([
          ...['a', 'b', 'c', 'd', 'e', 'f'].map((key) => expired(key, 1)),
          expired('later', 2),
        ]);

        const { rows, next } = await pass(1);
        const further = await table.passOver({ cutoff: CUTOFF, from: next as Position, limit: 1 });
        const first = await deleteBatch(harness, 2, further.next);
        const second = await deleteBatch(harness, 2, first.next);
        const third = await deleteBatch(harness, 2, second.next);

        expect([rows, further.rows]).toEqual([1, 1]);
        expect([first.rows, second.rows, third.rows]).toEqual([2, 2, 1]);
        expect(third.next).toBeNull();
        expect(await remaining()).toEqual(['a', 'b']);
      });

      it('goes on behind the last of thousands of one instant', async () => {
        const rows = Array.from({ length: 3000 }, (_, at) => expired(`k${at}`, 1));
        await harness.insert(rows);

        const { next } = await pass(2500);
        const batch = await deleteBatch(harness, 1000, next);

        expect(batch).toMatchObject({ rows: 500, next: null });
      });

      it('says that there was no row', async () => {
        await harness.insert([{ key: 'live', expireDate: AT_CUTOFF }]);

        expect(await pass(2)).toEqual({ rows: 0, since: null, next: null });
      });
    });

    describe('countAhead', () => {
      beforeEach(async () => {
        await harness.insert([
          ...[expired('before', 1), expired('a', 2), expired('b', 2), expired('c', 2)],
          ...[expired('later', 3), { key: 'live', expireDate: AT_CUTOFF }],
        ]);
        table = await harness.open();
      });

      it('counts rows from a position on, those of its instant or all before the cutoff', async () => {
        const from = table.startAt(new Date('2026-11-21T00:00:02.000Z'));
        const batch = { cutoff: CUTOFF, from, limit: 10 };

        expect(await table.countAhead(batch, 'instant')).toBe(3);
        expect(await table.countAhead(batch, 'cutoff')).toBe(4);
        expect(await table.countAhead({ ...batch, limit: 2 }, 'cutoff')).toBe(2);
      });

      it('leaves out those of the instant that were passed', async () => {
        const { next } = await table.passOver({ cutoff: CUTOFF, from: table.start, limit: 2 });
        const batch = { cutoff: CUTOFF, from: next as Position, limit: Number.MAX_SAFE_INTEGER };

        expect(await table.countAhead(batch, 'instant')).toBe(2);
        expect(await table.countAhead(batch, 'cutoff')).toBe(3);
      });
    });

    it.each([
      ['the year 1', '0001-01-01T00:00:00.000000Z', []],
      ['the year 2000', '2000-01-01T00:00:00.000000Z', ['first']],
    ])('starts at an instant, and leaves what expired before it: %s', async (_when, at, left) => {
      await harness.insert([{ key: 'first', expireDate: '0001-01-01T00:00:00.000000Z' }]);
      await harness.insert([{ key: 'then', expireDate: at }, expired('later', 3)]);
      table = await harness.open();

      const from = table.startAt(new Date(at));
      await table.deleteBatch({ cutoff: CUTOFF, from, limit: 10 });

      expect(await remaining()).toEqual(left);
    });

    it('takes a delete of no row, and keeps all', async () => {
      await harness.insert(many(2));

      await table.deleteNone();

      expect(await remaining()).toEqual(['k0', 'k1']);
    });

    describe('rows that the application holds locked', () => {
      lockedRows(() => ({ harness, table }));

      it('finds a locked row as the oldest', async () => {
        await harness.insert([expired('held', 1), expired('b', 2)]);
        const release = await harness.lock('held');

        const looks = WALKS.map((walk) => ({ cutoff: CUTOFF, walk }));
        const oldest = await Promise.all(looks.map((look) => table.oldestExpired(look)));
        await release();

        const held = new Date('2026-11-21T00:00:01.000Z');
        expect(oldest).toEqual([held, held]);
      });

      it('counts rows that are locked', async () => {
        await harness.insert([expired('held', 1)]);
        const release = await harness.lock('held');

        const { rows } = await table.countExpired(CUTOFF);
        await release();

        expect(rows).toBe(1);
      });

      it('deletes a row once it is free', async () => {
        await harness.insert([expired('held', 1), expired('b', 2)]);
        const release = await harness.lock('held');
        await release();

        const { rows } = await deleteBatch(harness, 10);

        expect(rows).toBe(2);
        expect(await remaining()).toEqual([]);
      });
    });

    describe('countExpired', () => {
      it('counts what expired before the cutoff, deletes none of it, and names the oldest', async () => {
        await harness.insert([
          expired('b', 2),
          expired('a', 1),
          { key: 'just', expireDate: '2026-11-22T02:16:59.999999Z' },
          { key: 'at', expireDate: AT_CUTOFF },
        ]);

        const backlog = await table.countExpired(CUTOFF);

        expect(backlog).toEqual({
          rows: 3,
          capped: false,
          estimate: null,
          oldest: new Date('2026-11-21T00:00:01.000Z'),
        });
        expect(await remaining()).toEqual(['a', 'at', 'b', 'just']);
      });

      it('counts nothing when nothing expired', async () => {
        await harness.insert([{ key: 'at', expireDate: AT_CUTOFF }]);

        const backlog = await table.countExpired(CUTOFF);

        expect(backlog).toEqual({ rows: 0, capped: false, estimate: null, oldest: null });
      });

      it('counts up to its cap exactly, and beyond it says that there are more', async () => {
        const sessions = Array.from({ length: COUNT_CAP }, (_, at) => expired(`k${at}`, at % 60));
        await harness.insert(sessions);
        const exact = await table.countExpired(CUTOFF);
        await harness.insert([expired('one more', 30)]);

        const capped = await table.countExpired(CUTOFF);

        expect(await table.countAllExpired(CUTOFF)).toBe(COUNT_CAP + 1);
        expect(exact).toMatchObject({ rows: COUNT_CAP, capped: false, estimate: null });
        expect(capped).toMatchObject({ rows: COUNT_CAP, capped: true });
        expect(capped.estimate).toBeGreaterThan(COUNT_CAP);
      });
    });

    describe('oldestExpired', () => {
      it.each<[string, string[], string | null]>([
        ['finds none in an empty table', [], null],
        ['finds none when all are live', [AT_CUTOFF, '9999-12-31T23:59:59.999999Z'], null],
        [
          'finds the oldest of several',
          ['2026-11-21T00:00:02.000000Z', '2026-11-20T10:20:30.456789Z', AT_CUTOFF],
          '2026-11-20T10:20:30.456Z',
        ],
        ['finds one of the year 1', ['0001-01-01T00:00:00.000000Z'], '0001-01-01T00:00:00.000Z'],
      ])('%s', async (_promise, expireDates, expected) => {
        await harness.insert(expireDates.map((expireDate, at) => ({ key: `k${at}`, expireDate })));

        const found = [];
        for (const walk of WALKS) found.push(await table.oldestExpired({ cutoff: CUTOFF, walk }));

        const oldest = expected === null ? null : new Date(expected);
        expect(found).toEqual([oldest, oldest]);
      });

      it.each([
        ['passes what expired before', '2026-11-21T00:00:01.001Z', '2026-11-21T00:00:02.000Z'],
        ['takes what expired at that time', '2026-11-21T00:00:01.000Z', '2026-11-21T00:00:01.000Z'],
        ['finds none behind the last', '2026-11-21T00:00:02.001Z', null],
        ['takes the year 1 for all before', '0001-01-01T00:00:00.000Z', '2026-11-21T00:00:01.000Z'],
      ])('from a time on: %s', async (_promise, since, expected) => {
        await harness.insert([expired('a', 1), expired('b', 2)]);

        const look = { cutoff: CUTOFF, walk: 'index', since: new Date(since) } as const;
        const oldest = await table.oldestExpired(look);

        expect(oldest).toEqual(expected === null ? null : new Date(expected));
      });
    });
  });
}
