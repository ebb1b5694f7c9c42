import { mistakesInValue, type Setting, valueOfText } from '../../contract/setting-kinds';
import { EACH_SETTING, SETTINGS, type Settings, variableOf } from '../../contract/settings';
import { parseTableName } from '../../contract/table-name';
import { type Environment, purgeVariables, unknownVariable } from '../../contract/variables';
import { SettingsError } from '../errors';

/** The purge's name. Known before the settings are found to be valid, since a refusal is reported under it, too. */
export function purgeName(environment: Environment): string {
  return (
    environment[variableOf('name')] ||
    environment.AWS_LAMBDA_FUNCTION_NAME ||
    SETTINGS.name.fallback
  );
}

/** The value in the form that the function works with. */
function parsed(value: unknown, { kind }: Setting): unknown {
  return kind === 'tables' ? (value as readonly string[]).map(parseTableName) : value;
}

/** Reads the settings. Throws a `SettingsError` that names all mistakes at once. */
export function readSettings(environment: Environment): Settings {
  const mistakes: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of EACH_SETTING) {
    // Lambda's console keeps a variable whose value was cleared, so an empty one counts as not set.
    const text = environment[variableOf(name)] || undefined;
    const value = text === undefined ? setting.fallback : valueOfText(text, setting);
    const found = text === undefined ? [] : mistakesInValue(value, setting);
    if (value === undefined) found.push('is not set');
    if (found.length === 0) settings[name] = parsed(value, setting);
    mistakes.push(...found.map((mistake) => `${variableOf(name)} ${mistake}`));
  }
  for (const [variable, setting] of purgeVariables(environment))
    if (setting === undefined) mistakes.push(unknownVariable(variable));
  if (mistakes.length > 0) throw new SettingsError(`settings: ${mistakes.join('; ')}`);
  return { ...(settings as unknown as Settings), name: purgeName(environment) };
}
