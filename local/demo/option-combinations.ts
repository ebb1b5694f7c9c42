import type { OptionName } from './option-table';
import type { Given } from './option-tokens';

const CLUSTER: readonly OptionName[] = ['cluster-arn', 'secret-arn', 'database'];

const FOR_A_TARGET: readonly OptionName[] = ['delete', 'tables', 'grace-seconds', 'time-zone'];

const written = (names: readonly OptionName[]) =>
  names
    .map((name) => `--${name}`)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');

/** What is wrong with options that are right one by one: those that miss others, or exclude them. */
export function combinationMistakes(given: Given): string[] {
  const has = (name: OptionName) => given.has(name);
  const clusterOptions = CLUSTER.filter(has);
  const missing = CLUSTER.filter((name) => !has(name));
  if (has('database-url') && clusterOptions.length > 0)
    return [`--database-url does not go with ${written(clusterOptions)}; give one target`];

  const [target] = has('database-url') ? (['database-url'] as const) : clusterOptions;
  if (target === undefined)
    return FOR_A_TARGET.filter(has).map(
      (name) =>
        `--${name} needs a database of your own; add --database-url, or ${written(CLUSTER)}`,
    );

  const isHalf = clusterOptions.length > 0 && missing.length > 0;
  return [
    ...(isHalf
      ? [
          `${written(clusterOptions)} alone ${clusterOptions.length === 1 ? 'does' : 'do'} not name a cluster; add ${written(missing)}`,
        ]
      : []),
    ...(has('rows')
      ? [`--rows does not go with --${target}, where no sessions are made up; leave it out`]
      : []),
  ];
}
