import type { Choice } from '../contract/rule';
import { ruleOf } from '../contract/setting-kinds';
import { SETTINGS, type SettingName, variableOf } from '../contract/settings';
import { CONTEXT_SETTINGS, type DeploymentSetting } from './deployment-settings';

const HEAD = [
  'context key',
  'construct prop',
  "function's environment",
  'meaning',
  'default',
  'range',
];

const code = (text: unknown) => `\`${text}\``;

/** The construct takes constructs where the context has an ARN. */
const CONSTRUCTS: Readonly<Record<string, string>> = {
  clusterArn: '`cluster` or `clusterArn`',
  secretArn: '`secret`',
  adminSecretArn: '`adminSecret`, by default that of `cluster`',
  ownerSecretArn: '`ownerSecret`',
  checkOnDeploy: '`checkOnDeploy`',
  grantAgain: '`grantAgain`',
  kmsKeyArn: '`secret`, with its `encryptionKey`',
};

function propCell(key: string, { prop = key, isOfStack }: DeploymentSetting): string {
  const isInOwnObject = prop.includes('.');
  return CONSTRUCTS[key] ?? `${isOfStack && !isInOwnObject ? "the stack's " : ''}${code(prop)}`;
}

const variableCell = (key: string) =>
  Object.hasOwn(SETTINGS, key) ? code(variableOf(key as SettingName)) : '';

function defaultCell({ fallback, otherwise }: DeploymentSetting): string {
  if (otherwise !== undefined) return otherwise;
  return fallback === undefined ? 'required' : code(fallback);
}

const choicesCell = (choices: readonly Choice[]) =>
  choices.every((choice) => typeof choice === 'number')
    ? choices.join(', ')
    : choices.map(code).join(', ');

function rangeCell(setting: DeploymentSetting): string {
  if (setting.kind === 'choice') return choicesCell(setting.choices);
  if (setting.kind === 'number') {
    const { min, max, whole } = setting;
    return `${whole ? 'whole, ' : ''}${min} to ${max}`;
  }
  return ruleOf(setting).demand.replace(/^must (be|name tables as) /, '');
}

/** The table of all settings for the documentation, in Markdown. */
export function configurationTable(): string {
  const rows = Object.entries<DeploymentSetting>(CONTEXT_SETTINGS).map(([key, setting]) => [
    code(key),
    propCell(key, setting),
    variableCell(key),
    setting.meaning,
    defaultCell(setting),
    rangeCell(setting),
  ]);
  return [HEAD, HEAD.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
