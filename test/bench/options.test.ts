import { ENGINES, SCENARIOS } from '../../bench/entry';
import { OptionsError, readOptions } from '../../bench/options';
import { sizesUpTo } from '../../bench/scenarios/growth';
import { shapeOf } from '../../bench/shapes';

describe('readOptions', () => {
  it('measures all on a million rows, and keeps the results', () => {
    expect(readOptions([])).toEqual({
      rows: 1_000_000,
      repeats: 3,
      engines: ENGINES,
      scenarios: SCENARIOS,
      batchSizes: [],
      rate: 200,
      bundle: 'dist/lambda/index.js',
      out: 'bench',
    });
  });

  it.each([
    ['--quick'],
    ['--rows=20000'],
    ['--only=growth'],
    ['--engines=mariadb'],
    ['--bundle=x.js'],
  ])('does not put the part that %s measures in place of the whole', (option) => {
    expect(readOptions([option])?.out).toBeUndefined();
    expect(readOptions([option, '--out=there'])?.out).toBe('there');
  });

  it('takes names in the order in which they are measured', () => {
    const options = readOptions(['--only=growth,throughput', '--engines=mariadb,postgresql']);

    expect(options).toMatchObject({ scenarios: ['throughput', 'growth'], engines: ENGINES });
  });

  it('takes sizes of batches', () => {
    expect(readOptions(['--batch-sizes', '5000,20000'])?.batchSizes).toEqual([5000, 20000]);
  });

  it('is quick with less, where it is not told otherwise', () => {
    expect(readOptions(['--quick'])).toMatchObject({ rows: 50_000, repeats: 1 });
    expect(readOptions(['--quick', '--repeats=2'])).toMatchObject({ rows: 50_000, repeats: 2 });
  });

  it.each([
    [['--rows=10'], '--rows must be a whole number from 1000, got "10"'],
    [['--repeats=1.5'], '--repeats must be a whole number from 1, got "1.5"'],
    [['--batch-sizes=5000,x'], '--batch-sizes must be a whole number from 1, got "x"'],
    [['--only=speed'], /--only knows throughput, .*, not "speed"/],
    [['--engines='], '--engines knows postgresql, mariadb, not ""'],
    [['--fast'], /Unknown option '--fast'/],
    [['1000'], /Unexpected argument '1000'/],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(OptionsError);
    expect(() => readOptions(args)).toThrow(message);
  });

  it('asked for help reads no more', () => {
    expect(readOptions(['--help', '--rows=0'])).toBeUndefined();
  });
});

describe('shapeOf', () => {
  it.each([
    ['most', 1_000_000, '1M of 1.2M', 200_000],
    ['tenth', 1_000_000, '100k of 1.1M', 1_000_000],
    ['hundredth', 1_000_000, '10k of 1M', 990_000],
    ['most', 20_000, '20k of 24k', 4000],
    ['hundredth', 1000, '10 of 1k', 990],
  ] as const)('%s of %d is %s', (key, rows, label, live) => {
    expect(shapeOf(key, rows)).toMatchObject({ key, label, live, order: 'by age' });
  });
});

describe('sizesUpTo', () => {
  it.each([
    [20_000, [2000, 20_000]],
    [1_000_000, [100_000, 1_000_000]],
    [5_000_000, [100_000, 1_000_000, 5_000_000]],
  ])('%d', (rows, sizes) => {
    expect(sizesUpTo(rows)).toEqual(sizes);
  });
});
