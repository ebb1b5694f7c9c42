import { Token } from 'aws-cdk-lib';
import { arnParts, clusterPlace, otherPlace } from '../contract/arn';
import { isJsonObject, type Values } from '../contract/fields';
import { mistakesInValue } from '../contract/setting-kinds';
import { shown } from '../contract/text';
import { CONTEXT_SETTINGS, type DeploymentSetting } from './deployment-settings';
import { flagMistake, named, refuse, refuseMissing, slips } from './prop-mistakes';
import { settingMistakes } from './resolve-props';

/** What the stack takes beside the construct, as the context does; `alarms` is an object of options here. */
const OF_STACK = Object.entries<DeploymentSetting>(CONTEXT_SETTINGS).filter(
  ([name, { isOfStack }]) =>
    (isOfStack === true && name !== 'alarms' && name !== 'maxBacklogDays') || name === 'secretArn',
);

const isText = (value: unknown): value is string =>
  typeof value === 'string' && !Token.isUnresolved(value);

/** These decide which resources there are. */
const FLAGS = ['dashboard', 'drain', 'testEvents'];

const NAMES = [...OF_STACK.map(([name]) => name), 'alarms'];

/** The key encrypts secrets, which are in the cluster's region. */
function keyMistake({ kmsKeyArn, clusterArn }: Values): string | undefined {
  if (!isText(kmsKeyArn) || !isText(clusterArn)) return undefined;
  const { region } = arnParts(kmsKeyArn);
  return otherPlace({ region, account: undefined }, clusterPlace(clusterArn));
}

function valueMistakes(props: Values): string[] {
  return OF_STACK.flatMap(([name, setting]) => {
    const value = props[name];
    if (value === undefined) return [];
    if (Token.isUnresolved(value))
      return FLAGS.includes(name) ? [`${name} ${flagMistake(value)}`] : [];
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
export function checkStackProps(props: object, path: string): void {
  refuseMissing(path, props);
  const values: Values = { ...props };
  const mistakes = [
    ...valueMistakes(values),
    ...alarmMistakes(values),
    ...named({ kmsKeyArn: keyMistake(values) }),
    ...slips(values, NAMES),
  ];
  if (mistakes.length === 0) return;
  const { secretArn: _, ...others } = values;
  refuse(path, [...new Set([...mistakes, ...settingMistakes(others)])]);
}
