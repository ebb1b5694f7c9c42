import { parseTableName, type TableName } from '../../../contract/table-name';
import type { Row } from '../../../lambda/data-api/rows';
import type { Dialect } from '../../../lambda/database/dialect';
import { type ProvedTable, proveTables, readRange } from '../../../lambda/database/table-proof';
import { TableError } from '../../../lambda/errors';
import { FOUND } from '../../support/toy-dialect';

/** A dialect of which the proof uses only the advice. */
const DIALECT = {
  grant: ({ schema, table }, user) => `give ${user} rights on ${schema}/${table}`,
  createIndex: ({ schema, table }) => `index ${schema}/${table}`,
} satisfies Partial<Dialect> as Dialect;

const CHECK = 'check the database name and the tables setting';

function names(...texts: string[]): TableName[] {
  return texts.map((text) => {
    const name = parseTableName(text);
    if (typeof name === 'string') throw new Error(name);
    return name;
  });
}

/** The table of a `sound` row. */
const proved = (schema = 'public', given: Partial<ProvedTable> = {}): ProvedTable => ({
  table: { schema, table: 'django_session' },
  hasStorageOrder: true,
  range: null,
  ...given,
});

/** A row about a table that may be purged, from an inspection that did not ask for its range. */
const sound = (given: Row = {}): Row => ({ ...FOUND, ...given });

const missing = (wanted: number): Row => ({
  wanted,
  now: '2026-11-22T02:17:00.000Z',
  user: 'purger',
  database: 'shop',
  schema: null,
  table: null,
  kind: null,
  expireDateType: null,
  isExpireDateTime: null,
  hasSessionKey: null,
  isKeyedBySession: null,
  hasExpireDateIndex: null,
  hasStorageOrder: null,
  missingRights: null,
});

const prove = (rows: readonly Row[], ...wanted: string[]) =>
  proveTables(rows, names(...wanted), DIALECT);

function refusal(rows: readonly Row[], ...wanted: string[]): string {
  try {
    prove(rows, ...wanted);
  } catch (error) {
    if (error instanceof TableError) return error.message;
    throw error;
  }
  throw new Error('the tables were accepted');
}

describe('tables that may be purged', () => {
  it('are proved without a warning', () => {
    expect(prove([sound()], 'django_session')).toEqual({
      tables: [proved()],
      warnings: [],
    });
  });

  it('are found in every schema that has them', () => {
    const rows = [sound({ schema: 'one' }), sound({ schema: 'two' })];

    expect(prove(rows, '*.django_session').tables).toEqual([proved('one'), proved('two')]);
  });

  it('are purged once, even when several names lead to them', () => {
    const rows = [
      sound(),
      sound({ wanted: 1 }),
      sound({ wanted: 2, schema: 'one' }),
      sound({ wanted: 2 }),
    ];

    const { tables } = prove(rows, 'django_session', 'public.django_session', '*.django_session');

    expect(tables).toEqual([proved(), proved('one')]);
  });

  it.each<[string, Row, boolean]>([
    ['where there is one', { hasStorageOrder: true }, true],
    ['where MySQL has one', { hasStorageOrder: 1 }, true],
    ['but not where there is none', { hasStorageOrder: false }, false],
  ])('have an order of storage %s', (_name, given, hasStorageOrder) => {
    expect(prove([sound(given)], 'django_session').tables).toEqual([
      proved('public', { hasStorageOrder }),
    ]);
  });
});

describe('the expiry range of a table', () => {
  const RANGE = { oldest: 'long ago', newest: 'soon' };
  const NONE = { oldest: null, newest: null };
  const NOT_ASKED = { hasRange: false, ...NONE };

  it.each([
    ['as the database tells it', RANGE],
    ['where it has no rows', NONE],
  ])('is read %s', (_name, range) => {
    expect(prove([sound({ hasRange: true, ...range })], 'django_session').tables).toEqual([
      proved('public', { range }),
    ]);
    expect(readRange(range)).toEqual(range);
  });

  it('is not known when it was not asked for', () => {
    expect(prove([sound(NOT_ASKED)], '*.django_session').tables).toEqual([proved()]);
  });

  const byName = sound({ hasRange: true, ...RANGE });
  const byStar = sound({ ...NOT_ASKED, wanted: 1 });

  it.each<[string, Row[]]>([
    ['its name first', [byName, byStar]],
    ['its name last', [byStar, byName]],
    ['its name in between', [byStar, byName, byStar]],
  ])('is kept when a table was found by two names: %s', (_name, rows) => {
    const { tables } = prove(rows, 'django_session', '*.django_session');

    expect(tables).toEqual([proved('public', { range: RANGE })]);
  });

  it.each<[string, Row, string]>([
    ['a number', { oldest: 7, newest: null }, 'column "oldest" must be text, got number'],
    ['nothing', { oldest: null }, 'column "newest" must be text, got undefined'],
  ])('is refused when one end is %s', (_name, row, problem) => {
    expect(() => readRange(row)).toThrow(
      expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` }),
    );
  });
});

describe('a table that may not be purged', () => {
  it.each<[string, Row, string]>([
    ['is a view', { kind: 'view' }, 'is a view, not a table'],
    ['is partitioned', { kind: 'partitioned table' }, 'is a partitioned table, not a table'],
    ['has no expire_date', { expireDateType: null }, 'has no column "expire_date"'],
    ['has no session key', { hasSessionKey: false }, 'has no column "session_key"'],
    [
      'is keyed by something else',
      { isKeyedBySession: false },
      'does not have "session_key" as its primary key',
    ],
    [
      'has an expire_date of a type that Django never makes',
      { isExpireDateTime: false, expireDateType: 'date' },
      'has a column "expire_date" of type date, which Django never makes',
    ],
    [
      'is a view, which is said before its missing columns',
      { kind: 'view', expireDateType: null, hasSessionKey: false, isKeyedBySession: false },
      'is a view, not a table',
    ],
    [
      'lacks columns, which is said before its missing rights',
      { hasSessionKey: false, isKeyedBySession: false, missingRights: 'DELETE' },
      'has no column "session_key"',
    ],
  ])('is refused because it %s', (_name, given, problem) => {
    expect(refusal([sound(given)], 'django_session')).toBe(
      `table "django_session" ${problem}; nothing was deleted; ${CHECK}`,
    );
  });

  it('is refused with the place where it was searched', () => {
    expect(refusal([missing(0)], 'web.django_session')).toBe(
      `table "web.django_session" was not found in database "shop"; nothing was deleted; ${CHECK}`,
    );
  });

  it('is refused when no schema has it', () => {
    expect(refusal([missing(0)], '*.django_session')).toBe(
      `table "*.django_session" was not found in any schema of database "shop"; nothing was deleted; ${CHECK}`,
    );
  });

  it('is refused with the schema in which it was found', () => {
    const rows = [sound({ schema: 'one' }), sound({ schema: 'two', hasSessionKey: false })];

    expect(refusal(rows, '*.django_session')).toBe(
      `table "two.django_session" has no column "session_key"; nothing was deleted; ${CHECK}`,
    );
  });

  it('is refused with the statement that grants what is missing', () => {
    const rows = [sound({ missingRights: 'SELECT (ctid), DELETE' })];

    expect(refusal(rows, 'django_session')).toBe(
      'user "purger" lacks SELECT (ctid), DELETE on table "django_session"; nothing was deleted; give purger rights on public/django_session',
    );
  });

  it('holds back the others, and everything wrong is named, each remedy once', () => {
    const rows = [
      sound(),
      missing(1),
      sound({ wanted: 2, schema: 'web', kind: 'view' }),
      sound({ wanted: 3, schema: 'one', missingRights: 'DELETE' }),
      sound({ wanted: 3, schema: 'two', missingRights: 'UPDATE (expire_date)' }),
    ];

    const message = refusal(
      rows,
      'django_session',
      'nowhere',
      'web.django_session',
      '*.django_session',
    );

    expect(message).toBe(
      [
        'table "nowhere" was not found in database "shop"',
        'table "web.django_session" is a view, not a table',
        'user "purger" lacks DELETE on table "one.django_session"',
        'user "purger" lacks UPDATE (expire_date) on table "two.django_session"',
        'nothing was deleted',
        CHECK,
        'give purger rights on one/django_session',
        'give purger rights on two/django_session',
      ].join('; '),
    );
  });

  it('is one that was not wanted', () => {
    expect(refusal([sound({ wanted: 1 })], 'django_session')).toBe(
      'unexpected answer: a table that was not asked for',
    );
  });
});

describe('a table without an index on expire_date', () => {
  const warning = (name: string, schema: string) =>
    `table "${name}" has no index that starts with expire_date: each batch reads the whole table; index ${schema}/django_session`;

  it('is purged, with a warning that has the statement to mend it', () => {
    expect(prove([sound({ hasExpireDateIndex: false })], 'django_session')).toEqual({
      tables: [proved()],
      warnings: [warning('django_session', 'public')],
    });
  });

  it('has one warning, with the schema in which it was found', () => {
    const rows = [
      sound({ schema: 'one', hasExpireDateIndex: false }),
      sound({ schema: 'two', hasExpireDateIndex: false }),
      sound({ schema: 'two', hasExpireDateIndex: false }),
      sound({ schema: 'three' }),
    ];

    expect(prove(rows, '*.django_session').warnings).toEqual([
      warning('one.django_session', 'one'),
      warning('two.django_session', 'two'),
    ]);
  });
});

describe('an answer of another shape', () => {
  it.each<[string, Row, string]>([
    ['a table of no kind', { kind: null }, 'column "kind" must be text, got null'],
    [
      'a flag that is text',
      { hasSessionKey: 't' },
      'column "hasSessionKey" must be a truth value, got string',
    ],
    [
      'an order of storage that is not known',
      { hasStorageOrder: null },
      'column "hasStorageOrder" must be a truth value, got null',
    ],
    [
      'rights that are not known',
      { missingRights: null },
      'column "missingRights" must be text, got null',
    ],
  ])('is refused: %s', (_name, given, problem) => {
    expect(() => prove([sound(given)], 'django_session')).toThrow(
      expect.objectContaining({ name: 'DatabaseError', message: `unexpected answer: ${problem}` }),
    );
  });
});
