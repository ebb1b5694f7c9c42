import {
  listedNames,
  nameOf,
  parseTableName,
  patternOf,
  saysTable,
} from '../../../contract/table-name';

const LONGEST = 'a'.repeat(63);

describe('parseTableName', () => {
  it.each<[string, string | null, string]>([
    ['django_session', null, 'django_session'],
    ['web.django_session', 'web', 'django_session'],
    ['*.django_session', '*', 'django_session'],
    ['Tenant-1.Session', 'Tenant-1', 'Session'],
    ['_sessions$2', null, '_sessions$2'],
    ['søknad.økt', 'søknad', 'økt'],
    [`${LONGEST}.${LONGEST}`, LONGEST, LONGEST],
    ['"django_session"', null, 'django_session'],
    ['"123school".django_session', '123school', 'django_session'],
    ['*."a.b"', '*', 'a.b'],
    ['"a.b"."c.d"', 'a.b', 'c.d'],
    ['"say ""hi"""', null, 'say "hi"'],
    ['" `; drop\\"', null, ' `; drop\\'],
  ])('reads %s', (text, schema, table) => {
    expect(parseTableName(text)).toEqual({ text, schema, table });
  });

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a.b.c',
    '*',
    'a.*',
    '*.*',
    '"*".a',
    'a."*"',
    '**.a',
    ' a',
    'a ',
    'a b',
    'a\n',
    'a\u0000',
    '1a',
    '-a',
    '$a',
    'a;b',
    'a"b',
    "a'b",
    'a`b',
    'a\\b',
    'a--b;',
    'a/*b',
    'a:b',
    '"a:b"',
    '"a\n"',
    '"a\u0000"',
    '"',
    '""',
    '"a',
    'a"b"',
    '"a"b',
    '"a""',
    '"a"."b"."c"',
    `"${LONGEST}a"`,
    'a(b)',
    `${LONGEST}a`,
    `${LONGEST}a.b`,
    `${'ø'.repeat(32)}`,
  ])('refuses %j, and says so', (text) => {
    const shown = JSON.stringify(text);

    expect(parseTableName(text)).toBe(
      `must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", or in double quotes, at most 63 bytes, and not "*", got ${shown}`,
    );
  });
});

describe('nameOf', () => {
  it.each([
    ['public', 'django_session', 'public.django_session'],
    ['Tenant-1', 'Session', 'Tenant-1.Session'],
    ['123school', 'a.b', '"123school"."a.b"'],
    ['say "hi"', 't', '"say ""hi""".t'],
  ])('writes the table of %j and %j as the setting takes it', (schema, table, text) => {
    expect(nameOf({ schema, table })).toBe(text);
    expect(parseTableName(text)).toEqual({ text, schema, table });
  });
});

describe('listedNames', () => {
  it.each<[string, string[]]>([
    ['a', ['a']],
    [' a ,b.c , *.d', ['a', 'b.c', '*.d']],
    ['"a,b".c,d', ['"a,b".c', 'd']],
    ['"a,b,c"', ['"a,b,c"']],
    ['"a"",",b', ['"a"","', 'b']],
    ['a"b,c', ['a"b', 'c']],
    ['', ['']],
    [',', ['', '']],
  ])('reads %j', (list, names) => {
    expect(listedNames(list)).toEqual(names);
  });
});

it.each([
  ['user "purger" lacks DELETE on table "django_session"', 'public.django_session', true],
  ['1 row of public.django_session could not be deleted', 'public.django_session', true],
  ['table ""my session"" is a view', 'public."my session"', true],
  ['table "web.django_session" is a view', 'public.django_session', false],
  ['statement failed: no', 'public.django_session', false],
])('a sentence says which table it is about: %s', (sentence, name, expected) => {
  expect(saysTable(sentence, name)).toBe(expected);
});

it.each([
  ['django_session', '*.django_session'],
  ['my session', '*."my session"'],
])('the pattern for %s is one', (table, pattern) => {
  expect(patternOf(table)).toBe(pattern);
  expect(parseTableName(pattern)).toEqual({ text: pattern, schema: '*', table });
});
