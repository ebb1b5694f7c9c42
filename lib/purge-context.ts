import { arnParts, clusterPlace, otherPlace } from '../contract/arn';
import { isJsonObject, type Values } from '../contract/fields';
import { shown } from '../contract/text';
import { ContextError, unknownKeys } from './context-error';
import { propsOf } from './context-props';
import { missingKeys, readValues } from './context-values';
import { CONTEXT_SETTINGS } from './deployment-settings';
import type { SessionPurgeStackProps } from './session-purge-stack-props';
import type { SettingProps } from './setting-props';
import { mistakesInName, stackIdOf } from './stack-names';

/** A purge that the app deploys. */
export interface ConfiguredPurge {
  readonly stackId: string;
  readonly props: SessionPurgeStackProps;
}

/** The keys that describe a purge. */
const PURGE_KEYS = Object.keys(CONTEXT_SETTINGS);

/** Keys that the CDK keeps in the context for itself. Its other keys all have a colon or an at sign. */
const CDK_KEYS = ['acknowledged-issue-numbers', 'cli-telemetry'];

const EXAMPLE = `for example:

npx cdk deploy \\
  -c clusterArn=arn:aws:rds:eu-west-1:123456789012:cluster:shop \\
  -c adminSecretArn='arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!cluster-5f0c2b1e-9a47-4d0c-8e63-1b7a4c9d2e80-AbCdEf' \\
  -c database=shop`;

const SECRETS = ['secretArn', 'adminSecretArn', 'ownerSecretArn'];

/** These may be in another account. */
const SHARED = ['kmsKeyArn', 'alarmTopicArn'];

function placeMistakes(values: Values): string[] {
  return [...SECRETS, ...SHARED].flatMap((key) => {
    const [arn, clusterArn] = [values[key], values.clusterArn];
    if (typeof arn !== 'string' || typeof clusterArn !== 'string') return [];
    const { region, account } = arnParts(arn);
    const place = SHARED.includes(key) ? { region } : { region, account };
    const mistake = otherPlace(place, clusterPlace(clusterArn));
    return mistake === undefined ? [] : [`${key} ${mistake}`];
  });
}

/** Finds out whether it is said who makes the database user. */
function secretMistakes({ secretArn, adminSecretArn, ownerSecretArn }: Values): string[] {
  if (secretArn === undefined && adminSecretArn === undefined) {
    return ["adminSecretArn is not set; or set secretArn, where you made the purge's user by hand"];
  }
  if (secretArn === undefined) return [];
  const strays = Object.entries({ adminSecretArn, ownerSecretArn });
  return strays
    .filter(([, value]) => value !== undefined)
    .map(([key]) => `${key} is set beside secretArn; leave out one of the two`);
}

/** Finds settings of the alarms although there are no alarms. */
function alarmMistakes(values: Values): string[] {
  if (values.alarms !== false && values.alarms !== 'false') return [];
  return ['maxBacklogDays', 'alarmEmail', 'alarmTopicArn']
    .filter((key) => values[key] !== undefined)
    .map((key) => `${key} is set, but alarms is false; leave out one of the two`);
}

/** A purge that was read, or the mistakes in what was read. */
export interface Reading {
  readonly mistakes: readonly string[];
  /** How a message names it. */
  readonly label?: string;
  readonly purge?: ConfiguredPurge;
}

/** Does not compile if a setting has no documented prop, or one of another type. */
const documented = (props: SettingProps): Pick<SessionPurgeStackProps, keyof SettingProps> => props;

function readPurge(given: Values, known: readonly string[]): Reading {
  const { values, mistakes: wrong } = readValues(given, CONTEXT_SETTINGS);
  const mistakes = [
    ...unknownKeys(given, known),
    ...missingKeys(given, CONTEXT_SETTINGS),
    ...secretMistakes(given),
    ...wrong,
    ...mistakesInName(given.name),
    ...placeMistakes(given),
    ...alarmMistakes(given),
  ];
  if (mistakes.length > 0) return { mistakes };
  const props = documented(propsOf(values));
  return { mistakes, purge: { stackId: stackIdOf(props.purgeName, props), props } };
}

/** The name of a purge in a list, as a message shows it; `undefined` if it has none. */
function nameOf(purge: unknown): string | undefined {
  const name = isJsonObject(purge) ? purge.name : undefined;
  return name === undefined || typeof name === 'string' ? name : shown(name);
}

/**
 * Reads the purges of a list. `defaultsOf` gives the defaults of the purge with a name.
 *
 * Each needs a name of its own. Names that differ in case only count as the same, since the templates of the stacks
 * are files in one directory.
 */
export function readList(
  purges: readonly unknown[],
  known: readonly string[],
  defaultsOf: (name: string) => Values = () => ({}),
): Reading[] {
  const places = new Map<string, number>();
  const names = purges.map(nameOf);
  return purges.map((values, index) => {
    const place = `purges[${index}]`;
    if (!isJsonObject(values))
      return { mistakes: [`${place} must be an object, got ${shown(values)}`] };
    if (values.name === undefined) return { mistakes: [`${place}: name is not set`] };
    const name = names[index] as string;
    const first = places.get(name.toLowerCase());
    if (first === undefined) places.set(name.toLowerCase(), index);
    const repeated =
      first === undefined ? [] : [`name must be unique, got that of purges[${first}]`];
    const { mistakes, purge } = readPurge({ ...defaultsOf(name), ...values }, known);
    const cut = name.slice(0, 64);
    const isOnly = names.filter((other) => other?.slice(0, 64) === cut).length === 1;
    const label = `purge "${cut}"${isOnly ? '' : ` (${place})`}`;
    const prefixed = [...repeated, ...mistakes].map((mistake) => `${label}: ${mistake}`);
    return { mistakes: prefixed, label, ...(purge && { purge }) };
  });
}

/** What is wrong with `purges` that are no list, or an empty one. */
export function noList(purges: unknown): string {
  return `purges must be a list with at least one purge, got ${shown(purges)}`;
}

function readContextList(purges: unknown, others: Values): Reading[] {
  const mistakes = Object.keys(others).map(
    (key) => `${key} is set outside purges; move it into each purge that needs it`,
  );
  if (Array.isArray(purges) && purges.length > 0) {
    return [{ mistakes }, ...readList(purges, PURGE_KEYS)];
  }
  const remedy =
    typeof purges === 'string'
      ? '; "-c" passes text only, so put the list into "context" in cdk.json, or into a file for "-c fleet=fleet.json"'
      : '';
  return [{ mistakes: [...mistakes, `${noList(purges)}${remedy}`] }];
}

/** An account has one registry for each region, so only one stack can create it. */
function registryMistakes(purges: readonly ConfiguredPurge[]): string[] {
  const creators = purges.filter(({ props }) => props.testEvents === 'create-registry');
  const places = creators.map(({ props }) => {
    const { region, account } = arnParts(props.clusterArn);
    return `${region} ${account}`;
  });
  const twice = places.find((place, index) => places.indexOf(place) < index);
  if (twice === undefined) return [];
  return [
    `testEvents may be "create-registry" in one purge a region and account, got two in ${twice}`,
  ];
}

/** Returns the purges. Throws a `ContextError` that names all mistakes at once, and `place` as where they are. */
export function purgesOf(
  readings: readonly Reading[],
  place: string,
  hint: string,
): ConfiguredPurge[] {
  const purges = readings.flatMap(({ purge }) => purge ?? []);
  const mistakes = [
    ...readings.flatMap((reading) => reading.mistakes),
    ...registryMistakes(purges),
  ];
  if (mistakes.length === 0) return purges;
  const lines = mistakes.map((mistake) => `  ${mistake}`).join('\n');
  throw new ContextError(`mistakes in ${place}:\n\n${lines}\n\n${hint}`);
}

/** The context without the keys that the CDK keeps there for itself. */
export function ownContext(context: Values): Values {
  const own = Object.entries(context).filter(
    ([key]) => !/[:@]/.test(key) && !CDK_KEYS.includes(key),
  );
  return Object.fromEntries(own);
}

/**
 * Reads the purges that the CDK context asks for: those of the list `purges`, or else the one that the keys describe.
 *
 * Throws a `ContextError` that names all mistakes at once and ends with a command that would work.
 */
export function readPurges(context: Values): ConfiguredPurge[] {
  const { purges, ...values } = ownContext(context);
  const readings =
    purges === undefined
      ? [readPurge(values, [...PURGE_KEYS, 'purges', 'fleet'])]
      : readContextList(purges, values);
  const place = 'the context ("-c" on the command line, "context" in cdk.json)';
  return purgesOf(readings, place, EXAMPLE);
}
