import { parseTableName } from '../../../contract/table-name';

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
    '"a"',
    "a'b",
    'a`b',
    'a\\b',
    'a--b;',
    'a/*b',
    'a:b',
    'a(b)',
    `${LONGEST}a`,
    `${LONGEST}a.b`,
    `${'ø'.repeat(32)}`,
  ])('refuses %j, and says so', (text) => {
    const shown = JSON.stringify(text);

    expect(parseTableName(text)).toBe(
      `must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", at most 63 bytes, got ${shown}`,
    );
  });
});
