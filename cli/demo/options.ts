import { type Command, Option } from 'commander';
import type { Environment } from '../../contract/variables';
import {
  byRule,
  commandWith,
  type Help,
  OptionsError,
  readWords,
  valueOption,
  wholeNumber,
} from '../terminal/options';
import { listed } from '../terminal/tables';
import {
  ADD_TARGET,
  SETTING_FLAGS,
  type SettingValues,
  settingOptions,
  settingsEnvironment,
  type Target,
  type TargetValues,
  targetMistakes,
  targetOf,
  targetOptions,
  variableMistakes,
} from '../terminal/target';

/** A run on sessions that are made up, in a PostgreSQL that is started for it. */
export interface EmbeddedOptions {
  readonly kind: 'embedded';
  /** Expired sessions in the backlog. */
  readonly rows: number;
  /** Shows a drain in many rounds instead of a single purge. */
  readonly drain: boolean;
}

/** A run on a database of the user's own. */
export interface TargetOptions {
  readonly kind: 'target';
  readonly target: Target;
  /** Otherwise it is a dry run. */
  readonly deletes: boolean;
  /** The most rows to delete; `null`: all that expired. */
  readonly maxRows: number | null;
  /** Settings, as the function's environment has them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the command line asks for. */
export type DemoOptions = EmbeddedOptions | TargetOptions;

interface Values extends TargetValues, SettingValues {
  readonly rows: number;
  readonly drain: true;
  readonly delete: true;
  readonly maxRows: number;
}

const ROWS = 100_000;

/** Enough for several rounds. */
const ROWS_OF_DRAIN = 1_000_000;

const EXAMPLES = [
  ['npm start', 'on made-up sessions, in a PostgreSQL of its own'],
  ['npm start -- --rows 1000000', 'the same with more sessions'],
  ['npm start -- --drain', 'a drain of a million, round after round'],
  [
    'npm start -- --database-url postgres://user:secret@host/shop',
    'a dry run on a database of yours',
  ],
  [
    'npm start -- --cluster-arn ... --secret-arn ... --database shop',
    'a dry run on a cluster of yours',
  ],
] as const;

function command(): Command {
  const rows = valueOption(
    '--rows <N>',
    `expired sessions to make up (default: ${ROWS})`,
    byRule(wholeNumber(1, 10_000_000), 'write it in digits, like --rows 100000'),
    Number,
  );
  const drain = new Option(
    '--drain',
    `drain them as the state machine does, in short rounds; by default ${ROWS_OF_DRAIN}`,
  );
  const ofTargets = ['databaseUrl', 'clusterArn', 'secretArn', 'database'];
  return commandWith('npm start --', [
    rows.conflicts(ofTargets),
    drain.conflicts(ofTargets),
    ...targetOptions(),
    new Option('--delete', 'really delete; without it, a database of your own gets a dry run'),
    valueOption(
      '--max-rows <N>',
      'with --delete: delete at most so many',
      byRule(wholeNumber(1)),
      Number,
    ),
    ...settingOptions(),
  ])
    .description('Runs the bundle that would be deployed, as Lambda would run it.')
    .addHelpText('after', `\nExamples:\n\n${listed(EXAMPLES)}`);
}

const FOR_A_TARGET = { delete: '--delete', maxRows: '--max-rows', ...SETTING_FLAGS } as const;

const DRY_RUN = 'a database of your own gets a dry run, unless you add --delete';

/** The option that is nearest to a dry run's would delete. */
const withAdvice = (mistake: string) =>
  mistake.replace(/^(unknown option '--dry-?run').*/is, `$1; ${DRY_RUN}`);

/** A limit for a run that deletes nothing. */
function withoutDelete(values: Partial<Values>): string[] {
  const isDryRun = targetOf(values) !== undefined && values.delete === undefined;
  return isDryRun && values.maxRows !== undefined
    ? ['--max-rows needs --delete; a dry run counts all expired rows']
    : [];
}

/** What is wrong with options that need a database of the user's own and have none. */
function withoutTarget(values: Partial<Values>): string[] {
  const { databaseUrl, clusterArn, secretArn, database } = values;
  const target = databaseUrl ?? clusterArn ?? secretArn ?? database;
  if (target !== undefined) return [];
  return Object.entries(FOR_A_TARGET)
    .filter(([name]) => values[name as keyof typeof FOR_A_TARGET] !== undefined)
    .map(([, flag]) => `${flag} needs a database of your own; ${ADD_TARGET}`);
}

/**
 * Reads the command line of the demo.
 *
 * @param variables the environment of the command, whose settings the function would not get
 * @throws {OptionsError} with all mistakes
 */
export function readDemoOptions(
  args: readonly string[],
  variables: Environment = process.env,
): DemoOptions | Help {
  const words = readWords<Values>(command(), args);
  if (words.kind === 'help') return words;
  const { values } = words;
  const mistakes = [
    ...words.mistakes.map(withAdvice),
    ...targetMistakes(values),
    ...withoutTarget(values),
    ...withoutDelete(values),
    ...variableMistakes(variables),
  ];
  if (mistakes.length > 0) throw new OptionsError(mistakes);
  const target = targetOf(values);
  if (target === undefined) {
    const { drain = false, rows = drain ? ROWS_OF_DRAIN : ROWS } = values;
    return { kind: 'embedded', rows, drain };
  }
  const environment = settingsEnvironment(values);
  const { delete: deletes = false, maxRows = null } = values;
  return { kind: 'target', target, deletes, maxRows, environment };
}
