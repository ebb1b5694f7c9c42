import { helpText } from '../../../cli/demo/help';
import { OptionsError, readOptions } from '../../../cli/demo/options';

const CLUSTER = 'arn:aws:rds:eu-west-1:123456789012:cluster:shop';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf';
const URL = 'postgres://shop:s3cr3t@db.example.com:5433/shop?sslmode=require';

const DRY_RUN = { deletes: false, tables: undefined, graceSeconds: undefined, timeZone: undefined };

test.each([
  ['', { kind: 'embedded', rows: 100_000 }],
  ['--rows 1', { kind: 'embedded', rows: 1 }],
  ['--rows=10000000', { kind: 'embedded', rows: 10_000_000 }],
  ['--help', { kind: 'help' }],
  ['--help --rows many', { kind: 'help' }],
  [`--database-url ${URL}`, { kind: 'database', url: URL, ...DRY_RUN }],
  [
    `--database-url ${URL} --delete --tables a,*.b --grace-seconds 0 --time-zone Europe/Lisbon`,
    {
      ...{ kind: 'database', url: URL, deletes: true },
      ...{ tables: 'a,*.b', graceSeconds: '0', timeZone: 'Europe/Lisbon' },
    },
  ],
  [
    `--cluster-arn ${CLUSTER} --secret-arn ${SECRET} --database shop`,
    { kind: 'cluster', clusterArn: CLUSTER, secretArn: SECRET, database: 'shop', ...DRY_RUN },
  ],
])('reads %s', (line, options) => {
  expect(readOptions(line.split(' ').filter(Boolean))).toEqual(options);
});

function mistakesIn(line: string): readonly string[] {
  try {
    readOptions(line.split(' ').map((word) => word.replaceAll("''", '')));
  } catch (error) {
    if (error instanceof OptionsError) return error.mistakes;
    throw error;
  }
  return [];
}

const FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE, or mysql://... likewise';

describe('a value that will not do', () => {
  test.each([
    ...['0', '10000001', '1e6', '-1', '1.5', "''"].map((value) => [
      `--rows=${value}`,
      `--rows must be a whole number from 1 to 10000000, got ${JSON.stringify(value.replace("''", ''))}; write it in digits, like --rows 100000`,
    ]),
    ['--rows', '--rows needs a value; write --rows N'],
    ['--rows 1 --rows 2', '--rows is given twice; give it once'],
    [
      `--database-url ${URL} --grace-seconds=-1`,
      '--grace-seconds must be a whole number of seconds from 0 to 315360000, got "-1"; write it in digits, like --grace-seconds 3600',
    ],
    [
      `--database-url ${URL} --tables a,,b`,
      '--tables must be names like table, schema.table or *.table with commas between them, got "a,,b"; leave it out for django_session',
    ],
    [
      `--database-url ${URL} --time-zone +02:00`,
      '--time-zone must be a time zone\'s IANA name, got "+02:00"; it looks like Europe/Lisbon',
    ],
    [`--database-url ${URL} --delete=yes`, '--delete takes no value; write --delete alone'],
    [
      `--cluster-arn shop --secret-arn ${SECRET} --database shop`,
      '--cluster-arn must be an Aurora cluster\'s ARN, got "shop"; it looks like arn:aws:rds:eu-west-1:123456789012:cluster:shop',
    ],
    [
      `--cluster-arn ${CLUSTER} --secret-arn ${CLUSTER} --database shop`,
      `--secret-arn must be a secret's ARN, got "${CLUSTER}"; it looks like arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf`,
    ],
    [
      `--cluster-arn ${CLUSTER} --secret-arn ${SECRET} --database --delete`,
      '--database needs a value; write --database NAME',
    ],
    [
      `--cluster-arn ${CLUSTER} --secret-arn ${SECRET} --database ''`,
      '--database must be a name, got ""; give the name that it has',
    ],
  ])('%s', (line, message) => {
    expect(mistakesIn(line)).toEqual([message]);
  });
});

describe('a database URL that will not do is told without its password', () => {
  const hidden =
    'the value is not shown for its password, in which other characters than letters and digits have to be percent-encoded';
  test.each([
    [
      'http://shop:s3cr3t@db/shop',
      'got http://shop:***@db/shop; begin it with postgres:// or mysql://',
    ],
    ['mysql://db/shop', 'got mysql://db/shop; name the user, the host and the database'],
    ['postgres://db/shop', 'got postgres://db/shop; name the user, the host and the database'],
    [
      'postgres://shop:s3cr3t@db',
      'got postgres://shop:***@db; name the user, the host and the database',
    ],
  ])('%s', (url, rest) => {
    expect(mistakesIn(`--database-url ${url}`)).toEqual([
      `--database-url must be ${FORM}, ${rest}`,
    ]);
  });

  test.each([
    's3cr3t',
    'shop:s3cr3t@db/shop',
    'postgres://shop:s3#cr3t@db/shop',
    'postgres://shop:3/cr3t@db/shop',
    'postgres://shop:s3@cr3t@db/shop',
    'postgres://shop:s3@cr/3t@db/shop',
  ])('%s', (url) => {
    expect(mistakesIn(`--database-url ${url}`)).toEqual([
      `--database-url must be ${FORM}; ${hidden}`,
    ]);
  });
});

describe('an unknown option', () => {
  test.each([
    ['--row 10', ['unknown option --row; did you mean --rows?']],
    ['--Rows=10', ['unknown option --Rows; did you mean --rows?']],
    [
      '-v',
      [
        'unknown option -v; known are --rows, --database-url, --cluster-arn, --secret-arn, --database, --delete, --tables, --grace-seconds, --time-zone, --help',
      ],
    ],
    [
      '1000',
      ['unexpected argument "1000"; options go after a lone --, like npm start -- --rows 1000'],
    ],
    [
      'postgres://shop:s3cr3t@db/shop',
      [
        'unexpected argument a value that may hold a password; options go after a lone --, like npm start -- --rows 1000',
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
      ['--database-url does not go with --database; give one target'],
    ],
    [
      `--database-url ${URL} --rows 5`,
      ['--rows does not go with --database-url, where no sessions are made up; leave it out'],
    ],
  ])('%s', (line, messages) => {
    expect(mistakesIn(line)).toEqual(messages);
  });
});

test('all mistakes are told at once', () => {
  expect(mistakesIn('--rows many --databse shop --delete')).toEqual([
    '--rows must be a whole number from 1 to 10000000, got "many"; write it in digits, like --rows 100000',
    'unknown option --databse; did you mean --database?',
    '--delete needs a database of your own; add --database-url, or --cluster-arn, --secret-arn and --database',
  ]);
});

test('the help names every option', () => {
  expect(
    helpText()
      .match(/^ +--[a-z-]+/gm)
      ?.map((name) => name.trim()),
  ).toEqual([
    ...['--rows', '--database-url', '--cluster-arn', '--secret-arn', '--database', '--delete'],
    ...['--tables', '--grace-seconds', '--time-zone', '--help'],
  ]);
});
