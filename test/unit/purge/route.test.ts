import type { BatchOutcome, DeletedBatch, Position } from '../../../lambda/purge/port';
import {
  chosen,
  firstRoute,
  nextRoute,
  past,
  type Route,
  secondPass,
  wantsChoice,
} from '../../../lambda/purge/route';
import { failedCall } from '../../support/failed-call';

const START: Position = { walk: 'index', at: 'the oldest' };
const ON: Position = { walk: 'index', at: 'further on' };
const STORED: Position = { walk: 'storage', at: 'block 7' };

const along = (from: Position, given: Partial<Route> = {}): Route => ({
  ...firstRoute(START),
  from,
  ...given,
});

const deleted = (given: Partial<DeletedBatch> = {}): DeletedBatch => ({
  kind: 'deleted',
  rows: 100,
  next: ON,
  reached: null,
  leftBehind: false,
  shareLeft: 0,
  durationMs: 9,
  ...given,
});

const TOO_LARGE: BatchOutcome = { kind: 'too-large', durationMs: 9 };
const REFUSED: BatchOutcome = { kind: 'refused', durationMs: 9, error: failedCall('no') };
const UNKNOWN: BatchOutcome = { kind: 'unknown', durationMs: 9 };

const next = (route: Route, outcome: BatchOutcome, limit = 100) =>
  nextRoute(route, outcome, limit, START);

describe('the first route', () => {
  it('is along the index from the oldest session on, and may leave rows behind', () => {
    expect(firstRoute(START)).toEqual({
      from: START,
      reason: 'fewer than 1000 rows',
      isChosen: false,
      leftBehind: true,
      mayHoldLocks: false,
      foundNoRow: false,
      recent: [],
    });
  });
});

describe('the choice between the walks', () => {
  it.each([
    [false, 999, false],
    [false, 1000, true],
    [true, 1000, false],
  ])('chosen %s, after %s rows: %s', (isChosen, rowsDeleted, wanted) => {
    expect(wantsChoice(along(ON, { isChosen }), rowsDeleted)).toBe(wanted);
  });

  it('stays on the index when the sample says so, with its reason', () => {
    expect(chosen(along(ON), { reason: 'few', start: null })).toEqual(
      along(ON, { reason: 'few', isChosen: true }),
    );
  });

  it('starts the storage walk, which has left nothing behind yet', () => {
    expect(chosen(along(ON), { reason: 'many', start: STORED })).toEqual(
      along(STORED, { reason: 'many', isChosen: true, leftBehind: false }),
    );
  });
});

describe('the route after a batch that deleted', () => {
  it('goes on where that ended', () => {
    expect(next(along(START), deleted())).toEqual([along(ON), 'next batch']);
  });

  it('has reached the end when no batch follows, and stays there', () => {
    expect(next(along(ON), deleted({ next: null }))).toEqual([along(ON), 'end']);
  });

  it.each([
    [false, false, false],
    [false, true, true],
    [true, false, true],
  ])('remembers that rows were left behind: %s before, %s now', (before, now, leftBehind) => {
    const [route] = next(along(STORED, { leftBehind: before }), deleted({ leftBehind: now }));

    expect(route.leftBehind).toBe(leftBehind);
  });

  it('forgets that no row was found', () => {
    expect(next(along(ON, { foundNoRow: true }), deleted())[0].foundNoRow).toBe(false);
  });

  const stored = (given: Partial<DeletedBatch> = {}) =>
    deleted({ next: STORED, shareLeft: 0.9, ...given });

  it('remembers the last twenty batches of the storage walk, and none of the index walk', () => {
    let route = along(STORED);
    for (let batch = 0; batch < 21; batch += 1) [route] = next(route, stored({ rows: 90 + batch }));

    expect(route.recent).toHaveLength(20);
    expect(route.recent[0]).toEqual({ rows: 91, seen: 100 });
    expect(next(route, deleted())[0].recent).toEqual([]);
  });

  const walked = (rows: number, shareLeft: number, batches = 20): Route => {
    let route = along(STORED, { reason: 'many', leftBehind: false });
    for (let batch = 0; batch < batches; batch += 1)
      [route] = next(route, stored({ rows, shareLeft }));
    return route;
  };

  it('goes back to the index when fewer than a twentieth of the rows had expired', () => {
    expect(walked(4, 0.51)).toEqual(
      along(START, {
        reason: 'many; then along the index, since few of the rows seen had expired',
      }),
    );
  });

  it.each<[string, Route]>([
    ['a twentieth had expired', walked(5, 0.9)],
    ['half of the table is behind it', walked(4, 0.5)],
    ['fewer than twenty batches are known', walked(4, 0.9, 19)],
  ])('stays on the storage walk when %s', (_why, route) => {
    expect(route.from).toBe(STORED);
    expect(route.reason).toBe('many');
  });
});

describe('the route after a batch that did not delete', () => {
  it.each([UNKNOWN, TOO_LARGE, REFUSED])(
    'starts at the same place again, and may have held locks: $kind',
    (outcome) => {
      const same = along(ON, { mayHoldLocks: true });

      expect(next(along(ON), outcome, 2)).toEqual([same, 'next batch']);
    },
  );

  it.each([TOO_LARGE, REFUSED])(
    'has reached an obstacle when the batch was one row along the index: $kind',
    (outcome) => {
      expect(next(along(ON), outcome, 1)).toEqual([along(ON, { mayHoldLocks: true }), 'obstacle']);
    },
  );

  it('starts again at one row whose outcome is unknown', () => {
    expect(next(along(ON), UNKNOWN, 1)[1]).toBe('next batch');
  });

  const BACK = along(START, {
    reason:
      'many; then along the index, since some rows could not be deleted in the order of storage',
    mayHoldLocks: true,
  });

  it.each<[string, BatchOutcome, number, Route]>([
    ['refused', REFUSED, 100, BACK],
    ['one row that is too large', TOO_LARGE, 1, BACK],
    [
      'several that are too large',
      TOO_LARGE,
      2,
      along(STORED, { reason: 'many', mayHoldLocks: true }),
    ],
    ['unknown', UNKNOWN, 1, along(STORED, { reason: 'many', mayHoldLocks: true })],
  ])(
    'goes back to the index when the storage walk cannot part the batch: %s',
    (_what, outcome, limit, to) => {
      const route = along(STORED, { reason: 'many' });

      expect(next(route, outcome, limit)).toEqual([to, 'next batch']);
    },
  );
});

describe('the route past a row', () => {
  const stuck = new Date(0);

  it('goes on behind it, and never chooses the storage walk, which would meet the row again', () => {
    expect(past(along(START, { foundNoRow: true }), { stuck, next: ON })).toEqual(
      along(ON, { isChosen: true }),
    );
  });

  it('is none when nothing follows', () => {
    expect(past(along(ON), { stuck, next: null })).toBeNull();
  });
});

describe('the second pass', () => {
  const left = { oldestExpired: '2026-11-22T02:16:58.001Z' };
  const disturbed = along(STORED, { reason: 'many', leftBehind: false, mayHoldLocks: true });

  it('goes along the index from the oldest row on, without another choice, and happens once', () => {
    const again = secondPass(disturbed, START, left);

    expect(again).toEqual(along({ ...START, avoid: [] }, { reason: 'many', isChosen: true }));
    expect(secondPass(again as Route, START, left)).toBeNull();
  });

  it('avoids the rows that were stepped over', () => {
    const route = along({ ...ON, avoid: ['a', 'b'] }, { mayHoldLocks: true });

    expect(secondPass(route, START, { ...left, rowsSteppedOver: 2 })?.from).toEqual({
      ...START,
      avoid: ['a', 'b'],
    });
  });

  it.each<[string, Route, Parameters<typeof secondPass>[2]]>([
    ['no delete may have held locks', along(STORED), left],
    ['no row is left', disturbed, { oldestExpired: null }],
    ['rows that were stepped over cannot be avoided', disturbed, { ...left, rowsSteppedOver: 1 }],
  ])('is none when %s', (_why, route, report) => {
    expect(secondPass(route, START, report)).toBeNull();
  });
});
