import type { DeletedBatch, Position, SessionTable } from '../../lambda/purge/port';
import {
  CUTOFF,
  deleteBatch,
  expired,
  type SeededSession,
  type SessionTableHarness,
} from './session-table.suite';

const live = (key: string): SeededSession => ({ key, expireDate: '2026-12-06T02:17:00.000000Z' });

/** Keys that are spread over all letters and digits, as Django's are, and whose order is known. */
const spread = (at: number, of: number): string =>
  Math.floor((at / of) * 36 ** 6)
    .toString(36)
    .padStart(6, '0');

async function start(table: SessionTable): Promise<Position> {
  const { start: position, reason } = await table.chooseWalk(CUTOFF);
  if (position === null) throw new Error(`the index walk was chosen: ${reason}`);
  return position;
}

/** Walks to the end, and returns each batch. */
async function walk(harness: SessionTableHarness, limit: number): Promise<DeletedBatch[]> {
  const batches: DeletedBatch[] = [];
  let from: Position | null = await start(await harness.open());
  while (from !== null) {
    const batch: DeletedBatch = await deleteBatch(harness, limit, from);
    batches.push(batch);
    from = batch.next;
    if (batches.length > 1000) throw new Error('the walk does not end');
  }
  return batches;
}

const rowsOf = (batches: readonly DeletedBatch[]) =>
  batches.reduce((sum, { rows }) => sum + rows, 0);

/** What the storage walk promises on every engine that has one. */
export function describeStorageWalk(
  name: string,
  makeHarness: () => Promise<SessionTableHarness>,
): void {
  describe(`${name}, in the order of storage`, () => {
    let harness: SessionTableHarness;

    beforeEach(async () => {
      harness = await makeHarness();
    });

    afterEach(() => harness.close());

    async function remaining(): Promise<string[]> {
      return [...(await harness.remaining())].sort();
    }

    it.each([1, 3, 7, 1000])(
      'deletes what expired, and no more, in batches of %i',
      async (limit) => {
        const rows = Array.from({ length: 60 }, (_, at) =>
          at % 6 === 0 ? live(spread(at, 60)) : expired(spread(at, 60), at % 60),
        );
        await harness.insert(rows);

        const batches = await walk(harness, limit);

        expect(rowsOf(batches)).toBe(50);
        expect(Math.max(...batches.map((batch) => batch.rows))).toBeLessThanOrEqual(limit);
        expect(await remaining()).toEqual(
          rows.filter((_, at) => at % 6 === 0).map(({ key }) => key),
        );
      },
    );

    it('is strict at the cutoff, to the microsecond', async () => {
      await harness.insert([
        expired('a', 1),
        expired('b', 2),
        { key: 'just', expireDate: '2026-11-22T02:16:59.999999Z' },
        { key: 'at', expireDate: '2026-11-22T02:17:00.000000Z' },
      ]);

      await walk(harness, 10);

      expect(await remaining()).toEqual(['at']);
    });

    it('splits rows that expired at one instant', async () => {
      await harness.insert(Array.from({ length: 20 }, (_, at) => expired(spread(at, 20), 1)));

      const batches = await walk(harness, 4);

      expect(Math.max(...batches.map(({ rows }) => rows))).toBeLessThanOrEqual(4);
      expect(await remaining()).toEqual([]);
    });

    it('leaves nothing behind, and knows of nothing that is kept', async () => {
      await harness.insert([expired('a', 1), expired('b', 2), live('c')]);

      const batches = await walk(harness, 10);

      expect(await remaining()).toEqual(['c']);
      expect(batches.every(({ kept }) => kept === 0)).toBe(true);
      expect(batches.every(({ reached }) => reached === null)).toBe(true);
    });

    it('keeps a session that was renewed after the walk was chosen', async () => {
      await harness.insert([expired('a', 1), expired('b', 2), expired('renewed', 3)]);
      const from = await start(await harness.open());
      const release = await harness.lock('renewed');
      await release('2026-12-06T02:17:00.000000Z');

      await deleteBatch(harness, 10, from);

      expect(await remaining()).toEqual(['renewed']);
    });

    it('reaches keys of any kind', async () => {
      const keys = ['', '_', '~', 'ZZZ', 'a', 'é', 'zzzzzzzzzzzzzzzzzzzz', '0', '漢字'];
      await harness.insert(keys.map((key, at) => expired(key || ' ', at)));

      await walk(harness, 100);

      expect(await remaining()).toEqual([]);
    });

    it('is not chosen when hardly a row has expired', async () => {
      const rows = Array.from({ length: 300 }, (_, at) => live(spread(at, 300)));
      await harness.insert([...rows, expired('old', 1)]);

      const { start: position, reason } = await (await harness.open()).chooseWalk(CUTOFF);

      expect(position).toBeNull();
      expect(reason).toMatch(/expired/);
    });
  });
}
