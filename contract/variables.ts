import { EACH_SETTING, type SettingName, VARIABLE_PREFIX, variableOf } from './settings';
import { nearestName } from './text';

/** The environment, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SETTING_OF: ReadonlyMap<string, SettingName> = new Map(
  EACH_SETTING.map(([name]) => [variableOf(name), name]),
);

const KNOWN = [...SETTING_OF.keys()];

const endOf = (variable: string) => variable.slice(VARIABLE_PREFIX.length);

/** The prefix is left out of the comparison: it would make any two names similar. */
function advice(variable: string): string {
  const nearest = nearestName(endOf(variable), KNOWN.map(endOf));
  return nearest === undefined
    ? `known are ${KNOWN.join(', ')}`
    : `did you mean "${VARIABLE_PREFIX}${nearest}"?`;
}

/**
 * The variables that begin as those of the settings do, in any case, each with its setting; `undefined` for one that no
 * setting has. Lambda's console keeps a variable whose value was cleared, so an empty one counts as not set.
 */
export function purgeVariables(
  environment: Environment,
): readonly (readonly [variable: string, setting: SettingName | undefined])[] {
  return Object.entries(environment)
    .filter(([name, value]) => value && name.toUpperCase().startsWith(VARIABLE_PREFIX))
    .map(([name]) => [name, SETTING_OF.get(name)]);
}

/** What is wrong with a variable that begins as those of the settings do, and is none of them. */
export function unknownVariable(variable: string): string {
  const rule = `is no setting, as each variable ${VARIABLE_PREFIX}... must be`;
  return `${variable} ${rule}; ${advice(variable)}`;
}
