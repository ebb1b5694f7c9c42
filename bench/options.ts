import { type Command, Option } from 'commander';
import {
  byRule,
  type Check,
  commandWith,
  type Help,
  OptionsError,
  readWords,
  valueOption,
  wholeNumber,
} from '../cli/terminal/options';
import { ENGINES, type EngineName, SCENARIOS, type ScenarioName } from './entry';
import { SHAPE_KEYS, type ShapeKey } from './shapes';

/** Where the results of a whole run are kept. */
export const HOME = 'bench';

/** What the command line asks for. */
export interface Options {
  readonly kind: 'bench';
  /** Expired rows of the largest table. */
  readonly rows: number;
  /** Runs of each measurement, unless it is a slow one. */
  readonly repeats: number;
  readonly engines: readonly EngineName[];
  readonly scenarios: readonly ScenarioName[];
  /** Shares of expired rows, for the scenario `throughput`. */
  readonly shapes: readonly ShapeKey[];
  /** Whether only ours and one DELETE are measured. */
  readonly pair?: true;
  /** Settings of ours to measure besides the defaults, each like `targetBatchMs=100+maxBatchSize=20000`. */
  readonly variants: readonly string[];
  /** Operations of the application per second. */
  readonly rate: number;
  /** The path of the function's bundle. */
  readonly bundle: string;
  /** The directory for RESULTS.md and results.json; `undefined` if the results are only shown. */
  readonly out: string | undefined;
  /** Nothing is measured. RESULTS.md, and the tables and pictures of the page, are written again from results.json. */
  readonly draw?: true;
}

interface Values extends Omit<Options, 'kind' | 'scenarios'> {
  readonly only: readonly ScenarioName[];
  readonly quick: true;
}

const EXPLANATION = `
What a run does not measure stays in the files of --out. A run that --rows, --engines, --only, --shapes, --pair, --variants,
--bundle or --quick makes a part of the whole is only shown, unless you give --out.`;

/** Splits a list with commas. */
const parts = (text: string) => text.split(',');

/** Checks a list of known names. */
const namesOf = (known: readonly string[]): Check =>
  byRule({
    holds: (text) => parts(String(text)).every((name) => known.includes(name)),
    demand: `must be one or more of ${known.join(', ')}, with commas between them`,
  });

/** Reads a list of known names, in their own order. */
const inOrder = (known: readonly string[]) => (text: string) =>
  known.filter((name) => parts(text).includes(name));

/** The scenarios that measure variants of ours. */
const VARIED: readonly ScenarioName[] = ['throughput', 'application', 'latency', 'snapshot'];

const VARIANT = /^(?:maxBatchSize|targetBatchMs|pauseRatio)=[\d.]+$/;

/** Checks a list of settings. */
const areVariants: Check = byRule({
  holds: (text) =>
    String(text)
      .split(/[,+]/)
      .every((setting) => VARIANT.test(setting)),
  demand:
    'must be one or more of maxBatchSize=N, targetBatchMs=N and pauseRatio=N, with commas between them, or + within a variant',
});

/** An option that takes a list of known names, which are all taken by default. */
const listOption = (flag: string, help: string, known: readonly string[], all = 'all') =>
  valueOption(
    `${flag} <LIST>`,
    `${help}: ${known.join(',')}`,
    namesOf(known),
    inOrder(known),
  ).default(known, all);

function command(): Command {
  const number = (flags: string, help: string, min: number) =>
    valueOption(flags, help, byRule(wholeNumber(min)), Number);
  const text = (flags: string, help: string) => valueOption(flags, help, () => undefined);
  return commandWith('npm run bench --', [
    // A hundredth of it has to be a number of rows.
    number('--rows <N>', 'expired rows of the largest table', 1000).default(1_000_000),
    number('--repeats <N>', 'runs of each measurement, unless it is a slow one', 1).default(3),
    listOption('--engines', 'engines to measure on', ENGINES, 'those that are installed'),
    listOption('--only', 'scenarios to measure', SCENARIOS),
    listOption('--shapes', 'shares of expired rows for the scenario throughput', SHAPE_KEYS),
    new Option('--pair', 'only ours and one DELETE'),
    valueOption(
      '--variants <LIST>',
      `more settings of ours, like targetBatchMs=100,maxBatchSize=9000+targetBatchMs=50; for ${VARIED.join(',')}`,
      areVariants,
      parts,
    ).default([], 'none'),
    number('--rate <N>', 'operations of the application per second', 1).default(200),
    text('--bundle <FILE>', "the function, like another version's").default('dist/lambda/index.js'),
    new Option('--quick', 'the same as --rows 50000 --repeats 1').implies({
      rows: 50_000,
      repeats: 1,
    }),
    new Option(
      '--draw',
      'measure nothing; write RESULTS.md, and the tables and pictures of docs/performance.md, from results.json',
    ),
    text(
      '--out <DIR>',
      'where RESULTS.md and results.json go (default: bench, if everything is measured)',
    ),
  ])
    .description('Measures the purge, and what people would use instead of it.')
    .addHelpText('after', EXPLANATION);
}

/**
 * Reads the command line of the benchmark.
 *
 * @throws {OptionsError} with all mistakes
 */
export function readOptions(args: readonly string[]): Options | Help {
  const all = command();
  const words = readWords<Values>(all, args);
  if (words.kind === 'help') return words;
  if (words.mistakes.length > 0) throw new OptionsError(words.mistakes);
  const { only, quick, out, ...values } = words.values as Values;
  const isPart = ['rows', 'engines', 'only', 'shapes', 'pair', 'variants', 'bundle'].some(
    (name) => (all.getOptionValueSource(name) ?? 'default') !== 'default',
  );
  return {
    kind: 'bench',
    ...values,
    scenarios: only,
    out: out ?? (isPart ? undefined : HOME),
  };
}
