import { Token } from 'aws-cdk-lib';
import { isJsonObject, type Values } from '../contract/fields';
import { mistakesInValue } from '../contract/setting-kinds';
import { shown } from '../contract/text';
import { CONTEXT_SETTINGS, type DeploymentSetting } from './deployment-settings';
import { settingMistakes } from './resolve-props';

/** What the stack takes beside the construct, as the context does; `alarms` is an object of options here. */
const OF_STACK = Object.entries<DeploymentSetting>(CONTEXT_SETTINGS).filter(
  ([name, { isOfStack }]) =>
    (isOfStack === true && name !== 'alarms' && name !== 'maxBacklogDays') || name === 'secretArn',
);

function valueMistakes(props: Values): string[] {
  return OF_STACK.flatMap(([name, setting]) => {
    const value = props[name];
    if (value === undefined || Token.isUnresolved(value)) return [];
    return mistakesInValue(value, setting).map((mistake) => `${name} ${mistake}`);
  });
}

function alarmMistakes(props: Values): string[] {
  const { alarms } = props;
  if (alarms === undefined || isJsonObject(alarms)) return [];
  if (alarms !== false)
    return [`alarms must be an object of options or false, got ${shown(alarms)}`];
  return (['alarmEmail', 'alarmTopicArn'] as const)
    .filter((name) => props[name] !== undefined)
    .map((name) => `${name} is set, but alarms is false; leave out one of the two`);
}

/** Throws an `Error` under the stack's path that names all mistakes at once, if the stack has one that the construct has not. */
export function checkStackProps(props: Values, path: string): void {
  const mistakes = [...valueMistakes(props), ...alarmMistakes(props)];
  if (mistakes.length === 0) return;
  const { secretArn: _, ...others } = props;
  throw new Error(`${path}: ${[...mistakes, ...settingMistakes(others)].join('; ')}`);
}
