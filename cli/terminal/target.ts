import type { Option } from 'commander';
import { ruleOf, type Setting, valueOfText } from '../../contract/setting-kinds';
import { SETTINGS, type SettingName, variableOf } from '../../contract/settings';
import { type Environment, purgeVariables, unknownVariable } from '../../contract/variables';
import { urlMistake } from './database-url';
import { byRule, type Check, valueOption } from './options';

/** The database that a command works on. */
export type Target =
  | {
      readonly kind: 'database';
      /** With its password. */
      readonly url: string;
    }
  | {
      readonly kind: 'cluster';
      readonly clusterArn: string;
      readonly secretArn: string;
      readonly database: string;
    };

/** The values of the options that name a database. */
export interface TargetValues {
  readonly databaseUrl: string;
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly database: string;
}

/** The values of the options that are settings of the function. */
export interface SettingValues {
  readonly tables: string;
  readonly graceSeconds: string;
  readonly timeZone: string;
}

/** Checks a value by the rule of a setting. */
export function bySetting(name: SettingName, remedy?: string): Check {
  const setting: Setting = SETTINGS[name];
  const { holds, demand } = ruleOf(setting);
  // The rule of a list is one for each of its names.
  const areAllRight = (text: unknown) => [valueOfText(String(text), setting)].flat().every(holds);
  return byRule({ holds: areAllRight, demand }, remedy);
}

function helpOf(name: SettingName): string {
  const { meaning, fallback, otherwise = `default: ${fallback}` } = SETTINGS[name] as Setting;
  const end = fallback === undefined ? '' : ` (${otherwise})`;
  return `${meaning.replaceAll('`', '')}${end}`;
}

const CLUSTER = {
  clusterArn: '--cluster-arn',
  secretArn: '--secret-arn',
  database: '--database',
} as const;

const CLUSTER_NAMES = Object.keys(CLUSTER) as (keyof typeof CLUSTER)[];

/** The options that name a database. */
export const targetOptions = (): Option[] => [
  valueOption(
    '--database-url <URL>',
    'a database of your own: postgres://USER:PASSWORD@HOST:PORT/DATABASE or mysql://... (or the password in PGPASSWORD or MYSQL_PWD)',
    urlMistake,
  ).conflicts(CLUSTER_NAMES),
  valueOption(
    '--cluster-arn <ARN>',
    `${helpOf('clusterArn')}; it is called with your AWS credentials`,
    bySetting('clusterArn'),
  ),
  valueOption('--secret-arn <ARN>', helpOf('secretArn'), bySetting('secretArn')),
  valueOption('--database <NAME>', helpOf('database'), bySetting('database')),
];

/** The option that names the tables. */
export const tablesOption = (): Option =>
  valueOption(
    '--tables <A,B>',
    helpOf('tables'),
    bySetting('tables', 'leave it out for django_session'),
  );

/** The options that are settings of the function. */
export const settingOptions = (): Option[] => [
  tablesOption(),
  valueOption(
    '--grace-seconds <N>',
    helpOf('graceSeconds'),
    bySetting('graceSeconds', 'write it in digits, like --grace-seconds 3600'),
  ),
  valueOption('--time-zone <ZONE>', helpOf('timeZone'), bySetting('timeZone')),
];

const enumerated = (names: readonly string[]) => names.join(', ').replace(/, (?=[^,]*$)/, ' and ');

/** How to name a database, for the end of a message. */
export const ADD_TARGET = `add --database-url, or ${enumerated(Object.values(CLUSTER))}`;

/** What is wrong with a cluster that is named only in part. */
export function targetMistakes(values: Partial<TargetValues>): string[] {
  const given = CLUSTER_NAMES.filter((name) => values[name] !== undefined);
  const missing = CLUSTER_NAMES.filter((name) => values[name] === undefined);
  if (values.databaseUrl !== undefined || given.length === 0 || missing.length === 0) return [];
  const flags = (names: typeof CLUSTER_NAMES) => enumerated(names.map((name) => CLUSTER[name]));
  const verb = given.length === 1 ? 'does' : 'do';
  return [`${flags(given)} alone ${verb} not name a cluster; add ${flags(missing)}`];
}

/** The database that options without mistakes name; `undefined` if they name none. */
export function targetOf(values: Partial<TargetValues>): Target | undefined {
  const { databaseUrl: url, clusterArn, secretArn, database } = values;
  if (url !== undefined) return { kind: 'database', url };
  if (clusterArn === undefined || secretArn === undefined || database === undefined)
    return undefined;
  return { kind: 'cluster', clusterArn, secretArn, database };
}

/** The options that are settings of the function, by the settings' names. */
export const SETTING_FLAGS = {
  tables: '--tables',
  graceSeconds: '--grace-seconds',
  timeZone: '--time-zone',
} as const;

const SETTING_NAMES = Object.keys(SETTING_FLAGS) as (keyof typeof SETTING_FLAGS)[];

/** The function's environment variables for these settings. */
export function settingsEnvironment(values: Partial<SettingValues>): Record<string, string> {
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[variableOf(name), value]];
    }),
  );
}

const ALL_FLAGS: Partial<Record<SettingName, string>> = { ...CLUSTER, ...SETTING_FLAGS };

function unreadVariable(variable: string, setting: SettingName): string {
  const flag = ALL_FLAGS[setting];
  const remedy = flag === undefined ? 'unset it' : `unset it, and give ${flag}`;
  return `${variable} is set, and settings are not read from the environment here; ${remedy}`;
}

/** A mistake for each variable that the caller set for the function: here it would be ignored. */
export function variableMistakes(environment: Environment): string[] {
  return purgeVariables(environment).map(([variable, setting]) =>
    setting === undefined ? unknownVariable(variable) : unreadVariable(variable, setting),
  );
}

/** The names of a setting in the function's messages, which know no options. "tables" alone is a common word. */
function namesOf(name: keyof typeof SETTING_FLAGS): RegExp {
  const names = [variableOf(name), `the ${name} setting`, ...(name === 'tables' ? [] : [name])];
  return new RegExp(`\\b(${names.join('|')})\\b`, 'g');
}

/** Who gives the option to add a table loses the one of the default. */
const BESIDE = `beside what it names now (by default ${SETTINGS.tables.fallback})`;

/** A message of the function with the options in place of the settings that it names. */
export function withOptions(message: string): string {
  const { tables } = SETTING_FLAGS;
  return SETTING_NAMES.reduce(
    (text, name) => text.replaceAll(namesOf(name), SETTING_FLAGS[name]),
    message,
  ).replaceAll(`to ${tables}`, `to ${tables}, ${BESIDE}`);
}
