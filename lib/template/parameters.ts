import { COMPLETE_SECRET_END } from '../../contract/arn';
import { numberPattern } from '../../contract/number-pattern';
import { ruleOf } from '../../contract/setting-kinds';
import { SETTINGS } from '../../contract/settings';
import { LIST_PATTERN } from '../../contract/table-name';
import { CONTEXT_SETTINGS, type DeploymentSetting } from '../deployment-settings';
import { OWN_PARAMETERS } from './own-parameters';
import { type Parameter, sentence } from './parameter';
import { PARAMETER_NAMES } from './parameter-groups';
import { parameterOf } from './parameter-names';
import { EMPTY, MEANINGS } from './parameter-texts';

const KEYS = new Map(Object.keys(CONTEXT_SETTINGS).map((key) => [key, parameterOf(key)]));

/** The text without Markdown, with the parameters' names in place of the context's keys. */
function plain(text: string): string {
  return text.replace(/`([^`]+)`/g, (_, code: string) => KEYS.get(code) ?? code);
}

/** Whether the function has the default, and not the template. */
function isOptional(key: string, { fallback, kind }: DeploymentSetting): boolean {
  if (fallback === undefined || kind === 'choice') return false;
  return fallback === null || Object.hasOwn(SETTINGS, key);
}

const isSecret = (key: string) => key.toLowerCase().endsWith('secretarn');

function patternOf(key: string, setting: DeploymentSetting): string {
  if (setting.kind === 'number') return numberPattern(setting);
  if (setting.kind === 'tables') return LIST_PATTERN;
  const { pattern, demand } = ruleOf(setting);
  if (pattern === undefined) throw new Error(`the rule has no pattern: ${demand}`);
  // A policy cannot ask whether the end is there, so it has to be.
  return isSecret(key) ? pattern.replace(/\$$/, COMPLETE_SECRET_END) : pattern;
}

function demandOf(key: string, setting: DeploymentSetting): string {
  const { demand } = ruleOf(setting);
  return isSecret(key) ? `${demand}, with the hyphen and six characters at its end` : demand;
}

function described(key: string, setting: DeploymentSetting): string {
  const text = sentence(plain(MEANINGS[key] ?? setting.meaning));
  if (isOptional(key, setting))
    return `${text} ${EMPTY[key] ?? `If it is empty: ${setting.fallback}.`}`;
  const isFilledIn = setting.fallback !== undefined && setting.kind !== 'choice';
  return isFilledIn ? `${text} Its default is ${setting.fallback}, and it cannot be empty.` : text;
}

function parameter(key: string, setting: DeploymentSetting): Parameter {
  const { fallback } = setting;
  const demand = demandOf(key, setting);
  const isLeftEmpty = isOptional(key, setting);
  const about = { Type: 'String', Description: described(key, setting) } as const;
  if (setting.kind === 'choice') {
    return {
      ...about,
      Default: String(fallback),
      AllowedValues: setting.choices.map(String),
      ConstraintDescription: demand.replaceAll('"', ''),
    };
  }
  const pattern = patternOf(key, setting);
  return {
    ...about,
    ...(fallback !== undefined && { Default: isLeftEmpty ? '' : String(fallback) }),
    AllowedPattern: isLeftEmpty ? `^$|${pattern}` : pattern,
    ConstraintDescription: isLeftEmpty ? `${demand}; or empty` : demand,
  };
}

const BY_NAME = new Map(
  Object.entries<DeploymentSetting>(CONTEXT_SETTINGS).map(([key, setting]) => [
    parameterOf(key),
    parameter.bind(null, key, setting),
  ]),
);

/** All parameters, in the order of the console. */
export function parameters(): Record<string, Parameter> {
  return Object.fromEntries(
    PARAMETER_NAMES.map((name) => {
      const made = OWN_PARAMETERS[name] ?? BY_NAME.get(name)?.();
      if (made === undefined) throw new Error(`no setting stands behind the parameter ${name}`);
      return [name, made];
    }),
  );
}

/** The parameters that may be left empty. */
export const OPTIONAL_PARAMETERS: readonly string[] = PARAMETER_NAMES.filter(
  (name) => !(name in OWN_PARAMETERS) && parameters()[name]?.Default === '',
);
