import { listed } from '../terminal/tables';
import { OPTION_NAMES, optionOf } from './option-table';

const EXAMPLES = [
  ['npm start', 'on sessions made up for it, in a PostgreSQL of its own'],
  ['npm start -- --rows 1000000', 'the same, with more of them'],
  [
    'npm start -- --database-url postgres://user:secret@host/shop',
    'a dry run on a database of yours',
  ],
  [
    'npm start -- --cluster-arn ... --secret-arn ... --database shop',
    'a dry run on a cluster of yours',
  ],
] as const;

function optionLines(): string {
  return listed(
    OPTION_NAMES.map((name) => {
      const { value, help } = optionOf(name);
      return [value === undefined ? `--${name}` : `--${name} ${value}`, help];
    }),
  );
}

/** What `--help` shows. */
export function helpText(): string {
  return [
    'Runs the bundle that would be deployed, as Lambda would run it:',
    '',
    listed(EXAMPLES),
    '',
    'Options:',
    '',
    optionLines(),
  ].join('\n');
}
