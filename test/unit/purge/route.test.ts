import { isBlocked, rowsToLeap } from '../../../lambda/purge/in-vain';
import { type LeftBehind, NONE } from '../../../lambda/purge/left-behind';
import { firstAllowance, firstParting } from '../../../lambda/purge/parting';
import {
  hasOnlyMetLocks,
  knownToBeLeft,
  mayMiss,
  mayRepeat,
  past,
  rowsToPass,
  secondPass,
} from '../../../lambda/purge/passing';
import type { BatchOutcome, DeletedBatch, Position } from '../../../lambda/purge/port';
import {
  chosen,
  firstRoute,
  nextBatch,
  nextRoute,
  type Route,
  wantsChoice,
} from '../../../lambda/purge/route';
import { failedCall } from '../../support/failed-call';

const SEED = 12_345;

const START: Position = { walk: 'index', at: 'the oldest' };
const ON: Position = { walk: 'index', at: 'further on' };
const STORED: Position = { walk: 'storage', at: 'block 7' };

const along = (from: Position, given: Partial<Route> = {}): Route => ({
  ...firstRoute(START, SEED),
  from,
  ...given,
});

const deleted = (given: Partial<DeletedBatch> = {}): DeletedBatch => ({
  kind: 'deleted',
  rows: 100,
  next: ON,
  reached: new Date(0),
  kept: 0,
  held: 0,
  shareLeft: 0,
  durationMs: 9,
  ...given,
});

const TOO_LARGE = { kind: 'too-large', durationMs: 9, error: failedCall('stopped') } as const;
const REFUSED = { kind: 'refused', durationMs: 9, error: failedCall('no') } as const;
const LOCKED = { kind: 'locked', durationMs: 9, error: failedCall('held') } as const;
const UNKNOWN: BatchOutcome = { kind: 'unknown', durationMs: 9, error: failedCall('lost') };

const next = (route: Route, outcome: BatchOutcome, limit = 100) =>
  nextRoute(route, outcome, { limit }, START);

describe('the first route', () => {
  it('is along the index from the oldest session on', () => {
    expect(firstRoute(START, SEED)).toEqual({
      from: START,
      reason:
        'the table was done, a limit was reached, or something was in the way, before a sample was due',
      isChosen: false,
      mayHaveMissed: false,
      mayHavePassed: false,
      wasStopped: false,
      asks: 'no',
      parting: null,
      allowance: { backTries: 256, patience: 8, seed: SEED },
      futile: 0,
      inVain: 0,
      left: NONE,
      leftBefore: NONE,
      repeats: 0,
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

  it('starts the storage walk', () => {
    expect(chosen(along(ON), { reason: 'many', start: STORED })).toEqual(
      along(STORED, { reason: 'many', isChosen: true }),
    );
  });
});

describe('the route after a batch that deleted', () => {
  it.each([
    ['met a lock', LOCKED, true],
    ['was stopped', TOO_LARGE, false],
  ])('asks first once a batch %s', (_what, outcome, still) => {
    expect(nextBatch(along(START), 100)).not.toHaveProperty('asksFirst');

    const [waited] = next(along(START), outcome);
    const [onward] = next({ ...waited, parting: null }, deleted());

    expect(nextBatch(waited, 100)).toMatchObject({ asksFirst: true });
    expect(nextBatch(onward, 100)).toEqual({
      from: ON,
      limit: 100,
      ...(still && { asksFirst: true }),
    });
  });

  it('goes on where that ended', () => {
    expect(next(along(START), deleted())).toEqual([along(ON), 'next batch']);
  });

  it('has reached the end when no batch follows, and stays there', () => {
    expect(next(along(ON), deleted({ next: null }))).toEqual([along(ON), 'end']);
  });

  it('parts a batch of which the database keeps rows, and never takes the storage walk to them', () => {
    const [route, reached] = next(along(START), deleted({ rows: 97, kept: 3 }));

    expect(route).toMatchObject({ from: START, isChosen: true });
    expect(reached).toBe('next batch');
    expect(nextBatch(route, 500)).toEqual({ from: START, skip: 0, limit: 100 });
    const [again] = nextRoute(route, deleted({ rows: 0, kept: 3 }), { skip: 0, limit: 100 }, START);
    expect(nextBatch(again, 500)).toEqual({ from: START, skip: 3, limit: 100 });
    expect(knownToBeLeft(again)).toMatchObject({
      stays: 3,
      error: { message: expect.stringMatching(/trigger/) },
    });
  });

  it('parts a batch that took no row and would come again, since others took its rows', () => {
    const [route, reached] = next(along(ON), deleted({ rows: 0, next: ON }));

    expect(reached).toBe('parted');
    expect(route.mayHaveMissed).toBe(true);
    expect(rowsToPass(route)).toBe(0);
    expect(rowsToPass({ ...route, futile: 3 })).toBe(100);
    expect(past(route, { rows: 0, since: null, next: ON })).toMatchObject({
      parting: null,
      futile: 1,
    });
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
    let route = along(STORED, { reason: 'many' });
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
  it.each([UNKNOWN, TOO_LARGE])(
    'starts at the same place again, and may have held locks: $kind',
    (outcome) => {
      const [route, reached] = next(along(ON), outcome, 2);

      expect(route).toMatchObject({ from: ON, mayHaveMissed: true, parting: null });
      expect(reached).toBe('next batch');
    },
  );

  it.each<[string, Route, typeof REFUSED | typeof LOCKED | typeof TOO_LARGE, number]>([
    ['refused', along(ON), REFUSED, 100],
    ['locked', along(ON), LOCKED, 100],
    ['one row that is too large', along(ON), TOO_LARGE, 1],
    ['too large twice', along(ON, { wasStopped: true }), TOO_LARGE, 50],
  ])('parts the batch along the index: %s', (_what, from, outcome, limit) => {
    const [route, reached] = next(from, outcome, limit);

    expect(reached).toBe('obstacle');
    expect(route).toMatchObject({ from: ON, isChosen: true, mayHaveMissed: true });
    expect(route.parting).toEqual(firstParting(limit, 5000, outcome, from.allowance));
  });

  it.each([
    ['whose outcome is unknown', UNKNOWN],
    ['that was stopped', TOO_LARGE],
    ['of which some rows were not there any more', deleted({ kept: 1 })],
  ])('has its rows read anew after a batch %s', (_what, outcome) => {
    const from: Position = {
      walk: 'index',
      at: 'further on',
      after: '(1,2)',
      ahead: ['a stretch'],
    };

    const [{ from: again }] = next(along(from), outcome);

    expect(again).toEqual({ walk: 'index', at: 'further on', after: '(1,2)' });
  });

  it('has a half as its next batch, and passes the rows that stay when all is known of it', () => {
    const [half] = next(along(ON), REFUSED, 4);
    const [one] = nextRoute(half, REFUSED, { skip: 0, limit: 2 }, START);
    const [stays] = nextRoute(one, REFUSED, { skip: 0, limit: 1 }, START);
    const [rest, reached] = nextRoute(
      stays,
      deleted({ rows: 0, next: null }),
      { skip: 1, limit: 1 },
      START,
    );

    expect(nextBatch(half, 500)).toEqual({ from: ON, skip: 0, limit: 2 });
    expect(nextBatch(stays, 500)).toEqual({ from: ON, skip: 1, limit: 1 });
    expect(reached).toBe('parted');
    expect(rowsToPass(rest)).toBe(1);
    expect(knownToBeLeft(stays)).toMatchObject({ stays: 1, untried: 0, since: null });
  });

  it('asks for no more rows than are allowed', () => {
    expect(nextBatch(along(ON), 3)).toEqual({ from: ON, limit: 3 });
    expect(nextBatch(next(along(ON), REFUSED)[0], 3)).toEqual({ from: ON, skip: 0, limit: 3 });
  });

  it('starts again at one row whose outcome is unknown', () => {
    expect(next(along(ON), UNKNOWN, 1)[1]).toBe('next batch');
  });

  const BACK = along(START, {
    reason:
      'many; then along the index, since some rows could not be deleted in the order of storage',
    mayHaveMissed: true,
  });

  it.each<[string, BatchOutcome, number, Route]>([
    ['refused', REFUSED, 100, BACK],
    ['one row that is too large', TOO_LARGE, 1, { ...BACK, asks: 'until one goes' }],
    [
      'several that are too large',
      TOO_LARGE,
      2,
      along(STORED, { reason: 'many', mayHaveMissed: true, asks: 'until one goes' }),
    ],
    ['unknown', UNKNOWN, 1, along(STORED, { reason: 'many', mayHaveMissed: true })],
  ])(
    'goes back to the index when the storage walk cannot part the batch: %s',
    (_what, outcome, limit, to) => {
      const route = along(STORED, { reason: 'many' });

      expect(next(route, outcome, limit)).toEqual([to, 'next batch']);
    },
  );
});

describe('the patience with tries that take long in vain', () => {
  const withPatience = (patience: number) => ({
    allowance: { ...firstAllowance(SEED), patience },
  });
  const slow = { ...LOCKED, durationMs: 45_000 } as const;
  const spent = along(ON, withPatience(0));
  const onFrom = (route: Route, ...outcomes: BatchOutcome[]) =>
    outcomes.reduce((before, outcome) => next(before, outcome)[0], route);
  const gone = (rows: number) => deleted({ rows, next: ON });

  it('comes back once batches have gone', () => {
    const few = onFrom(spent, ...Array<BatchOutcome>(99).fill(gone(500)));

    expect(nextBatch(few, 5000)).toMatchObject({ limit: 500 });
    expect(nextBatch(onFrom(few, gone(500)), 5000)).toMatchObject({ limit: 5000 });
  });

  it('lasts for one more such try then, and is no shorter for those before', () => {
    const restless = past(onFrom(spent, slow), { rows: 0, since: null, next: ON });
    const again = onFrom(restless, gone(50_000));

    expect(nextBatch(again, 5000)).toMatchObject({ limit: 5000 });
    expect(nextBatch({ ...onFrom(again, slow), parting: null }, 5000)).toMatchObject({
      limit: 500,
    });
  });

  it('never gets longer than at the start', () => {
    expect(onFrom(along(ON, withPatience(7)), gone(1e6))).toMatchObject(withPatience(8));
  });
});

describe('the route past the rows of a batch that was parted', () => {
  const since = new Date(7);
  const failed = (outcome: BatchOutcome, from = along(START)) =>
    nextRoute(next(from, outcome, 1)[0], outcome, { skip: 0, limit: 1 }, START)[0];
  const ended = (route: Route) =>
    nextRoute(route, deleted({ rows: 0, next: null }), { skip: 1, limit: 1 }, START)[0];

  it('goes on behind them, and tells how many stay, since when and why', () => {
    const stays = failed(REFUSED);
    const route = past(ended(stays), { rows: 1, since, next: ON });

    expect(route).toMatchObject({ from: ON, parting: null, isChosen: true });
    expect(route.left).toMatchObject({ rows: 1, since, stays: 1, error: { message: 'no' } });
    const again = ended(failed(REFUSED, route));
    expect(past(again, { rows: 1, since: new Date(9), next: ON }).left).toMatchObject({
      rows: 2,
      since,
      stays: 2,
    });
  });

  it('tells nothing of rows that others hold locked', () => {
    const { left } = past(ended(failed(LOCKED)), { rows: 1, since, next: ON });

    expect(left).toMatchObject({ rows: 1, since, stays: 0, untried: 0, error: null });
  });

  it('finds itself locked out after three batches in a row that only met locks', () => {
    const met = (route: Route) => past(ended(failed(LOCKED, route)), { rows: 1, since, next: ON });
    const [one, two, three] = [1, 2, 3].map((times) => {
      let route = along(START);
      for (let time = 0; time < times; time += 1) route = met(route);
      return route;
    });

    expect([one, two, three].map((route) => route && isBlocked(route))).toEqual([
      ...[false, false, true],
    ]);
    expect(next(three as Route, deleted())[0].inVain).toBe(0);
    expect(hasOnlyMetLocks(one as Route)).toBe(false);
    expect(hasOnlyMetLocks({ ...(one as Route), left: { ...NONE, untried: 5 } })).toBe(true);
  });

  it('leaps over more rows each time, by another width in each run, and wider where each try waits', () => {
    const leaps = (seed: number, patience: number) =>
      [3, 4, 5].map((inVain) =>
        rowsToLeap({ inVain, allowance: { ...firstAllowance(seed), patience } }),
      );

    expect(leaps(0, 8)).toEqual([125, 250, 500]);
    expect(leaps(3999, 8)).toEqual([1124, 2249, 4499]);
    expect(leaps(0, 0)).toEqual([125, 375, 1125]);
  });

  it('tries one row by itself after a leap, and goes on with whole batches once it went', () => {
    const blocked = along(ON, { inVain: 3 });

    expect(nextBatch(blocked, 500)).toMatchObject({ limit: 1 });
    const [failedAgain] = nextRoute(blocked, LOCKED, { limit: 1 }, START);
    expect(failedAgain.parting?.search?.rows).toBe(1);
    const [gone] = nextRoute(blocked, deleted(), { limit: 1 }, START);
    expect(nextBatch(gone, 500)).toMatchObject({ limit: 500 });
  });

  it('stays where it is when nothing follows', () => {
    expect(past(ended(failed(REFUSED)), { rows: 1, since, next: null }).from).toEqual(START);
  });
});

/** The route of a second pass; `null`: there is none. */
const repeated = (route: Route, left: number, hasDeleted: boolean) =>
  mayRepeat(route) && mayMiss(route, left, hasDeleted)
    ? secondPass(route, START, route.left)
    : null;

describe('the second pass', () => {
  const disturbed = along(ON, { reason: 'many', mayHaveMissed: true });

  it('goes along the index from the oldest row that is left on, without another choice', () => {
    expect(repeated(disturbed, 1, false)).toEqual(
      along(START, { reason: 'many', isChosen: true, repeats: 1 }),
    );
  });

  it('says so of its batches', () => {
    const again = repeated(disturbed, 1, false) as Route;

    expect(nextBatch(disturbed, 9)).toEqual({ from: ON, limit: 9 });
    expect(nextBatch(again, 9)).toEqual({ from: START, limit: 9, isRepeat: true });
  });

  it.each([
    ['along storage, whose blocks may have been rewritten', STORED],
    ['along the index, which passes rows that are locked just then', ON],
  ])('follows the first walk %s', (_which, from) => {
    expect(repeated(along(from), 1, false)).toMatchObject({ from: START, repeats: 1 });
  });

  it('is followed by another one where it has deleted rows', () => {
    expect(repeated(along(ON, { repeats: 1 }), 1, true)).toMatchObject({ repeats: 2 });
    expect(repeated(along(ON, { repeats: 2 }), 1, true)).toBeNull();
  });

  it('counts the rows that stay anew, and tells what was known before as long as that is more', () => {
    const left: LeftBehind = { ...NONE, rows: 3, stays: 3, error: failedCall('no') };
    const again = repeated({ ...disturbed, left }, 4, false) as Route;
    const more = { ...left, stays: 4 };

    expect(again.left).toEqual(NONE);
    expect(knownToBeLeft(again)).toEqual(left);
    expect(knownToBeLeft({ ...again, left: more })).toEqual(more);
  });

  const left = { ...NONE, rows: 3 };

  it.each<[string, Route, number]>([
    ['there was one, and none of its deletes may have held locks', along(ON, { repeats: 1 }), 1],
    ['no row is left', disturbed, 0],
    ['no more is left than what was passed', { ...disturbed, left }, 3],
    ['there were two', { ...disturbed, repeats: 2 }, 1],
  ])('is none when %s', (_why, route, rows) => {
    expect(repeated(route, rows, false)).toBeNull();
  });
});
