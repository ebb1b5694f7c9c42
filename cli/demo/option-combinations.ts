import type { OptionName } from './option-table';
import type { Given } from './option-tokens';

/** The options that say which database is meant. */
export type TargetName = 'database-url' | 'cluster-arn' | 'secret-arn' | 'database';

const CLUSTER = ['cluster-arn', 'secret-arn', 'database'] as const satisfies readonly TargetName[];

const FOR_A_TARGET: readonly OptionName[] = ['delete', 'tables', 'grace-seconds', 'time-zone'];

const written = (names: readonly string[]) =>
  names
    .map((name) => `--${name}`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');

/** How a database of the user's own is named. */
export const TARGET_FORM = `--database-url, or ${written(CLUSTER)}`;

/** What is wrong with the way in which a database is named, if one is; a second mistake is not looked for. */
export function targetMistakes(given: Pick<Given<TargetName>, 'has'>): string[] {
  const cluster = CLUSTER.filter((name) => given.has(name));
  if (cluster.length === 0) return [];
  if (given.has('database-url'))
    return [`--database-url does not go with ${written(cluster)}; give one target`];
  const missing = CLUSTER.filter((name) => !given.has(name));
  if (missing.length === 0) return [];
  const verb = cluster.length === 1 ? 'does' : 'do';
  return [`${written(cluster)} alone ${verb} not name a cluster; add ${written(missing)}`];
}

/** What is wrong with options that are right one by one: those that miss others, or exclude them. */
export function combinationMistakes(given: Given<OptionName>): string[] {
  const has = (name: OptionName) => given.has(name);
  const [target] = (['database-url', ...CLUSTER] as const).filter(has);
  if (target === undefined)
    return FOR_A_TARGET.filter(has).map(
      (name) => `--${name} needs a database of your own; add ${TARGET_FORM}`,
    );
  const mistakes = targetMistakes(given);
  const isTwice = has('database-url') && mistakes.length > 0;
  return [
    ...mistakes,
    ...(has('rows') && !isTwice
      ? [`--rows does not go with --${target}, where no sessions are made up; leave it out`]
      : []),
  ];
}
