import { type Duration, Stack, Token } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { distance } from 'fastest-levenshtein';
import { otherPlace, type Place } from '../contract/arn';
import { isTrueOrFalse, mistakeIn, type Rule } from '../contract/rule';
import { shown } from '../contract/text';
import { CONTEXT_SETTINGS, type DeploymentSetting } from './deployment-settings';
import { tokenMistake } from './durations';

/** Whether a value is of the kind that has this member. The types demand it, but a caller without types may not know. */
export const isOf = (value: unknown, member: string): boolean =>
  typeof value === 'object' && value !== null && member in value;

/** The value for the "got ..." of a message; a construct by its path. */
export const seen = (value: unknown): string =>
  Construct.isConstruct(value) ? `the construct ${shown(value.node.path)}` : shown(value);

/** Throws an `Error` under the construct's path that names all mistakes at once, if there are any. */
export function refuse(path: string, mistakes: readonly string[]): void {
  if (mistakes.length > 0) throw new Error(`${path}: ${mistakes.join('; ')}`);
}

/** Throws an `Error` under the construct's path if there are no props at all. */
export function refuseMissing(path: string, props: unknown): void {
  if (typeof props !== 'object' || props === null)
    refuse(path, [`props must be an object, got ${shown(props)}`]);
}

/** Sentences of the mistakes in props, by the names of the props. */
export const named = (mistakes: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(mistakes).flatMap(([name, mistake]) =>
    mistake === undefined ? [] : [`${name} ${mistake}`],
  );

/** What is known of a place before the deployment. */
export function known({ region, account }: Place): Place {
  const part = (value: string | undefined) => (Token.isUnresolved(value) ? undefined : value);
  return { region: part(region), account: part(account) };
}

/** What is wrong with a duration that has to be known when the app is synthesized. `seconds`: what it may be. */
export function durationMistake(value: unknown, seconds?: Rule): string | undefined {
  if (value === undefined) return undefined;
  if (!isOf(value, 'toSeconds')) return `must be a Duration, got ${seen(value)}`;
  const duration = value as Duration;
  const mistake = tokenMistake(duration);
  if (mistake !== undefined || seconds === undefined) return mistake;
  return mistakeIn(duration.toSeconds({ integral: false }), seconds);
}

/** What is wrong with a flag that decides what the template has. */
export function flagMistake(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return Token.isUnresolved(value)
    ? 'must be known when the app is synthesized, got a token'
    : mistakeIn(value, isTrueOrFalse);
}

/** What is wrong with a value that has to be of the kind that has this member. */
export function kindMistake(value: unknown, kind: string, member: string): string | undefined {
  return value === undefined || isOf(value, member)
    ? undefined
    : `must be ${kind}, got ${seen(value)}`;
}

/** What is wrong with the purge that a construct is for. It has to be in the same account and region. */
export function purgeMistake(construct: IConstruct, purge: IConstruct): string | undefined {
  if (!isOf(purge, '_settled')) return `must be a SessionPurge, got ${seen(purge)}`;
  return otherPlace(known(Stack.of(purge)), known(Stack.of(construct)), "this stack's");
}

/** The props of the settings that have another name in the context. */
const RENAMED = new Map(
  Object.entries<DeploymentSetting>(CONTEXT_SETTINGS).flatMap(([key, { prop }]) =>
    prop === undefined ? [] : [[key, prop.split('.').at(-1) ?? prop] as const],
  ),
);

const plain = (name: string) => name.toLowerCase().replaceAll('_', '');

/** A slip of a letter or two. Names that differ more may be those of an app that hands on all of its props. */
const MOST_SLIPS = 2;

/**
 * A sentence for each prop that is unknown and looks like a known one that is not given: misspelled, or with its name in
 * the context. Other unknown props are left alone, since an app may hand on props of its own.
 */
export function slips(props: object, names: readonly string[]): string[] {
  const open = names.filter((name) => Reflect.get(props, name) === undefined);
  return Object.keys(props).flatMap((key) => {
    if (names.includes(key) || Reflect.get(props, key) === undefined) return [];
    const meant =
      open.find((name) => name === RENAMED.get(key)) ??
      open.find((name) => distance(plain(name), plain(key)) <= MOST_SLIPS);
    return meant === undefined ? [] : [`${key} is unknown; did you mean "${meant}"?`];
  });
}
