import { combinationMistakes } from './option-combinations';
import { OPTIONS, type OptionName } from './option-table';
import { type Given, readWords } from './option-tokens';

/** A purge on a database of the user's own. */
export interface TargetOptions {
  /** Otherwise it is a dry run. */
  readonly deletes: boolean;
  /** As the function's settings take them; `undefined`: its default. */
  readonly tables: string | undefined;
  readonly graceSeconds: string | undefined;
  readonly timeZone: string | undefined;
}

/** A database that is reached through the local Data API. */
export interface DatabaseOptions extends TargetOptions {
  readonly kind: 'database';
  /** With its password. */
  readonly url: string;
}

/** A cluster that is reached through the real Data API. */
export interface ClusterOptions extends TargetOptions {
  readonly kind: 'cluster';
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly database: string;
}

/** The run on a PostgreSQL of its own. */
export interface EmbeddedOptions {
  readonly kind: 'embedded';
  /** Expired sessions in the backlog. */
  readonly rows: number;
}

/** What the command line asks for. */
export type Options =
  | EmbeddedOptions
  | DatabaseOptions
  | ClusterOptions
  | { readonly kind: 'help' };

/** A command line that is not understood. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';

  /** Each with its remedy, in the order of the command line. */
  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}

const targetOptions = (given: Given<OptionName>): TargetOptions => ({
  deletes: given.has('delete'),
  tables: given.get('tables'),
  graceSeconds: given.get('grace-seconds'),
  timeZone: given.get('time-zone'),
});

/**
 * Reads the command line.
 *
 * @throws {OptionsError} with all mistakes at once; no message holds a password
 */
export function readOptions(args: readonly string[]): Options {
  const { given, mistakes } = readWords(args, {
    options: OPTIONS,
    example: 'npm start -- --rows 1000',
  });
  if (given.has('help') || args.includes('-h')) return { kind: 'help' };
  const all = [...mistakes, ...combinationMistakes(given)];
  if (all.length > 0) throw new OptionsError(all);

  const url = given.get('database-url');
  if (url !== undefined) return { kind: 'database', url, ...targetOptions(given) };
  const clusterArn = given.get('cluster-arn');
  if (clusterArn === undefined)
    return { kind: 'embedded', rows: Number(given.get('rows') ?? 100_000) };
  const { 'secret-arn': secretArn = '', database = '' } = Object.fromEntries(given);
  return { kind: 'cluster', clusterArn, secretArn, database, ...targetOptions(given) };
}
