import { nameOf, parseTableName, type TableName } from '../../../contract/table-name';
import type { Row } from '../../../lambda/data-api/rows';
import type { Dialect } from '../../../lambda/database/dialect';
import { readRange } from '../../../lambda/database/expiry-range';
import { type ProvedTable, proveTables } from '../../../lambda/database/table-proof';
import { TableError } from '../../../lambda/errors';
import { FOUND } from '../../support/toy-dialect';

/** A dialect of which the proof uses only the advice. */
const DIALECT = {
  grant: ({ schema, table }, user) => `let ${user} purge ${schema}/${table}`,
  grantUsage: (schema, user) => `let ${user} use ${schema}`,
  addKey: ({ schema }) => `key ${schema}`,
  countDuplicates: ({ schema }) => `count ${schema}`,
  takeOut: (child, parent) => `take ${nameOf(child)} from ${nameOf(parent)}`,
  createIndex: ({ schema, table }) => `index ${schema}/${table}`,
  countNulls: ({ schema }) => `count nulls ${schema}`,
  refuseNull: ({ schema, table }) => `no null in ${schema}/${table}`,
  showTable: ({ table }, { user }) => (table === 'hidden' ? `let ${user} see it` : null),
  obstacles: ({ odd }, { schema }, name) =>
    odd ? [{ of: 'rules', problem: `"${name}" is odd`, remedy: `mend ${schema}` }] : [],
} satisfies Partial<Dialect> as unknown as Dialect;

const BY_OWNER = 'as the owner of the table ("shop_owner")';

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
  isIndexed: true,
  range: null,
  ...given,
});

/** A row about a table that may be purged, from an inspection that did not ask for its range. */
const sound = (given: Row = {}): Row => ({ ...FOUND, ...given });

/** A row about a table that was not found. */
const missing = (given: Row = {}): Row => ({
  wanted: 0,
  now: '2026-11-22T02:17:00.000Z',
  user: 'purger',
  database: 'shop',
  schema: null,
  table: null,
  near: null,
  sessionTables: null,
  ...given,
});

const prove = (rows: readonly Row[], ...wanted: string[]) =>
  proveTables(rows, names(...wanted), DIALECT);

/** What is in the way, by the names of the tables. */
function obstacles(rows: readonly Row[], ...wanted: string[]): Record<string, string> {
  const { unfit } = prove(rows, ...wanted);
  for (const { error } of unfit) expect(error).toBeInstanceOf(TableError);
  return Object.fromEntries(unfit.map(({ name, error }) => [name, error.message]));
}

const obstacleOf = (given: Row) =>
  obstacles([sound(given)], 'django_session')['public.django_session'];

describe('tables that may be purged', () => {
  it('are proved without a warning', () => {
    expect(prove([sound()], 'django_session')).toEqual({
      tables: [proved()],
      unfit: [],
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
      'lacks columns, which is said before its missing rights',
      { hasSessionKey: false, isKeyedBySession: false, missingRights: 'DELETE' },
      'has no column "session_key"',
    ],
  ])('is told because it %s', (_name, given, problem) => {
    expect(obstacleOf(given)).toBe(`table "django_session" ${problem}; ${CHECK}`);
  });

  it.each(['view', 'materialized view'])(
    'is told because it is a %s, before its columns',
    (kind) => {
      expect(obstacleOf({ kind, hasSessionKey: false })).toBe(
        `table "django_session" is a ${kind}, not a table; name the table that it shows, and not the view, in the tables setting`,
      );
    },
  );

  it('is told with the key and the rights that it lacks where it has no key', () => {
    const keyless = { isKeyedBySession: false, hasPrimaryKey: false };
    const problem = 'table "django_session" does not have "session_key" as its primary key';

    const key = `${BY_OWNER}: count public; if that shows 0: key public; if it shows more, delete all but one row of each session_key first`;
    expect(obstacleOf(keyless)).toBe(`${problem}; ${key}`);
    expect(obstacleOf({ ...keyless, missingRights: 'DELETE', odd: true })).toBe(
      `${problem}; ${key}; user "purger" lacks DELETE on table "django_session"; ${BY_OWNER}: let purger purge public/django_session; "django_session" is odd; mend public`,
    );
    expect(obstacleOf({ ...keyless, owner: null })).toBe(
      `${problem}; as an administrator: count public; if that shows 0: key public; if it shows more, delete all but one row of each session_key first`,
    );
  });

  it('is told with the place where it was searched', () => {
    expect(obstacles([missing()], 'web.django_session')).toEqual({
      'web.django_session': `table "web.django_session" was not found in database "shop"; ${CHECK}`,
    });
  });

  it('is told when no schema has it', () => {
    expect(obstacles([missing()], '*.django_session')).toEqual({
      '*.django_session': `table "*.django_session" was not found in any schema of database "shop"; ${CHECK}`,
    });
  });

  it('is told with those of similar names', () => {
    expect(obstacles([missing({ near: 'web."A", web.a' })], 'a')).toEqual({
      a: 'table "a" was not found in database "shop"; if you mean web.A, web.a, name it so in the tables setting',
    });
  });

  it('is told with session tables of a similar name, but for those that are found', () => {
    const sessionTables = 'public.accounts, public.django_session, "Web".django_session, cut."ses';

    expect(obstacles([missing({ sessionTables })], 'django_sesion')).toEqual({
      django_sesion:
        'table "django_sesion" was not found in database "shop"; if you mean public.django_session, Web.django_session, name it so in the tables setting',
    });
    expect(obstacles([missing({ sessionTables })], 'nowhere')).toEqual({
      nowhere: `table "nowhere" was not found in database "shop"; ${CHECK}`,
    });
    const rows = [sound({ schema: 'public' }), missing({ sessionTables, wanted: 1 })];
    expect(obstacles(rows, 'public.django_session', 'django_sesion')).toEqual({
      django_sesion:
        'table "django_sesion" was not found in database "shop"; if you mean Web.django_session, name it so in the tables setting',
    });
  });

  it('is told with patterns where it is one, also for tables that are found', () => {
    const sessionTables = 'public.django_session, web.django_session, web."my session"';
    const rows = [sound({ schema: 'public' }), missing({ sessionTables, wanted: 1 })];

    expect(obstacles(rows, 'public.django_session', '*.django_sesion')).toEqual({
      '*.django_sesion':
        'table "*.django_sesion" was not found in any schema of database "shop"; if you mean *.django_session, name it so in the tables setting',
    });
    expect(obstacles([missing({ near: 'web."My s", web."my s"' })], '*."MY S"')).toEqual({
      '*."MY S"': expect.stringMatching(/; if you mean \*\."My s", \*\."my s", name it so/),
    });
  });

  it('is not told of a table of its name that is found', () => {
    const rows = [
      sound({ schema: 'public' }),
      missing({ near: 'public.django_session', wanted: 1 }),
    ];

    expect(obstacles(rows, 'public.django_session', 'web.django_session')).toEqual({
      'web.django_session': `table "web.django_session" was not found in database "shop"; ${CHECK}`,
    });
  });

  it('is told with one of a similar name that the setting cannot take', () => {
    expect(obstacles([missing({ near: 'web."a", "b:c".a' })], 'a')).toEqual({
      a: expect.stringMatching(/if you mean web\.a, "b:c"\.a, rename "b:c"\.a first, since/),
    });
  });

  it('is told with what may show it', () => {
    expect(obstacles([missing()], 'hidden')).toEqual({
      hidden: `table "hidden" was not found in database "shop"; ${CHECK}; let purger see it`,
    });
  });

  it('is told with the schema in which it was found', () => {
    const rows = [sound({ schema: 'one' }), sound({ schema: 'two', hasSessionKey: false })];

    expect(obstacles(rows, '*.django_session')).toEqual({
      'two.django_session': `table "two.django_session" has no column "session_key"; ${CHECK}`,
    });
  });

  it('is told with all that is in its way, and all remedies', () => {
    expect(obstacleOf({ missingRights: 'SELECT (ctid), DELETE', odd: true })).toBe(
      'user "purger" lacks SELECT (ctid), DELETE on table "django_session"; as the owner of the table ("shop_owner"): let purger purge public/django_session; "django_session" is odd; mend public',
    );
  });

  it.each<[string, Row, string]>([
    [
      'nobody but an administrator owns the schema',
      { missingRights: 'USAGE on its schema', schemaOwner: null },
      'USAGE on schema "public" of table "django_session"; as an administrator: let purger use public',
    ],
    [
      'each has an owner of its own',
      {
        missingRights: 'USAGE on its schema, SELECT (ctid), SELECT (expire_date), DELETE',
        schemaOwner: 'tenant',
      },
      'USAGE on schema "public", and on table "django_session": SELECT (ctid, expire_date), DELETE; as the owner of the schema ("tenant"): let purger use public; as the owner of the table ("shop_owner"): let purger purge public/django_session',
    ],
    [
      'one owns both',
      { missingRights: 'USAGE on its schema, DELETE', schemaOwner: 'shop_owner' },
      'USAGE on schema "public", and on table "django_session": DELETE; as the owner of the table and its schema ("shop_owner"): let purger use public; let purger purge public/django_session',
    ],
  ])('is told with who may give a right to the schema: %s', (_who, given, told) => {
    expect(obstacleOf(given)).toBe(`user "purger" lacks ${told}`);
  });

  it('holds back none of the others', () => {
    const rows = [
      sound(),
      missing({ wanted: 1 }),
      sound({ wanted: 2, schema: 'web', kind: 'view' }),
      sound({ wanted: 3, schema: 'one', missingRights: 'DELETE' }),
      sound({ wanted: 3, schema: 'two' }),
    ];
    const wanted = ['django_session', 'nowhere', 'web.django_session', '*.django_session'];

    expect(Object.keys(obstacles(rows, ...wanted))).toEqual([
      'nowhere',
      'web.django_session',
      'one.django_session',
    ]);
    expect(prove(rows, ...wanted).tables).toEqual([proved(), proved('two')]);
  });

  it('has no warnings beside its obstacle', () => {
    const { warnings } = prove(
      [sound({ hasExpireDateIndex: false, kind: 'view' })],
      'django_session',
    );

    expect(warnings).toEqual([]);
  });
});

describe('a table with tables below it', () => {
  const children = JSON.stringify([
    ['web', 'one'],
    ['web', 'Two'],
  ]);

  it('is purged, and a table that inherits from it and is not wanted is told', () => {
    const rows = [sound({ children }), sound({ wanted: 1, schema: 'web', table: 'one' })];
    const { tables } = prove(rows, 'django_session', 'web.one');

    expect(tables.map(({ table }) => table.table)).toEqual(['django_session', 'one']);
    expect(obstacles(rows, 'django_session', 'web.one')).toEqual({
      'web.Two':
        'table "web.Two" inherits from "public.django_session", so that Django sees its sessions, and the tables setting does not name it; its owner is not known; see whose it is and what triggers it has, and name it by itself in the tables setting if you trust its owner',
    });
  });

  describe('that nobody named', () => {
    const rows = [sound({ children: JSON.stringify([['web', 'one']]) })];
    const told = (...ofForgotten: Row[]) => {
      const { unfit, warnings } = proveTables(rows, names('django_session'), DIALECT, {
        ofForgotten,
      });
      return [...unfit.map(({ error }) => error.message), ...warnings];
    };
    const inherits =
      'table "web.one" inherits from "public.django_session", so that Django sees its sessions, and the tables setting does not name it';
    const one = { schema: 'web', table: 'one' };

    it('is told with all that is in its way besides', () => {
      const keyless = { isKeyedBySession: false, hasPrimaryKey: false, hasExpireDateIndex: false };

      expect(told(sound({ ...one, ...keyless, missingRights: 'DELETE' }))).toEqual([
        `${inherits}; add web.one to the tables setting; table "web.one" does not have "session_key" as its primary key; ${BY_OWNER}: count web; if that shows 0: key web; if it shows more, delete all but one row of each session_key first; user "purger" lacks DELETE on table "web.one"; ${BY_OWNER}: let purger purge web/one`,
        `table "web.one" has no index that starts with expire_date: each run reads the whole table; ${BY_OWNER}: index web/one`,
      ]);
    });

    it('is told with what to see first where its owner is not known', () => {
      expect(told(missing())).toEqual([
        `${inherits}; its owner is not known; see whose it is and what triggers it has, and name it by itself in the tables setting if you trust its owner`,
      ]);
    });

    const NAME_IT = 'name it by itself in the tables setting if you trust its owner';
    const belongs = 'table "web.one" belongs to "tenant", and "shop_owner" owns';
    const couldUse = "its owner could use the purge's rights";
    const strange = sound({
      ...one,
      owner: 'tenant',
      missingRights: 'DELETE',
      hasRowSecurity: true,
    });

    it('is told with its owner where that is not the one of the table above', () => {
      expect(told(strange)).toEqual([
        `${inherits}; ${belongs} "public.django_session": ${couldUse}; ${NAME_IT}; user "purger" lacks DELETE on table "web.one"; as the owner of the table ("tenant"): let purger purge web/one`,
      ]);
    });

    it('is trusted no more than the table above where a pattern found that one', () => {
      const wanted = names('*.django_session');
      const { unfit } = proveTables(rows, wanted, DIALECT, { ofForgotten: [strange] });

      expect(unfit.map(({ error }) => error.message)).toEqual([
        `${inherits}; ${belongs} most of the tables that only the pattern finds: ${couldUse}; table "web.one" has row-level security: ${couldUse}; ${NAME_IT}`,
      ]);
    });

    it('is told once, below the nearest table, and trusted as by the pattern above', () => {
      const middle = sound({
        wanted: 1,
        schema: 'web',
        table: 'middle',
        owner: 'tenant',
        children,
      });
      const top = sound({ children: JSON.stringify([...JSON.parse(children), ['web', 'middle']]) });
      const wanted = names('*.django_session', 'web.middle');
      const { unfit } = proveTables([top, middle], wanted, DIALECT, { ofForgotten: [strange] });

      expect(unfit.map(({ name, error }) => [name, error.message])).toEqual([
        ['web.one', expect.stringContaining(`inherits from "web.middle", `)],
        ['web.Two', expect.stringContaining(`inherits from "web.middle", `)],
      ]);
      expect(unfit[0]?.error.message).toContain(`${belongs} most of the tables`);
    });

    it('is told with the way out where its rows are in another database', () => {
      expect(told(sound({ ...one, kind: 'foreign table' }))).toEqual([
        `${inherits}; its rows are in another database; purge them there, and take the table out, so that Django no longer sees them: ${BY_OWNER}: take web.one from public.django_session`,
      ]);
    });
  });

  const partitioned = sound({ kind: 'partitioned table', children });

  it('is told with its partitions if it is partitioned', () => {
    expect(obstacles([partitioned], 'django_session')).toEqual({
      'public.django_session':
        'table "django_session" is a partitioned table, not a table; name its partitions in the tables setting: web.one, web.Two',
    });
  });

  it.each(['a:b', 'two\nlines', 'ä'.repeat(32)])(
    'is told to rename those that the setting cannot take: %j',
    (name) => {
      const children = JSON.stringify([['web', name]]);
      const written = nameOf({ schema: 'web', table: name });
      const rename = `rename ${written} first, since the tables setting takes no name with a colon, a control character or more than 63 bytes`;

      const ofForgotten = [sound({ schema: 'web', table: name })];
      const told = [sound({ children }), sound({ children, kind: 'partitioned table' })].map(
        (row) =>
          proveTables([row], names('django_session'), DIALECT, { ofForgotten }).unfit.map(
            ({ error }) => error.message,
          ),
      );

      expect(told).toEqual([
        [expect.stringContaining(`${rename}; then add ${written} to the tables setting`)],
        [
          expect.stringContaining(
            `${rename}; then name its partitions in the tables setting: ${written}`,
          ),
        ],
      ]);
    },
  );

  it('is told with the trust that its partitions need if a pattern found it', () => {
    expect(obstacles([partitioned], '*.django_session')).toEqual({
      'public.django_session':
        'table "public.django_session" is a partitioned table, not a table; if you trust the owner of each: name its partitions in the tables setting: web.one, web.Two',
    });
  });

  it('is left out if it is partitioned and its partitions are wanted', () => {
    const wanted = ['*.django_session', 'web.one', 'web.Two'];
    const rows = [
      partitioned,
      sound({ wanted: 1, schema: 'web', table: 'one' }),
      sound({ wanted: 2, schema: 'web', table: 'Two' }),
    ];

    expect(obstacles(rows, ...wanted)).toEqual({});
    expect(prove(rows, ...wanted).tables).toHaveLength(2);
  });

  it('is told if it is partitioned and has no partition', () => {
    expect(obstacleOf({ kind: 'partitioned table' })).toBe(
      'table "django_session" is a partitioned table, not a table; it has no partition yet: name its partitions in the tables setting once it has some',
    );
  });

  describe('with a foreign partition', () => {
    const parted = (...of: [string, string, boolean][]) =>
      sound({ kind: 'partitioned table', children: JSON.stringify(of) });
    const ANOTHER = 'another database: purge them there';

    it('is told with the others, which alone can be named', () => {
      const row = parted(['web', 'one', false], ['web', 'far', true]);

      expect(obstacles([row], 'django_session')).toEqual({
        'public.django_session': `table "django_session" is a partitioned table, not a table; name its partitions in the tables setting: web.one; the rows of web.far are in ${ANOTHER}`,
      });
    });

    it('is left out where the others are wanted', () => {
      const row = parted(['web', 'one', false], ['web', 'far', true]);
      const one = sound({ wanted: 1, schema: 'web', table: 'one' });

      expect(obstacles([row, one], 'django_session', 'web.one')).toEqual({});
    });

    it('is told where it has no others', () => {
      expect(obstacles([parted(['web', 'far', true])], 'django_session')).toEqual({
        'public.django_session': expect.stringContaining(`its rows are in ${ANOTHER}, and leave`),
      });
    });
  });

  it('is told to list the tables where a pattern finds a foreign one', () => {
    expect(obstacles([sound({ kind: 'foreign table' })], '*.django_session')).toEqual({
      'public.django_session':
        'table "public.django_session" is a foreign table, not a table; its rows are in another database: purge them there, and list the tables in the place of *.django_session in the tables setting',
    });
  });

  it.each(['', '{}', 'null', '[null]'])('is refused with the list %j', (list) => {
    expect(() => prove([sound({ children: list })], 'django_session')).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: 'unexpected answer: column "children" must be a list of tables',
      }),
    );
  });
});

describe('a table that only a pattern found', () => {
  const owned = (owners: Record<string, string>) =>
    Object.entries(owners).map(([schema, owner]) => sound({ schema, owner }));

  const because = (what: string) =>
    `${what}: its owner could use the purge's rights; name it by itself in the tables setting if you trust its owner`;

  it('is told where another owner has more of its tables', () => {
    const rows = owned({ a: 'app', b: 'app', c: 'other' });

    expect(prove(rows, '*.django_session').tables).toEqual([proved('a'), proved('b')]);
    expect(obstacles(rows, '*.django_session')).toEqual({
      'c.django_session': because(
        'table "c.django_session" belongs to "other", and "app" owns most of the tables that only the pattern finds',
      ),
    });
  });

  it.each([
    ['app', null],
    [null, null],
    [
      'other',
      'the schema of table "c.django_session" belongs to "other", and "app" owns most of the tables that only the pattern finds: the owner of the schema could use the purge\'s rights; name it by itself in the tables setting if you trust the owner of its schema',
    ],
  ])('is told where its schema is that of somebody else: %s', (schemaOwner, told) => {
    const rows = owned({ a: 'app', b: 'app' });
    const all = [...rows, sound({ schema: 'c', owner: 'app', schemaOwner })];

    expect(obstacles(all, '*.django_session')).toEqual(
      told === null ? {} : { 'c.django_session': told },
    );
  });

  it('is told once where its schema has the same owner', () => {
    const rows = owned({ a: 'app', b: 'app' });
    const all = [...rows, sound({ schema: 'c', owner: 'other', schemaOwner: 'other' })];

    expect(obstacles(all, '*.django_session')).toEqual({
      'c.django_session': expect.stringMatching(/^table "c[^;]*; name it [^;]*$/),
    });
  });

  it('does not count for whom the pattern trusts where the setting names it by itself', () => {
    const rows = owned({ a: 'app', b: 'other', c: 'other', d: 'app' });
    const named = [sound({ wanted: 1, schema: 'b', owner: 'other' })];

    const tables = ['*.django_session', 'b.django_session'];
    expect(Object.keys(obstacles([...rows, ...named], ...tables))).toEqual(['c.django_session']);
  });

  it('is told to be renamed where the setting cannot take its name', () => {
    const rows = owned({ a: 'app', b: 'app', 'c:d': 'other' });

    expect(obstacles(rows, '*.django_session')).toEqual({
      '"c:d".django_session': expect.stringMatching(
        /; rename "c:d"\.django_session first, since .*; then name it by itself in the tables setting if/,
      ),
    });
  });

  it('is told where two owners have as many', () => {
    const told = obstacles(owned({ a: 'one', b: 'two' }), '*.django_session');

    expect(told).toEqual({
      'a.django_session': because(
        'table "a.django_session" belongs to "one", and nobody owns most of the tables that only the pattern finds',
      ),
      'b.django_session': because(
        'table "b.django_session" belongs to "two", and nobody owns most of the tables that only the pattern finds',
      ),
    });
  });

  it('is compared with the tables of its own pattern', () => {
    const rows = [
      ...owned({ a: 'one', b: 'one' }),
      ...owned({ c: 'two' }).map((row) => ({ ...row, wanted: 1, table: 'other' })),
    ];

    expect(obstacles(rows, '*.django_session', '*.other')).toEqual({});
  });

  it('is trusted where tables have no owners', () => {
    const rows = [sound({ owner: null }), sound({ owner: null, schema: 'a' })];

    expect(prove(rows, '*.django_session').tables).toHaveLength(2);
  });

  it.each<[string, Row, string]>([
    ['triggers', { triggers: 'a, b' }, 'has triggers on DELETE (a, b)'],
    ['row-level security', { hasRowSecurity: true }, 'has row-level security'],
  ])('is told with %s, and purged when it is named', (_what, given, problem) => {
    const [byPattern, byName] = [sound(given), sound({ ...given, wanted: 1 })];

    expect(obstacles([byPattern], '*.django_session')).toEqual({
      'public.django_session': because(`table "public.django_session" ${problem}`),
    });
    expect(prove([byPattern, byName], '*.django_session', 'django_session').tables).toEqual([
      proved(),
    ]);
  });
});

describe('a warning', () => {
  it('tells of a missing index, with the statement that makes it', () => {
    const { tables, warnings } = prove([sound({ hasExpireDateIndex: false })], 'django_session');

    expect(tables).toEqual([proved('public', { isIndexed: false })]);
    expect(warnings).toEqual([
      'table "django_session" has no index that starts with expire_date: each run reads the whole table; as the owner of the table ("shop_owner"): index public/django_session',
    ]);
  });

  it('names the indexes that are of no use', () => {
    const row = sound({ hasExpireDateIndex: false, otherIndexes: 'a, b' });

    expect(prove([row], '*.django_session').warnings).toEqual([
      'table "public.django_session" has no index that can be walked along expire_date (a, b cannot): each run reads the whole table; as the owner of the table ("shop_owner"): index public/django_session',
    ]);
  });

  it('tells of a column that takes NULL', () => {
    expect(prove([sound({ isExpireDateNullable: true })], 'django_session').warnings).toEqual([
      'table "django_session" takes NULL for expire_date, and such a session stays for ever; as the owner of the table ("shop_owner"): count nulls public; if that shows 0: no null in public/django_session; if it shows more, delete those sessions or give them a time first',
    ]);
  });
});

describe('an answer of another shape', () => {
  it('is one about a table that was not wanted', () => {
    expect(() => prove([sound({ wanted: 1 })], 'django_session')).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: 'unexpected answer: a table that was not asked for',
      }),
    );
  });

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
