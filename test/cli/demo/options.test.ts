import { readDemoOptions } from '../../../cli/demo/options';
import { OptionsError } from '../../../cli/terminal/options';

const CLUSTER = 'arn:aws:rds:eu-west-1:123456789012:cluster:shop';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf';
const URL = 'postgres://shop:s3cr3t@db.example.com:5433/shop?sslmode=require';

const DRY_RUN = { kind: 'target', deletes: false, maxRows: null, environment: {} };

test.each<[string, object]>([
  ['', { kind: 'embedded', rows: 100_000, drain: false }],
  ['--rows 1', { kind: 'embedded', rows: 1, drain: false }],
  ['--rows=10000000', { kind: 'embedded', rows: 10_000_000, drain: false }],
  ['--drain', { kind: 'embedded', rows: 1_000_000, drain: true }],
  ['--drain --rows 5', { kind: 'embedded', rows: 5, drain: true }],
  [`--database-url ${URL}`, { ...DRY_RUN, target: { kind: 'database', url: URL } }],
  [
    `--database-url ${URL} --delete --max-rows 10 --tables a,*.b --grace-seconds 0 --time-zone Europe/Lisbon`,
    {
      kind: 'target',
      target: { kind: 'database', url: URL },
      deletes: true,
      maxRows: 10,
      environment: {
        SESSION_PURGE_TABLES: 'a,*.b',
        SESSION_PURGE_GRACE_SECONDS: '0',
        SESSION_PURGE_TIME_ZONE: 'Europe/Lisbon',
      },
    },
  ],
  [
    `--cluster-arn ${CLUSTER} --secret-arn ${SECRET} --database shop`,
    {
      ...DRY_RUN,
      target: { kind: 'cluster', clusterArn: CLUSTER, secretArn: SECRET, database: 'shop' },
    },
  ],
])('reads %s', (line, options) => {
  expect(readDemoOptions(line.split(' ').filter(Boolean))).toEqual(options);
});

function mistakesIn(line: string): readonly string[] {
  try {
    readDemoOptions(line.split(' ').map((word) => word.replaceAll("''", '')));
  } catch (error) {
    if (error instanceof OptionsError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('a wrong value', () => {
  test.each([
    ...['0', '10000001', '1e6', '-1', '1.5', "''"].map((value) => [
      `--rows=${value}`,
      `--rows must be a whole number from 1 to 10000000, got ${JSON.stringify(value.replace("''", ''))}; write it in digits, like --rows 100000`,
    ]),
    ['--rows', "option '--rows <N>' argument missing"],
    ['--rows 1 --rows 2', '--rows is given twice; give it once'],
    [
      `--database-url ${URL} --grace-seconds=-1`,
      '--grace-seconds must be a whole number of seconds from 0 to 315360000, got "-1"; write it in digits, like --grace-seconds 3600',
    ],
    [
      `--database-url ${URL} --tables a,,b`,
      '--tables must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", or in double quotes, at most 63 bytes, and not "*", got "a,,b"; leave it out for django_session',
    ],
    [
      `--database-url ${URL} --time-zone +02:00`,
      '--time-zone must be a time zone\'s IANA name like Europe/Lisbon, got "+02:00"',
    ],
    [
      `--database-url ${URL} --delete=yes`,
      'unexpected argument, not shown since it may be a password; write options after a lone --: npm start -- [options]',
    ],
    [
      `--cluster-arn shop --secret-arn ${SECRET} --database shop`,
      '--cluster-arn must be an Aurora cluster\'s ARN like "arn:aws:rds:eu-west-1:123456789012:cluster:shop", got "shop"',
    ],
    [
      `--cluster-arn ${CLUSTER} --secret-arn ${CLUSTER} --database shop`,
      `--secret-arn must be a secret's ARN like "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf", got "${CLUSTER}"`,
    ],
    [
      `--cluster-arn ${CLUSTER} --secret-arn ${SECRET} --database --delete`,
      "option '--database <NAME>' argument missing",
    ],
    [
      `--cluster-arn ${CLUSTER} --secret-arn ${SECRET} --database ''`,
      '--database must be 1 to 64 characters, got ""',
    ],
  ])('%s', (line, message) => {
    expect(mistakesIn(line)).toEqual([message]);
  });
});

test('a wrong database URL is shown without its password', () => {
  expect(mistakesIn('--database-url http://shop:s3cr3t@db/shop')).toEqual([
    '--database-url must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, or mysql://... likewise, got http://shop:***@db/shop; begin it with postgres:// or mysql://',
  ]);
});

test('a value that may hold a password is not shown', () => {
  expect(mistakesIn('--database-url postgres://a@b/c --tables postgres://shop:s3cr3t@db')).toEqual([
    expect.stringMatching(/^--tables must .*, got a value that may hold a password; leave it out/),
  ]);
});

describe('an unknown option', () => {
  test.each([
    ['--row 10', ["unknown option '--row'; did you mean --rows?"]],
    ['--Rows=10', ["unknown option '--Rows'; did you mean --rows?"]],
    [
      '--database-ur=postgres://shop:s3cr3t@db/shop',
      ["unknown option '--database-ur'; did you mean --database-url?"],
    ],
    ['-v', ["unknown option '-v'"]],
    ...['--dryRun', '--dry-run', '--dryrun=true'].map(
      (line) =>
        [
          line,
          [
            `unknown option '${line.replace('=true', '')}'; a database of your own gets a dry run, unless you add --delete`,
          ],
        ] as [string, string[]],
    ),
    ['-ps3cr3t', ["unknown option '-p'"]],
    [
      '1000',
      [
        'unexpected argument, not shown since it may be a password; write options after a lone --: npm start -- [options]',
      ],
    ],
    [
      'postgres://shop:s3cr3t@db/shop',
      [
        'unexpected argument, not shown since it may be a password; write options after a lone --: npm start -- [options]',
      ],
    ],
  ])('%s', (line, messages) => {
    expect(mistakesIn(line)).toEqual(messages);
  });
});

describe('options that do not go together', () => {
  const needsTarget = (name: string) =>
    `${name} needs a database of your own; add --database-url, or --cluster-arn, --secret-arn and --database`;
  test.each([
    ['--delete', [needsTarget('--delete')]],
    ['--max-rows 5', [needsTarget('--max-rows')]],
    [
      `--database-url ${URL} --max-rows 5`,
      ['--max-rows needs --delete; a dry run counts all expired rows'],
    ],
    ['--rows 5 --tables a', [needsTarget('--tables')]],
    [
      `--database shop`,
      ['--database alone does not name a cluster; add --cluster-arn and --secret-arn'],
    ],
    [
      `--cluster-arn ${CLUSTER} --database shop --delete`,
      ['--cluster-arn and --database alone do not name a cluster; add --secret-arn'],
    ],
    [
      `--database-url ${URL} --database shop`,
      [
        "option '--database-url <URL>' cannot be used with option '--database <NAME>'; give one of them",
      ],
    ],
    [
      `--database-url ${URL} --drain`,
      ["option '--drain' cannot be used with option '--database-url <URL>'; give one of them"],
    ],
    [
      `--database-url ${URL} --rows 5`,
      ["option '--rows <N>' cannot be used with option '--database-url <URL>'; give one of them"],
    ],
  ])('%s', (line, messages) => {
    expect(mistakesIn(line)).toEqual(messages);
  });
});

test('all mistakes are reported at once', () => {
  expect(mistakesIn('--rows many --databse shop --delete')).toEqual([
    '--rows must be a whole number from 1 to 10000000, got "many"; write it in digits, like --rows 100000',
    "unknown option '--databse'; did you mean --database?",
    '--delete needs a database of your own; add --database-url, or --cluster-arn, --secret-arn and --database',
  ]);
});

test.each(['--help', '-h', '--rows many --help', '--rubbish --help'])(
  '%s names every option',
  (line) => {
    const help = readDemoOptions(line.split(' '));

    expect(help).toMatchObject({ kind: 'help' });
    expect(
      'text' in help && help.text.match(/^ +(-h, )?--[a-z-]+/gm)?.map((it) => it.trim()),
    ).toEqual([
      ...['--rows', '--drain', '--database-url', '--cluster-arn', '--secret-arn', '--database'],
      '--delete',
      '--max-rows',
      ...['--tables', '--grace-seconds', '--time-zone', '-h, --help'],
    ]);
  },
);

test.each([
  ['SESSION_PURGE_DATABASE', /^SESSION_PURGE_DATABASE is set, .*; unset it, and give --database$/],
  ['SESSION_PURGE_TABLE', /^SESSION_PURGE_TABLE is no setting, .*"SESSION_PURGE_TABLES"\?$/],
])('%s in the environment of the command is refused', (variable, mistake) => {
  expect(() => readDemoOptions([], { [variable]: 'x' })).toThrow(mistake);
});
