import type { FindsThenDeletes, Statement, Stretch } from '../../../../lambda/database/dialect';
import { mysql } from '../../../../lambda/database/mysql';

const CUTOFF = new Date('2026-11-22T02:17:00.123Z');
const LOCAL_CUTOFF = '2026-11-22 02:17:00.123';
const SHOP = { schema: 'shop', table: 'django_session' };
/** Names that a catalog may hold, though no setting can: each would end its quotes or the statement. */
const HOSTILE = { schema: 'a`b', table: 'c`; DROP TABLE users; -- ' };
const HOSTILE_QUOTED = '`a``b`.`c``; DROP TABLE users; -- `';

const AT = '2026-11-21 00:00:01.500001';
const NEXT = '2026-11-21 00:00:07.123456';

/** On one line, so that a line break is no part of a promise. */
const flat = (sql: string) => sql.replaceAll(/\s+/g, ' ');

interface Given {
  readonly at?: string;
  readonly table?: typeof SHOP;
  readonly timeZone?: string;
  readonly cutoff?: Date;
}

function batches(timeZone: string): FindsThenDeletes {
  const { batches: how } = mysql(timeZone);
  if (how.kind !== 'find-then-delete') throw new Error('a batch takes one statement');
  return how;
}

const stretchOf = ({ at = AT, cutoff = CUTOFF }: Given): Stretch => ({
  cutoff,
  at,
  limit: 1500,
  avoid: [],
});

function find(given: Given): Statement {
  const { table = SHOP, timeZone = 'UTC' } = given;
  return batches(timeZone).find(table, stretchOf(given));
}

function deleteFound(given: Given): Statement {
  const { table = SHOP, timeZone = 'UTC' } = given;
  return batches(timeZone).delete(table, stretchOf(given), { taken: 42, next: NEXT });
}

describe('a batch that starts at a date of all zeros, which no CAST takes', () => {
  const at = '0000-00-00 00:00:00.000000';

  it('starts with the first row that there is', () => {
    const { sql, parameters } = find({ at });

    expect(sql).toContain('WHERE expire_date < CAST(:cutoff AS DATETIME(6)) ORDER BY');
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF });
  });

  it('ends with that date, and the number of rows that have it', () => {
    const { sql, parameters } = batches('UTC').delete(SHOP, stretchOf({ at }), {
      taken: 42,
      next: at,
    });

    expect(sql).not.toContain(':at');
    expect(sql).toMatch(
      / AND expire_date <= CAST\(:next AS DATETIME\(6\)\) ORDER BY expire_date LIMIT 42$/,
    );
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF, next: '0000-01-01 00:00:00' });
  });

  it('ends where it was found to end, if later', () => {
    expect(deleteFound({ at }).parameters).toEqual({ cutoff: LOCAL_CUTOFF, next: NEXT });
  });

  it('is no other that starts in the year 0', () => {
    const first = '0000-01-01 00:00:00.000000';

    expect(find({ at: first }).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: first });
  });
});

const statements = (given: Given = {}): [string, Statement][] => {
  const { table = SHOP, timeZone = 'UTC', cutoff = CUTOFF } = given;
  const dialect = mysql(timeZone);
  return [
    ['find', find(given)],
    ['delete', deleteFound(given)],
    ['stuckRow', dialect.stuckRow(table, stretchOf(given))],
    ['countExpired', dialect.countExpired(table, cutoff, 10)],
    ['oldestExpired', dialect.oldestExpired(table, cutoff)],
    ['explainExpired', dialect.explainExpired(table, cutoff)],
  ];
};

describe('every statement on a table', () => {
  it.each(statements({ table: HOSTILE }))(
    'quotes whatever name a catalog holds: %s',
    (_n, made) => {
      const named = [...flat(made.sql).matchAll(/FROM (?!\()(.*?) WHERE/g)].map(([, name]) => name);

      expect(named.length).toBeGreaterThan(0);
      expect(new Set(named)).toEqual(new Set([HOSTILE_QUOTED]));
      expect(made.sql.replaceAll(HOSTILE_QUOTED, '')).not.toMatch(/DROP|;/);
    },
  );

  it.each(statements())('reads neither session_key nor session_data: %s', (_name, { sql }) => {
    expect(sql).not.toMatch(/session_key|session_data|\*(?!\))/);
  });

  it.each(statements())('is one statement: %s', (_name, { sql }) => {
    expect(sql).not.toContain(';');
  });

  it.each(statements())(
    'asks for what expired strictly before the cutoff: %s',
    (_name, { sql }) => {
      expect(sql).toMatch(/(WHERE|AND) expire_date < CAST\(:cutoff AS DATETIME\(6\)\)/);
      expect(sql).not.toMatch(/BETWEEN|NOW\(\)|CURRENT_TIMESTAMP|SYSDATE|UTC_/i);
    },
  );

  it.each(statements())(
    'compares the column as it is, with times of its own type: %s',
    (_name, { sql }) => {
      const compared = [...sql.matchAll(/(\S+) ([<>]=?) (CAST\(:?\w+ AS \w+\(6\)\))/g)];

      expect(compared.length).toBeGreaterThan(0);
      for (const [, column, , value] of compared) {
        expect(column).toBe('expire_date');
        expect(value).toMatch(/^CAST\((:\w+|stuck) AS DATETIME\(6\)\)$/);
      }
      expect(compared).toHaveLength([...sql.matchAll(/[<>]/g)].length);
    },
  );

  it.each(statements())('locks no row that it does not delete: %s', (_name, { sql }) => {
    expect(sql).not.toMatch(/FOR UPDATE|FOR SHARE|LOCK IN/i);
  });
});

describe('the cutoff', () => {
  const LISBON_SET_BACK = new Date('2026-10-25T00:30:00.000Z');

  it.each<[string, string, Date, string]>([
    ['is the same in UTC', 'UTC', CUTOFF, LOCAL_CUTOFF],
    ['is earlier in the west', 'America/New_York', CUTOFF, '2026-11-21 21:17:00.123'],
    ['is later in the east', 'Asia/Kolkata', CUTOFF, '2026-11-22 07:47:00.123'],
    [
      'stops where a local time will come again',
      'Europe/Lisbon',
      LISBON_SET_BACK,
      '2026-10-25 01:00:00.000',
    ],
  ])('%s, in every statement', (_promise, timeZone, cutoff, expected) => {
    for (const [, { parameters }] of statements({ timeZone, cutoff })) {
      expect(parameters.cutoff).toBe(expected);
    }
  });

  it('is all that is converted: a position is in the words of the column already', () => {
    const given = { timeZone: 'Asia/Kolkata' };

    expect(find(given).parameters).toMatchObject({ at: AT });
    expect(deleteFound(given).parameters).toMatchObject({ at: AT, next: NEXT });
  });
});

describe('the position', () => {
  const LOWER = 'AND expire_date >= CAST(:at AS DATETIME(6))';

  it.each([
    ['find', find],
    ['delete', deleteFound],
    ['look at a row that may not go', stuckRow],
  ])('is the lower bound of the %s, itself included', (_name, make) => {
    const { sql, parameters } = make({});

    expect(sql).toContain(`WHERE expire_date < CAST(:cutoff AS DATETIME(6)) ${LOWER}`);
    expect(parameters.at).toBe(AT);
  });
});

function stuckRow(given: Given): Statement {
  return mysql(given.timeZone ?? 'UTC').stuckRow(given.table ?? SHOP, stretchOf(given));
}

describe('the look at a row that may not go', () => {
  it('finds the oldest of its stretch, or no row', () => {
    expect(flat(stuckRow({}).sql)).toMatch(
      / ORDER BY expire_date LIMIT 1\) AS oldest\) AS first WHERE stuck IS NOT NULL$/,
    );
  });

  it('has no handle for it, and names the next time after all that expired with it', () => {
    expect(flat(stuckRow({}).sql)).toMatch(
      /^SELECT stuck, NULL AS `row`, \(SELECT CAST\(MIN\(expire_date\) AS CHAR\) FROM `shop`\.`django_session` WHERE expire_date < CAST\(:cutoff AS DATETIME\(6\)\) AND expire_date > CAST\(stuck AS DATETIME\(6\)\)\) AS next FROM \(SELECT CAST\(MIN\(expire_date\) AS CHAR\) AS stuck FROM /,
    );
  });
});

describe('the find of a batch', () => {
  it('looks at the oldest, at most the limit', () => {
    expect(find({}).sql).toBe(
      'SELECT COUNT(*) AS taken, CAST(MAX(expire_date) AS CHAR) AS next FROM (SELECT expire_date FROM `shop`.`django_session` WHERE expire_date < CAST(:cutoff AS DATETIME(6)) AND expire_date >= CAST(:at AS DATETIME(6)) ORDER BY expire_date LIMIT 1500) AS oldest',
    );
    expect(find({}).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: AT });
  });
});

describe('the delete of a batch', () => {
  it('ends where the batch was found to end, and after as many rows', () => {
    expect(deleteFound({}).sql).toBe(
      'DELETE FROM `shop`.`django_session` WHERE expire_date < CAST(:cutoff AS DATETIME(6)) AND expire_date >= CAST(:at AS DATETIME(6)) AND expire_date <= CAST(:next AS DATETIME(6)) ORDER BY expire_date LIMIT 42',
    );
    expect(deleteFound({}).parameters).toEqual({ cutoff: LOCAL_CUTOFF, at: AT, next: NEXT });
  });

  it('tests the expiry itself, whatever was found before', () => {
    expect(deleteFound({}).sql).toMatch(
      /^DELETE FROM `shop`\.`django_session` WHERE expire_date < CAST\(:cutoff AS DATETIME\(6\)\) AND /,
    );
  });
});

it('has the walk along the index alone, since one along the keys would lock live sessions', () => {
  expect(mysql('UTC').storage).toBeNull();
});

describe('countExpired', () => {
  it('stops at its cap, and takes the oldest up to there', () => {
    const { sql, parameters } = mysql('UTC').countExpired(SHOP, CUTOFF, 100_001);

    expect(sql).toMatch(
      /^SELECT COUNT\(\*\) AS expired, CAST\(MIN\(expire_date\) AS CHAR\) AS oldest FROM \(.* ORDER BY expire_date LIMIT 100001\) AS oldest$/,
    );
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF });
  });
});

describe('oldestExpired', () => {
  it('reads one row', () => {
    const { sql, parameters } = mysql('UTC').oldestExpired(SHOP, CUTOFF);

    expect(sql).toMatch(
      /^SELECT CAST\(MIN\(expire_date\) AS CHAR\) AS oldest FROM \(.* ORDER BY expire_date LIMIT 1\) AS oldest$/,
    );
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF });
  });
});

describe('explainExpired', () => {
  it('explains the count and does not run it', () => {
    const { sql, parameters } = mysql('UTC').explainExpired(SHOP, CUTOFF);

    expect(sql).toBe(
      'EXPLAIN SELECT expire_date FROM `shop`.`django_session` WHERE expire_date < CAST(:cutoff AS DATETIME(6))',
    );
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF });
  });
});

describe('readEstimate', () => {
  it.each([
    ['a number', 0, 0],
    ['a number', 65_000_000, 65_000_000],
    ['text, as MariaDB has it', '65000000', 65_000_000],
  ])('reads the rows of the plan from %s', (_name, rows, expected) => {
    const explained = { id: 1, select_type: 'SIMPLE', table: 'django_session', rows };

    expect(mysql('UTC').readEstimate([explained])).toBe(expected);
  });

  it.each<[string, Parameters<ReturnType<typeof mysql>['readEstimate']>[0], string]>([
    ['no row', [], 'null'],
    ['a plan without rows', [{ id: 1 }], 'null'],
    ['a plan that needs no table', [{ rows: null }], 'null'],
    ['rows that are text', [{ rows: 'many' }], 'number'],
  ])('refuses an answer of another shape: %s', (_name, rows, got) => {
    expect(() => mysql('UTC').readEstimate(rows)).toThrow(
      expect.objectContaining({
        name: 'DatabaseError',
        message: `unexpected answer: column "rows" must be a count, got ${got}`,
      }),
    );
  });
});

describe('toInstant', () => {
  it.each([
    ['UTC', '2026-11-21 00:00:07.123999', '2026-11-21T00:00:07.123Z'],
    ['UTC', '2026-11-21 00:00:07', '2026-11-21T00:00:07.000Z'],
    ['UTC', '0001-01-01 00:00:00.000000', '0001-01-01T00:00:00.000Z'],
    ['UTC', '0000-00-00 00:00:00.000000', '0001-01-01T00:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-21 05:30:00.000000', '2026-11-21T00:00:00.000Z'],
    ['America/New_York', '2026-07-01 08:00:00', '2026-07-01T12:00:00.000Z'],
    ['Europe/Lisbon', '2026-10-25 01:30:00', '2026-10-25T01:30:00.000Z'],
  ])(
    "reads the zone's local time, of two readings the later: %s, %s",
    (timeZone, text, expected) => {
      expect(mysql(timeZone).toInstant(text).toISOString()).toBe(expected);
    },
  );

  it.each(['', 'soon'])('reads no time from %j', (text) => {
    expect(mysql('Europe/Lisbon').toInstant(text).getTime()).toBeNaN();
  });
});

describe('inspect', () => {
  const wanted = [
    { text: 'django_session', schema: null, table: 'django_session' },
    { text: '*.web', schema: '*', table: 'web' },
    { text: 'a.b', schema: 'a', table: 'b' },
  ];
  const { inspect } = mysql('UTC');

  it('hands the names over as parameters and none of them in its text', () => {
    const { sql, parameters } = inspect(wanted, false);

    expect(parameters).toEqual({
      schema0: '',
      table0: 'django_session',
      schema1: '*',
      table1: 'web',
      schema2: 'a',
      table2: 'b',
    });
    expect(sql).not.toMatch(/django_session|\bweb\b|'(?:a|b)'/);
  });

  it('asks for each table in a row of its own, in their order', () => {
    const { sql } = inspect(wanted, true);

    const asked = [
      ...flat(sql).matchAll(/SELECT (\d) AS at, :schema(\d) AS sch, :table(\d) AS tbl/g),
    ];

    expect(asked.map(([, ...numbers]) => numbers.map(Number))).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(sql.match(/UNION ALL/g)).toHaveLength(2);
    expect(sql).toContain('ORDER BY wanted.at');
  });

  it('needs no union for one table', () => {
    expect(inspect(wanted.slice(0, 1), true).sql).not.toContain('UNION');
  });

  it.each([
    ["the connection's database where none is named", "WHEN '' THEN t.TABLE_SCHEMA = DATABASE()"],
    [
      'all but those of the server where any is meant',
      "t.TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')",
    ],
  ])('looks in %s', (_name, condition) => {
    expect(flat(inspect(wanted, true).sql)).toContain(condition);
  });

  it('names the columns that its reader reads', () => {
    const { sql } = inspect(wanted, true);

    for (const column of [
      'wanted',
      'now',
      '`user`',
      '`database`',
      '`schema`',
      '`table`',
      'kind',
      'expireDateType',
      'isExpireDateTime',
      'hasSessionKey',
      'isKeyedBySession',
      'hasExpireDateIndex',
      'hasStorageOrder',
      'missingRights',
    ]) {
      expect(flat(sql)).toMatch(new RegExp(` AS ${column}(,| FROM)`));
    }
  });

  it("tells the server's time in UTC, whatever the zone of the session or of the column", () => {
    expect(flat(inspect(wanted, true).sql)).toContain(
      "CONCAT(REPLACE(UTC_TIMESTAMP(3), ' ', 'T'), 'Z') AS now",
    );
    expect(mysql('Asia/Kolkata').inspect(wanted, true)).toEqual(inspect(wanted, true));
  });

  it('asks after the rights that the grant gives', () => {
    const { sql } = inspect(wanted, true);

    const asked = [...flat(sql).matchAll(/THEN '([A-Z]+(?: \(\w+\))?)' END/g)].map(([, of]) => of);

    expect(asked).toEqual(['SELECT (expire_date)', 'DELETE']);
    for (const right of asked) expect(mysql('UTC').grant(SHOP, 'purger@%')).toContain(right);
  });

  it('reads the catalog alone where it does not ask for ends', () => {
    const { sql } = inspect(wanted, false);

    const read = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(?!\()([\w.]+)/g)].map(([, of]) => of);

    expect(read.length).toBeGreaterThan(0);
    for (const table of read) expect(table).toMatch(/^information_schema\.[A-Z_]+$/);
    expect(sql).not.toContain('`django_session`');
  });

  it('asks for the ends of each table that is wanted by its one name', () => {
    const end = (table: string, order: string) =>
      `(SELECT CAST(expire_date AS CHAR) FROM ${table} ORDER BY expire_date ${order} LIMIT 1)`;

    for (const [order, column] of [
      ['ASC', 'oldest'],
      ['DESC', 'newest'],
    ] as const) {
      expect(flat(inspect(wanted, true).sql)).toContain(
        `CASE wanted.at WHEN 0 THEN ${end('`django_session`', order)} WHEN 2 THEN ${end('`a`.`b`', order)} END AS ${column}`,
      );
    }
  });

  it('asks for no ends where every schema is looked through', () => {
    const everywhere = wanted.slice(1, 2);

    expect(inspect(everywhere, true)).toEqual(inspect(everywhere, false));
  });
});

describe('ends', () => {
  it('asks for both ends of each table by its place in the list', () => {
    const end = (order: string, table: string) =>
      `(SELECT CAST(expire_date AS CHAR) FROM ${table} ORDER BY expire_date ${order} LIMIT 1)`;
    const row = (at: number, table: string) =>
      `SELECT ${at} AS at, ${end('ASC', table)} AS oldest, ${end('DESC', table)} AS newest`;

    expect(mysql('UTC').ends([SHOP, HOSTILE])).toEqual({
      sql: `${row(0, '`shop`.`django_session`')} UNION ALL ${row(1, HOSTILE_QUOTED)}`,
      parameters: {},
    });
  });
});

describe('the advice', () => {
  it.each([
    ['a user from anywhere', 'purger@%', "'purger'@'%'"],
    ['a user from a network', 'purger@10.0.0.0/255.0.0.0', "'purger'@'10.0.0.0/255.0.0.0'"],
    ['a user whose name has an @', 'purger@shop@localhost', "'purger@shop'@'localhost'"],
    ['a name that would end its quotes', "o'purger\\@%", "'o''purger\\\\'@'%'"],
  ])('grants the least that the purge needs to %s', (_name, user, account) => {
    expect(mysql('UTC').grant(SHOP, user)).toBe(
      `GRANT SELECT (expire_date), DELETE ON \`shop\`.\`django_session\` TO ${account}`,
    );
  });

  it('creates an index without stopping the application', () => {
    expect(mysql('UTC').createIndex(SHOP)).toBe(
      'ALTER TABLE `shop`.`django_session` ADD INDEX (expire_date), ALGORITHM = INPLACE, LOCK = NONE',
    );
  });

  it('quotes what it names', () => {
    expect(mysql('UTC').grant(HOSTILE, 'purger@%')).toContain(` ON ${HOSTILE_QUOTED} TO `);
    expect(mysql('UTC').createIndex(HOSTILE)).toContain(` TABLE ${HOSTILE_QUOTED} ADD `);
  });
});
