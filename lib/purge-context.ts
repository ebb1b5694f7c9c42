import { closest, distance } from 'fastest-levenshtein';
import * as v from 'valibot';
import { purgeSchema, stackProps } from './purge-schema';
import { otherRegion } from './rules';
import type { SessionPurgeStackProps } from './session-purge-stack';

/** A purge that the app deploys: the id of its stack, which its name alone decides, and the stack's props. */
export interface ConfiguredPurge {
  readonly stackId: string;
  readonly props: SessionPurgeStackProps;
}

/** Before anything is synthesized: the context describes no purge, or one that cannot work. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

type Context = Readonly<Record<string, unknown>>;

const KEYS = Object.keys(purgeSchema.entries);

/** What the CDK itself keeps in the context; all else that it puts there has a colon or an at sign. */
const CDK_KEYS = ['acknowledged-issue-numbers', 'cli-telemetry'];

const EXAMPLE = `for example:

npx cdk deploy \\
  -c clusterArn=arn:aws:rds:eu-west-1:123456789012:cluster:shop \\
  -c secretArn=arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-purge-AbCdEf \\
  -c database=shop`;

function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownKeys(values: Context, known: readonly string[]): string[] {
  const unknown = Object.keys(values).filter((key) => !known.includes(key));
  return unknown.map((key) => {
    const nearest = closest(key, known);
    const isNear = distance(key.toLowerCase(), nearest.toLowerCase()) <= nearest.length / 2;
    return `${key} is unknown; ${isNear ? `did you mean "${nearest}"?` : `known are ${known.join(', ')}`}`;
  });
}

function regionMistakes(values: Context): string[] {
  return ['secretArn', 'kmsKeyArn'].flatMap((key) => {
    const mistake = otherRegion(String(values[key]), String(values.clusterArn));
    return mistake === undefined ? [] : [`${key} ${mistake}`];
  });
}

interface Reading {
  readonly mistakes: readonly string[];
  readonly purge?: ConfiguredPurge;
}

function readPurge(values: Context, known: readonly string[]): Reading {
  const parsed = v.safeParse(purgeSchema, values);
  const mistakes = [
    ...unknownKeys(values, known),
    ...(parsed.issues ?? []).map((issue) => `${issue.path?.[0].key} ${issue.message}`),
    ...regionMistakes(values),
  ];
  if (!parsed.success || mistakes.length > 0) return { mistakes };
  const { name } = parsed.output;
  const stackId = name === undefined ? 'SessionPurge' : `SessionPurge-${name}`;
  return { mistakes, purge: { stackId, props: stackProps(parsed.output) } };
}

function readListed(values: unknown, index: number, list: readonly unknown[]): Reading {
  const place = `purges[${index}]`;
  if (!isContext(values)) {
    return { mistakes: [`${place} must be an object, got ${JSON.stringify(values)}`] };
  }
  const { name } = values;
  if (name === undefined) return { mistakes: [`${place}: name is not set`] };
  const { mistakes, purge } = readPurge(values, KEYS);
  const first = list.findIndex((other) => isContext(other) && other.name === name);
  const repeated = first < index ? [`name must be unique, got that of purges[${first}]`] : [];
  const prefixed = [...repeated, ...mistakes].map((mistake) => `purge "${name}": ${mistake}`);
  return { mistakes: prefixed, ...(purge && { purge }) };
}

function readList(purges: unknown, beside: Context): Reading[] {
  const mistakes = Object.keys(beside).map(
    (key) => `${key} stands beside purges; move it into each purge that it is meant for`,
  );
  if (Array.isArray(purges) && purges.length > 0) return [{ mistakes }, ...purges.map(readListed)];
  const seen = `purges must be a list with at least one purge, got ${JSON.stringify(purges)}`;
  return [{ mistakes: [...mistakes, seen] }];
}

/**
 * The purges that the CDK context asks for: those of the list `purges`, else the one that the keys describe.
 *
 * Throws a `ContextError` that tells all mistakes at once and ends with a command that would work.
 */
export function readPurges(context: Context): ConfiguredPurge[] {
  const own = Object.entries(context).filter(
    ([key]) => !/[:@]/.test(key) && !CDK_KEYS.includes(key),
  );
  const { purges, ...values } = Object.fromEntries(own);
  const readings =
    purges === undefined ? [readPurge(values, [...KEYS, 'purges'])] : readList(purges, values);
  const mistakes = readings.flatMap((reading) => reading.mistakes);
  if (mistakes.length === 0) return readings.flatMap(({ purge }) => purge ?? []);
  const lines = mistakes.map((mistake) => `  ${mistake}`).join('\n');
  throw new ContextError(
    `mistakes in the context ("-c" on the command line, "context" in cdk.json):\n\n${lines}\n\n${EXAMPLE}`,
  );
}
