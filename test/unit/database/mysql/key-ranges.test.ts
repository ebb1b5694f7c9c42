import {
  type CountedRange,
  END,
  type KeyPosition,
  nextRanges,
  past,
  prefixAt,
  rangeWithin,
  withCounts,
} from '../../../../lambda/database/mysql/key-ranges';

const place = (prefix: string) => Number.parseInt(prefix.padEnd(10, '0'), 36);

const position = (given: Partial<KeyPosition> = {}): KeyPosition => ({
  place: 0,
  density: 1 / 1000,
  counted: [],
  ...given,
});

const ranges = (...of: [end: number, rows: number][]): CountedRange[] =>
  of.map(([end, rows]) => ({ end, rows }));

describe('a place in the order of keys', () => {
  it.each([
    ['none', 'before all keys', 0, null],
    ['none', 'after all keys', END, null],
    ['its first digits', 'at a prefix', place('k'), 'k'],
    ['no trailing zeros', 'at one that ends with them', place('k0a00'), 'k0a'],
    ['leading zeros', 'near the beginning', 1, '0000000001'],
    ['ten digits', 'just before the end', END - 1, 'zzzzzzzzzz'],
  ])('has %s %s', (_what, _where, at, prefix) => {
    expect(prefixAt(at)).toBe(prefix);
  });

  it('is a whole number that JavaScript holds', () => {
    expect(Number.isSafeInteger(END)).toBe(true);
    expect(prefixAt(END - 2)).toBe('zzzzzzzzzy');
  });
});

describe('the next ranges', () => {
  it('are eight, each as wide as the density says that the rows need', () => {
    expect(nextRanges(position({ place: 500 }), 90)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((at) => 500 + at * 90_000),
    );
  });

  it('are cut at whole places', () => {
    expect(nextRanges(position({ density: 0.3 }), 1)).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
  });

  it('are one place wide where more would hold too many', () => {
    expect(nextRanges(position({ density: 1e9 }), 90)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('are fewer at the end of the keys', () => {
    expect(nextRanges(position({ place: END - 100_000 }), 90)).toEqual([END - 10_000, END]);
    expect(nextRanges(position({ place: END - 1 }), 90)).toEqual([END]);
  });

  it('are one where that may hold them all', () => {
    expect(nextRanges(position({ density: 1 / END }), 90)).toEqual([END]);
  });
});

describe('the range within a limit', () => {
  const counted = ranges([10, 40], [20, 0], [30, 60], [40, 1]);

  it.each<[number, CountedRange | null]>([
    [39, null],
    [40, { end: 20, rows: 40 }],
    [99, { end: 20, rows: 40 }],
    [100, { end: 30, rows: 100 }],
    [101, { end: 40, rows: 101 }],
    [5000, { end: 40, rows: 101 }],
  ])('joins as many as hold at most %s rows', (limit, expected) => {
    expect(rangeWithin(position({ counted }), limit)).toEqual(expected);
  });

  it('is none where none was counted', () => {
    expect(rangeWithin(position(), 5000)).toBeNull();
  });

  it('is one that holds no row', () => {
    expect(rangeWithin(position({ counted: ranges([10, 0]) }), 1)).toEqual({ end: 10, rows: 0 });
  });

  it('does not reach over a range that holds too many', () => {
    const crowded = position({ counted: ranges([10, 1], [20, 9], [30, 1]) });

    expect(rangeWithin(crowded, 5)).toEqual({ end: 10, rows: 1 });
  });
});

describe('a position whose next ranges were counted', () => {
  it('keeps the counts, and learns the density from all of them', () => {
    expect(withCounts(position({ place: 10 }), [20, 30, 50], [5, 0, 15], 100)).toEqual({
      place: 10,
      density: 20 / 40,
      counted: ranges([20, 5], [30, 0], [50, 15]),
    });
  });

  it('takes ranges without any row for ones with a row in all', () => {
    expect(withCounts(position(), [20, 30], [0, 0], 100)).toMatchObject({ density: 1 / 30 });
  });

  it('never uses a count that stopped at the limit, however large the next batch may be', () => {
    const next = withCounts(position(), [20, 30, 40], [5, 101, 5], 100);

    expect(next).toMatchObject({ density: 111 / 40 });
    expect(next && rangeWithin(next, 1_000_000)).toEqual({ end: 20, rows: 5 });
  });

  it('uses a count of just the limit', () => {
    const next = withCounts(position(), [20], [100], 100);

    expect(next && rangeWithin(next, 100)).toEqual({ end: 20, rows: 100 });
  });

  it.each([
    ['are cut twice as fine where the first holds too many', 0, [20, 40], 2 / 1000],
    ['as long as it is two places wide', 18, [20, 40], 2 / 1000],
  ])('%s', (_promise, at, ends, density) => {
    const before = position({ place: at, counted: ranges([20, 500]) });

    expect(withCounts(before, ends, [101, 0], 100)).toEqual({ place: at, density, counted: [] });
  });

  it('is none where the first is one place wide and holds too many', () => {
    expect(withCounts(position({ place: 19 }), [20, 21], [101, 0], 100)).toBeNull();
    expect(withCounts(position({ place: END - 1 }), [END], [101], 100)).toBeNull();
  });

  it('stays where only a later one holds too many, however narrow', () => {
    expect(withCounts(position({ place: 19 }), [20, 21], [100, 101], 100)).not.toBeNull();
  });

  it('is none where nothing was counted', () => {
    expect(withCounts(position(), [], [], 100)).toBeNull();
  });
});

describe('the position after a range', () => {
  it('is at its end, with the ranges that come after it', () => {
    const before = position({ counted: ranges([10, 1], [20, 2], [30, 3]) });

    expect(past(before, { end: 20, rows: 3 })).toEqual({
      place: 20,
      density: before.density,
      counted: ranges([30, 3]),
    });
  });
});
