import type { Command } from 'commander';
import { matching, oneOf } from '../../contract/rule';
import { valueOfText } from '../../contract/setting-kinds';
import { SETTINGS } from '../../contract/settings';
import { parseTableName, type TableName } from '../../contract/table-name';
import { isUserName } from '../../contract/user-sql/user-sql';
import {
  byRule,
  commandWith,
  type Help,
  OptionsError,
  readWords,
  valueOption,
} from '../terminal/options';
import { listed } from '../terminal/tables';
import { bySetting } from '../terminal/target';

const ENGINES = ['postgresql', 'mysql'] as const;

export type EngineName = (typeof ENGINES)[number];

/** What the command line asks for. */
export interface SqlOptions {
  readonly kind: 'print';
  readonly engine: EngineName;
  readonly database: string;
  /** None of them is a pattern. */
  readonly tables: readonly TableName[];
  readonly user: string;
  /** The owner of the tables, whose rights the master user takes for a moment; PostgreSQL only. */
  readonly owner: string | undefined;
}

interface Values {
  readonly engine: EngineName;
  readonly database: string;
  readonly tables: string;
  readonly user: string;
  readonly owner: string;
}

/** Names that master users have by default, or that only they can have. */
const MASTERS = ['admin', 'master', 'mysql', 'postgres', 'rdsadmin', 'root'];

const IS_MASTER =
  'is what master users are called, and a master user may do more than the purge needs; name a new user, like session_purge';

const isOwner = matching(/^.{1,63}$/, 'must be the name of a role, 1 to 63 characters');

const EXAMPLES = [
  ['npm run sql -- --engine postgresql --database shop', 'two parts, for two users'],
  ['npm run sql -- --engine postgresql --database shop --owner shop', 'all for the master user'],
  ['npm run sql -- --engine mysql --database shop', 'MySQL'],
] as const;

/** The command line of `npm run sql`. */
export function sqlCommand(): Command {
  return commandWith('npm run sql --', [
    valueOption('--engine <ENGINE>', ENGINES.join(' or '), byRule(oneOf(ENGINES))),
    valueOption('--database <NAME>', SETTINGS.database.meaning, bySetting('database')),
    valueOption(
      '--tables <A,B>',
      'the tables of sessions, each as table or schema.table, and no pattern like *.table (default: django_session)',
      bySetting('tables', 'leave it out for django_session'),
    ),
    valueOption(
      '--user <NAME>',
      "the purge's user, whom the SQL makes, and not the master user",
      (name) =>
        byRule(isUserName)(name) ?? (MASTERS.includes(name.toLowerCase()) ? IS_MASTER : undefined),
    ).default('session_purge'),
    valueOption(
      '--owner <ROLE>',
      'PostgreSQL: the owner of the tables, whose rights the master user then takes for a moment',
      byRule(isOwner),
    ),
  ])
    .description("Prints the SQL that makes the purge's database user. Sends nothing.")
    .addHelpText('after', `\nExamples:\n\n${listed(EXAMPLES)}`);
}

const PATTERN = 'which schemas have it is not known here; name each table as schema.table';

const OWN_TABLES =
  "the purge's own user, which must not own the tables; name the role that owns them, or another --user";

function missing({ engine, database }: Partial<Values>): string[] {
  return [
    ...(engine === undefined ? [`--engine is not set; it is ${ENGINES.join(' or ')}`] : []),
    ...(database === undefined
      ? ['--database is not set; name the database that has the session table, like shop']
      : []),
  ];
}

/**
 * Reads the command line of `npm run sql`.
 *
 * @throws {OptionsError} with all mistakes
 */
export function readSqlOptions(args: readonly string[]): SqlOptions | Help {
  const words = readWords<Values>(sqlCommand(), args);
  if (words.kind === 'help') return words;
  const { values } = words;
  const mistakes = [...words.mistakes];
  if (mistakes.length === 0) mistakes.push(...missing(values));
  if (values.engine === 'mysql' && values.owner !== undefined)
    mistakes.push('--owner is for PostgreSQL; leave it out, since tables on MySQL have no owner');
  // The SQL would grant the user the rights that it has as the owner, and leave it all others.
  else if (values.owner !== undefined && values.owner === values.user)
    mistakes.push(`--owner is ${values.owner}, ${OWN_TABLES}`);
  if (mistakes.length > 0) throw new OptionsError(mistakes);
  const { engine, database, user, owner } = values as Values;
  const names = values.tables ?? SETTINGS.tables.fallback.join();
  const tables = (valueOfText(names, SETTINGS.tables) as string[]).map(parseTableName);
  const patterns = (tables as TableName[]).filter(({ schema }) => schema === '*');
  if (patterns.length > 0)
    throw new OptionsError(
      patterns.map(({ text }) => `--tables has the pattern ${text}; ${PATTERN}`),
    );
  return { kind: 'print', engine, database, tables: tables as TableName[], user, owner };
}
