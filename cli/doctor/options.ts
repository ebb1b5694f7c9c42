import type { Command } from 'commander';
import type { Rule } from '../../contract/rule';
import { isSchedule, shortestGapMinutes } from '../../contract/schedule';
import type { Environment } from '../../contract/variables';
import {
  byRule,
  commandWith,
  type Help,
  OptionsError,
  readWords,
  valueOption,
} from '../terminal/options';
import { listed } from '../terminal/tables';
import {
  ADD_TARGET,
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

/** What the command line asks for. */
export interface DoctorOptions {
  readonly kind: 'examine';
  readonly target: Target;
  readonly schedule: string | undefined;
  /** Settings, as the function's environment has them. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Values extends TargetValues, SettingValues {
  readonly schedule: string;
}

const EXAMPLES = [
  ['npm run doctor -- --cluster-arn ... --secret-arn ... --database shop', 'a cluster'],
  ['npm run doctor -- --database-url postgres://user:secret@host/shop', 'another database'],
] as const;

const EXIT_CODES =
  'It ends with 0 when nothing fails, with 1 when something does, with 2 when an option is wrong.';

/** The doctor has to read the times of a schedule, which EventBridge alone does otherwise. */
const isReadableSchedule: Rule = {
  ...isSchedule,
  holds: (value) => isSchedule.holds(value) && shortestGapMinutes(String(value)) !== undefined,
};

/** The doctor's command line. */
export function doctorCommand(): Command {
  const schedule = valueOption(
    '--schedule <SCHEDULE>',
    "the purge's schedule, like 'cron(17 2 * * ? *)', to compare with the cluster's auto-pause",
    byRule(isReadableSchedule, "write it like 'cron(17 2 * * ? *)', in quotes"),
  );
  return commandWith('npm run doctor --', [...targetOptions(), ...settingOptions(), schedule])
    .description('Looks at all that a purge of a database requires, and deletes nothing.')
    .addHelpText('after', `\nExamples:\n\n${listed(EXAMPLES)}\n\n${EXIT_CODES}`);
}

/**
 * Reads the command line of the doctor.
 *
 * @param variables the environment of the command, whose settings the function would not get
 * @throws {OptionsError} with all mistakes
 */
export function readDoctorOptions(
  args: readonly string[],
  variables: Environment = process.env,
): DoctorOptions | Help {
  const words = readWords<Values>(doctorCommand(), args);
  if (words.kind === 'help') return words;
  const { values } = words;
  const mistakes = [...words.mistakes, ...targetMistakes(values), ...variableMistakes(variables)];
  const target = targetOf(values);
  if (target === undefined && mistakes.length === 0)
    mistakes.push(`no database is named; ${ADD_TARGET}`);
  if (target === undefined || mistakes.length > 0) throw new OptionsError(mistakes);
  const environment = settingsEnvironment(values);
  return { kind: 'examine', target, schedule: values.schedule, environment };
}
