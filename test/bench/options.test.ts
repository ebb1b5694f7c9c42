import { ENGINES, SCENARIOS } from '../../bench/entry';
import { readOptions } from '../../bench/options';
import { sizesAround } from '../../bench/scenarios/growth';
import { SHAPE_KEYS, shapeOf } from '../../bench/shapes';
import { OptionsError } from '../../cli/terminal/options';

describe('readOptions', () => {
  it('measures everything on a million rows by default, and writes the results', () => {
    expect(readOptions([])).toEqual({
      kind: 'bench',
      rows: 1_000_000,
      repeats: 3,
      engines: ENGINES,
      scenarios: SCENARIOS,
      shapes: SHAPE_KEYS,
      variants: [],
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
    ['--shapes=tenth'],
    ['--pair'],
    ['--bundle=x.js'],
  ])('does not write the results of the part that %s measures', (option) => {
    expect(readOptions([option])).toMatchObject({ out: undefined });
    expect(readOptions([option, '--out=there'])).toMatchObject({ out: 'there' });
  });

  it('puts names into the order in which they are measured', () => {
    const options = readOptions(['--only=growth,throughput', '--engines=mariadb,postgresql']);

    expect(options).toMatchObject({ scenarios: ['throughput', 'growth'], engines: ENGINES });
  });

  it('reads variants', () => {
    expect(
      readOptions(['--variants', 'pauseRatio=0.5,maxBatchSize=9+targetBatchMs=5']),
    ).toMatchObject({
      variants: ['pauseRatio=0.5', 'maxBatchSize=9+targetBatchMs=5'],
      out: undefined,
    });
  });

  it('takes fewer rows and repeats with --quick, unless they are given', () => {
    expect(readOptions(['--quick'])).toMatchObject({ rows: 50_000, repeats: 1 });
    expect(readOptions(['--quick', '--repeats=2'])).toMatchObject({ rows: 50_000, repeats: 2 });
  });

  it.each([
    [['--rows=10'], '--rows must be a whole number from 1000, got "10"'],
    [['--repeats=1.5'], '--repeats must be a whole number from 1, got "1.5"'],
    [
      ['--variants=maxBatchSize=5000,batchSize=1'],
      /--variants must be one or more of maxBatchSize=N, .* got "maxBatchSize=5000,batchSize=1"/,
    ],
    [
      ['--only=speed'],
      /--only must be one or more of throughput, .*, with commas between them, got "speed"/,
    ],
    [
      ['--engines='],
      '--engines must be one or more of postgresql, mariadb, with commas between them, got ""',
    ],
    [['--fast'], "unknown option '--fast'"],
    [['--row=1000'], "unknown option '--row'; did you mean --rows?"],
    [
      ['1000'],
      'unexpected argument, not shown since it may be a password; write options after a lone --: npm run bench -- [options]',
    ],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(OptionsError);
    expect(() => readOptions(args)).toThrow(message);
  });

  it('returns the help even if there are mistakes', () => {
    expect(readOptions(['--help', '--rows=0'])).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('--quick'),
    });
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

it('measures growth from 100k to 5M rows by default', () => {
  expect(sizesAround(1_000_000)).toEqual([100_000, 1_000_000, 5_000_000]);
});
