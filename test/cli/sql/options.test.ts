import { readSqlOptions, type SqlOptions } from '../../../cli/sql/options';
import { userScript } from '../../../cli/sql/user-script';
import { OptionsError } from '../../../cli/terminal/options';

const POSTGRESQL = ['--engine', 'postgresql', '--database', 'shop'];

function mistakesIn(...args: string[]): readonly string[] {
  try {
    readSqlOptions(args);
  } catch (error) {
    if (error instanceof OptionsError) return error.mistakes;
    throw error;
  }
  return [];
}

const scriptFor = (...args: string[]) => userScript(readSqlOptions(args) as SqlOptions);

it('takes the usual table and user', () => {
  expect(readSqlOptions(POSTGRESQL)).toEqual({
    kind: 'print',
    engine: 'postgresql',
    database: 'shop',
    tables: [{ text: 'django_session', schema: null, table: 'django_session' }],
    user: 'session_purge',
    owner: undefined,
  });
});

it.each<[string[], string[]]>([
  [
    ['--user', 'purger'],
    [
      '--engine is not set; it is postgresql or mysql',
      '--database is not set; name the database that has the session table, like shop',
    ],
  ],
  [
    ['--engine', 'oracle', '--database', 'shop'],
    ['--engine must be "postgresql" or "mysql", got "oracle"'],
  ],
  [
    [...POSTGRESQL, '--tables', 'a,*.b,*.c'],
    ['*.b', '*.c'].map(
      (name) =>
        `--tables has the pattern ${name}; which schemas have it is not known here; name each table as schema.table`,
    ),
  ],
  [
    ['--engine', 'mysql', '--database', 'shop', '--owner', 'shop'],
    ['--owner is for PostgreSQL; leave it out, since tables on MySQL have no owner'],
  ],
  [
    [...POSTGRESQL, '--user', 'Root'],
    [
      '--user is what master users are called, and a master user may do more than the purge needs; name a new user, like session_purge',
    ],
  ],
  ...['session_purge', 'purger'].map((user): [string[], string[]] => [
    [...POSTGRESQL, '--user', user, '--owner', user],
    [
      `--owner is ${user}, the purge's own user, which must not own the tables; name the role that owns them, or another --user`,
    ],
  ]),
  [
    [...POSTGRESQL, '--owner', 'session_purge'],
    [
      "--owner is session_purge, the purge's own user, which must not own the tables; name the role that owns them, or another --user",
    ],
  ],
  [
    [...POSTGRESQL, '--user', "x'; DROP"],
    [
      '--user must be 1 to 32 letters, digits, "_", "$" or "-", and start with a letter or "_", got "x\'; DROP"',
    ],
  ],
])('refuses %j', (args, mistakes) => {
  expect(mistakesIn(...args)).toEqual(mistakes);
});

it('lets the user see into each schema once', () => {
  const tables = ['--tables', 'acme.a,acme.b,globex.a'];

  expect(scriptFor(...POSTGRESQL, ...tables).match(/ON SCHEMA .*/g)).toEqual([
    'ON SCHEMA acme TO session_purge;',
    'ON SCHEMA globex TO session_purge;',
  ]);
});

it.each([
  [
    [...POSTGRESQL, '--owner', 'a"b', '--tables', 'a-b.t'],
    ['GRANT "a""b" TO CURRENT_USER;', '"a-b".t'],
  ],
  [
    ['--engine', 'mysql', '--database', 'a`b', '--user', 'a-b'],
    ['`a``b`.`django_session`', "'a-b'@'%'"],
  ],
])('quotes names: %j', (args, parts) => {
  for (const part of parts) expect(scriptFor(...args)).toContain(part);
});
