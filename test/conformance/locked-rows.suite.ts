import type { DeleteOutcome, SessionTable } from '../../lambda/purge/port';
import {
  CUTOFF,
  deleteBatch,
  expired,
  type SessionTableHarness,
  type Subject,
} from './session-table.suite';

async function keysLeft({ remaining }: SessionTableHarness): Promise<string[]> {
  return [...(await remaining())].sort();
}

/** A batch passes over rows that are locked: PostgreSQL, and the fake. */
export function skipped(subject: () => Subject<SessionTableHarness>): void {
  it('skips a locked row without waiting, and takes the others', async () => {
    const { harness } = subject();
    await harness.insert([expired('a', 1), expired('held', 2), expired('z', 3)]);
    const release = await harness.lock('held');

    const batch = await deleteBatch(harness, 10);
    const left = await keysLeft(harness);
    await release();

    expect(batch).toMatchObject({ rows: 2, next: null });
    expect(left).toEqual(['held']);
  });

  it('fills a batch with later rows in place of the locked ones', async () => {
    const { harness } = subject();
    await harness.insert([expired('held', 1), expired('b', 2), expired('c', 3)]);
    const release = await harness.lock('held');

    const batch = await deleteBatch(harness, 2);
    await release();

    expect(batch).toMatchObject({ rows: 2, next: expect.anything() });
    expect(await keysLeft(harness)).toEqual(['held']);
  });

  it('takes up places in a part of a batch, and is told there', async () => {
    const { harness } = subject();
    await harness.insert([expired('held', 1), expired('b', 2), expired('c', 3), expired('d', 4)]);
    const table = await harness.open();
    const part = (skip: number, limit: number) =>
      table.deleteBatch({ cutoff: CUTOFF, from: table.start, skip, limit });
    const release = await harness.lock('held');

    const parts = [await part(0, 2), await part(1, 1), await part(0, 3)];
    await release();

    expect(parts).toMatchObject([
      { rows: 1, held: 1, next: expect.anything() },
      { rows: 1, held: 0, next: expect.anything() },
      { rows: 1, held: 1, next: null },
    ]);
    expect(await keysLeft(harness)).toEqual(['held']);
  });

  it('ends when all rows that are left are locked', async () => {
    const { harness } = subject();
    await harness.insert([expired('held', 1)]);
    const release = await harness.lock('held');

    const batch = await deleteBatch(harness, 10);
    await release();

    expect(batch).toMatchObject({ rows: 0, next: null });
    expect(batch.reached).toBeNull();
  });

  it('keeps a skipped session that is then renewed', async () => {
    const { harness } = subject();
    await harness.insert([expired('held', 1), expired('b', 2)]);
    const release = await harness.lock('held');
    await deleteBatch(harness, 10);
    await release('2026-12-06T02:17:00.000000Z');

    const later = await deleteBatch(harness, 10);

    expect(later).toMatchObject({ rows: 0, next: null });
    expect(await keysLeft(harness)).toEqual(['held']);
  });

  it('deletes a skipped row once it is free', async () => {
    const { harness } = subject();
    await harness.insert([expired('held', 1), expired('b', 2)]);
    const release = await harness.lock('held');
    await deleteBatch(harness, 10);
    await release();

    const later = await deleteBatch(harness, 10);

    expect(later.rows).toBe(1);
    expect(await keysLeft(harness)).toEqual([]);
  });
}

/** What a test needs to see a batch wait. */
export interface WaitingHarness extends SessionTableHarness {
  /** The same table, behind a service that stops each statement after `limitMs`. */
  openWithin(limitMs: number): Promise<SessionTable>;
  /** Resolves once a statement on this table waits for a lock. */
  untilWaiting(): Promise<void>;
}

/** A batch waits for rows that are locked, as long as the service lets it: MySQL, where no DELETE can skip them. */
export function waitedFor(subject: () => Subject<WaitingHarness>): void {
  /** Starts a batch that meets a locked row, and resolves once it waits for that row. */
  async function waitingBatch(limit: number) {
    const { harness } = subject();
    let answered = false;
    const batch = deleteBatch(harness, limit).finally(() => {
      answered = true;
    });
    await Promise.race([harness.untilWaiting(), batch]);
    return { batch, isAnswered: () => answered };
  }

  it('waits for a locked row, and deletes it when it is released', async () => {
    const { harness } = subject();
    await harness.insert([expired('a', 1), expired('held', 2), expired('z', 3)]);
    const release = await harness.lock('held');

    const { batch, isAnswered } = await waitingBatch(10);
    const wasAnswered = isAnswered();
    const leftMeanwhile = await keysLeft(harness);
    await release();

    expect(wasAnswered).toBe(false);
    expect(leftMeanwhile).toEqual(['a', 'held', 'z']);
    expect(await batch).toMatchObject({ rows: 3, next: null });
    expect(await keysLeft(harness)).toEqual([]);
  });

  it.each([
    ['beyond the cutoff', '2026-12-06T02:17:00.000000Z'],
    ['to exactly the cutoff', '2026-11-22T02:17:00.000000Z'],
    ['to just after the end of the batch', '2026-11-21T00:00:03.000001Z'],
  ])('keeps a session that is renewed %s while a batch waits', async (_name, renewedTo) => {
    const { harness } = subject();
    await harness.insert([expired('a', 1), expired('held', 2), expired('z', 3)]);
    const release = await harness.lock('held');

    const { batch } = await waitingBatch(3);
    await release(renewedTo);

    expect(await batch).toMatchObject({ rows: 2 });
    expect(await keysLeft(harness)).toEqual(['held']);
  });

  it('does not wait for a live session that is locked', async () => {
    const { harness } = subject();
    await harness.insert([
      expired('a', 1),
      { key: 'live', expireDate: CUTOFF.toISOString().replace('Z', '000Z') },
    ]);
    const release = await harness.lock('live');

    const batch = await deleteBatch(harness, 10);
    await release();

    expect(batch).toMatchObject({ rows: 1, next: null });
    expect(await keysLeft(harness)).toEqual(['live']);
  });

  it('does not wait for a locked row that comes after the batch', async () => {
    const { harness } = subject();
    await harness.insert([expired('a', 1), expired('b', 2), expired('held', 3)]);
    const release = await harness.lock('held');

    const batch = await deleteBatch(harness, 2);
    await release();

    expect(batch).toMatchObject({ rows: 2, next: expect.anything() });
    expect(await keysLeft(harness)).toEqual(['held']);
  });

  it('deletes nothing when the wait is longer than the service allows, and says so', async () => {
    const { harness } = subject();
    await harness.insert([expired('a', 1), expired('held', 2), expired('z', 3)]);
    const bounded = await harness.openWithin(500);
    const release = await harness.lock('held');

    const outcome: DeleteOutcome = await bounded.deleteBatch({
      cutoff: CUTOFF,
      from: bounded.start,
      limit: 10,
    });
    const left = await keysLeft(harness);
    await release();

    expect(outcome.kind).toBe('too-large');
    expect(left).toEqual(['a', 'held', 'z']);
    expect(await deleteBatch(harness, 10)).toMatchObject({ rows: 3, next: null });
  });
}
