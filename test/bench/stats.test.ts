import { median, percentile, spreadOf } from '../../bench/stats';

describe('median', () => {
  it.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[10, 2, 1, 3], 2.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of no values is NaN', () => {
    expect(median([])).toBeNaN();
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('%d of 1 to 100 is %d', (share, expected) => {
    expect(percentile(hundred, share)).toBe(expected);
  });

  it('sorts numbers as numbers', () => {
    expect(percentile([10, 9, 100], 1)).toBe(100);
  });
});

describe('spreadOf', () => {
  it('counts the runs, and keeps their order', () => {
    const values = [3, 1, 2];

    expect(spreadOf(values)).toEqual({ runs: 3, median: 2, min: 1, max: 3 });
    expect(values).toEqual([3, 1, 2]);
  });
});
