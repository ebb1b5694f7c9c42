import { parseArgs } from 'node:util';
import { ENGINES, type EngineName, SCENARIOS, type ScenarioName } from './entry';

/** What the command line asks for. */
export interface Options {
  /** Expired rows of the largest table. */
  readonly rows: number;
  /** Of each measurement, unless it is a slow one. */
  readonly repeats: number;
  readonly engines: readonly EngineName[];
  readonly scenarios: readonly ScenarioName[];
  /** Of ours beside the application, besides the default. */
  readonly batchSizes: readonly number[];
  /** Of the application, operations per second. */
  readonly rate: number;
  /** The function; another one than the build's, to compare two versions. */
  readonly bundle: string;
  /** Where RESULTS.md and results.json go; `undefined`: nowhere, they are only shown. */
  readonly out: string | undefined;
}

/** A command line that is not understood. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

const HELP = `npm run bench [-- OPTIONS]

  --rows N           expired rows of the largest table (default: 1000000)
  --repeats N        of each measurement, unless it is a slow one (default: 3)
  --engines LIST     ${ENGINES.join(',')} (default: what is installed of them)
  --only LIST        ${SCENARIOS.join(',')}
  --batch-sizes LIST of ours beside the application, besides the default, like 5000,10000,20000
  --rate N           of the application, operations per second (default: 200)
  --bundle FILE      the function (default: dist/lambda/index.js, which npm run bench builds)
  --quick            --rows 50000 --repeats 1
  --out DIR          where RESULTS.md and results.json go; what this run does not measure stays in them.
                     default: bench, and for a run that --rows, --only, --engines, --bundle or --quick makes a part of
                     the whole: nowhere, it is only shown
  --help`;

const TEXT = { type: 'string' } as const;
const SWITCH = { type: 'boolean' } as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{
          rows: TEXT,
          repeats: TEXT,
          engines: TEXT,
          only: TEXT,
          rate: TEXT,
          out: TEXT,
          bundle: TEXT,
        },
        ...{ 'batch-sizes': TEXT, quick: SWITCH, help: SWITCH },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(`${(error as Error).message}\n\n${HELP}`);
  }
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new OptionsError(`--${name} must be a whole number from ${min}, got "${text}"`);
}

function listOf<T extends string>(name: string, text: string, known: readonly T[]): T[] {
  const names = text.split(',');
  const isKnown = (it: string): it is T => known.some((one) => one === it);
  const unknown = names.find((it) => !isKnown(it));
  if (unknown === undefined) return known.filter((it) => names.includes(it));
  throw new OptionsError(`--${name} knows ${known.join(', ')}, not "${unknown}"`);
}

/**
 * Reads the command line; `undefined` when it asks for help alone.
 *
 * @throws {OptionsError} with what is wrong
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { quick = false, help, ...given } = parse(args);
  if (help) return undefined;
  const isPart =
    quick || [given.rows, given.only, given.engines, given.bundle].some((it) => it !== undefined);
  const batchSizes = given['batch-sizes']?.split(',') ?? [];
  return {
    // A hundredth of it has to be a number of rows.
    rows: wholeNumber('rows', given.rows ?? (quick ? '50000' : '1000000'), 1000),
    repeats: wholeNumber('repeats', given.repeats ?? (quick ? '1' : '3'), 1),
    engines: listOf('engines', given.engines ?? ENGINES.join(), ENGINES),
    scenarios: listOf('only', given.only ?? SCENARIOS.join(), SCENARIOS),
    batchSizes: batchSizes.map((size) => wholeNumber('batch-sizes', size, 1)),
    rate: wholeNumber('rate', given.rate ?? '200', 1),
    bundle: given.bundle ?? 'dist/lambda/index.js',
    out: given.out ?? (isPart ? undefined : 'bench'),
  };
}

/** What `--help` shows. */
export const helpText = (): string => HELP;
