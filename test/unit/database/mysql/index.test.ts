import type { Statement } from '../../../../lambda/data-api/statement';
import { mysql } from '../../../../lambda/database/mysql';
import {
  AT,
  batchOf,
  CUTOFF,
  deleteFound,
  find,
  findEnds,
  flat,
  type Given,
  HOSTILE,
  HOSTILE_QUOTED,
  LAST,
  LOCAL_CUTOFF,
  passFound,
  SHOP,
} from './setup';

const statements = (given: Given = {}): [string, Statement][] => {
  const { table = SHOP, timeZone = 'UTC', cutoff = CUTOFF } = given;
  const dialect = mysql(timeZone);
  return [
    ['find ahead', findEnds(given)],
    ['find', find(given)],
    ['delete', deleteFound(given)],
    ...passFound(given).map((made, at): [string, Statement] => [`pass ${at}`, made]),
    ['countExpired', dialect.countExpired(table, cutoff, 10)],
    ['countAllExpired', dialect.countAllExpired(table, cutoff)],
    ['oldestExpired', dialect.oldestExpired(table, cutoff)],
    ['explainExpired', dialect.explainExpired(table, cutoff)],
  ];
};

describe('without a time zone', () => {
  const dialect = mysql(null);
  const MISSING = {
    name: 'DatabaseError',
    message:
      'SESSION_PURGE_TIME_ZONE is not set, and on MySQL an expire_date has no zone of its own',
  };

  it.each<[string, () => unknown]>([
    ['finds a batch', () => dialect.index.batch(SHOP, batchOf()).next()],
    ['passes rows', () => dialect.index.passOver(SHOP, batchOf()).next()],
    ['counts', () => dialect.countExpired(SHOP, CUTOFF, 10)],
    ['counts all', () => dialect.countAllExpired(SHOP, CUTOFF)],
    ['looks for the oldest', () => dialect.oldestExpired(SHOP, CUTOFF)],
    ['asks for a plan', () => dialect.explainExpired(SHOP, CUTOFF)],
    ['reads a time', () => dialect.toInstant(AT)],
  ])('nobody %s', (_what, work) => {
    expect(work).toThrow(expect.objectContaining(MISSING));
  });

  it('says what is missing, and how to find it', () => {
    expect(dialect.missing?.problem).toBe(MISSING.message);
    expect(dialect.missing?.remedy).toContain('with USE_TZ = True set timeZone to UTC');
    expect(mysql('UTC')).not.toHaveProperty('missing');
  });
});

describe('a table that was not found', () => {
  const { showTable } = mysql('UTC');
  const name = { text: 'shopp.django_session', schema: 'shopp', table: 'django_session' };
  const row = { user: 'purger@%', database: 'shop', owner: null };

  it('may be hidden for want of rights, with the GRANT', () => {
    expect(showTable(name, row, [])).toBe(
      "MySQL shows the user only tables to which it has a right, so if this one is there: as an administrator: GRANT SELECT (expire_date), DELETE ON `shopp`.`django_session` TO 'purger'@'%'",
    );
  });

  it('gets no GRANT where another name may be meant', () => {
    expect(showTable(name, row, ['shop.django_session'])).toBe(
      'MySQL shows the user only tables to which it has a right: if the name is right, give the user its rights to the table',
    );
  });
});

describe('every statement on a table', () => {
  it.each(statements({ table: HOSTILE }))(
    'quotes any name that a catalog holds: %s',
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
    'asks for rows that expired strictly before the cutoff: %s',
    (_name, { sql }) => {
      expect(sql).toMatch(/(WHERE|AND) expire_date < CAST\(:cutoff AS DATETIME\(6\)\)/);
      expect(sql).not.toMatch(/BETWEEN|NOW\(\)|CURRENT_TIMESTAMP|SYSDATE|UTC_/i);
    },
  );

  it.each(statements())(
    'compares the bare column with times of its own type: %s',
    (_name, { sql }) => {
      const compared = [...sql.matchAll(/(\S+) ([<>]=?) (CAST\(:?\w+ AS \w+\(6\)\)|found\.\w+)/g)];

      expect(compared.length).toBeGreaterThan(0);
      for (const [, column, , value] of compared) {
        expect(column).toBe('expire_date');
        expect(value).toMatch(/^(CAST\((:\w+) AS DATETIME\(6\)\)|found\.(first|last))$/);
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
      'stops at a local time that will come again',
      'Europe/Lisbon',
      LISBON_SET_BACK,
      '2026-10-25 01:00:00.000',
    ],
  ])('%s, in every statement', (_promise, timeZone, cutoff, expected) => {
    for (const [, { parameters }] of statements({ timeZone, cutoff })) {
      expect(parameters.cutoff).toBe(expected);
    }
  });

  it('is converted, and a position is not, since it is in local time already', () => {
    const given = { timeZone: 'Asia/Kolkata' };

    expect(find(given).parameters).toMatchObject({ at: AT });
    expect(deleteFound(given).parameters).toMatchObject({ at: AT, last: LAST });
  });
});

it('has only the walk along the index, since one along the keys would lock live sessions', () => {
  expect(mysql('UTC').storage).toBeNull();
});

describe('countExpired', () => {
  it('stops at its cap, with the oldest row up to there', () => {
    const { sql, parameters } = mysql('UTC').countExpired(SHOP, CUTOFF, 100_001);

    expect(sql).toMatch(
      /^SELECT COUNT\(\*\) AS expired, CAST\(MIN\(expire_date\) AS CHAR\) AS oldest FROM \(.* ORDER BY expire_date LIMIT 100001\) AS oldest$/,
    );
    expect(parameters).toEqual({ cutoff: LOCAL_CUTOFF });
  });

  it('looks from the local time on before which no session of that time stands', () => {
    const since = new Date('2026-10-25T00:30:00Z');
    const { sql, parameters } = mysql('Europe/Berlin').oldestExpired(SHOP, CUTOFF, since);

    expect(sql).toContain(' AND expire_date >= CAST(:at AS DATETIME(6)) ORDER BY');
    expect(parameters).toMatchObject({ at: '2026-10-25 02:00:00.000' });
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
    ['a plan that needs no table', null, 0],
  ])('reads the rows of the plan from %s', (_name, rows, expected) => {
    const explained = { id: 1, select_type: 'SIMPLE', table: 'django_session', rows };

    expect(mysql('UTC').readEstimate([explained])).toBe(expected);
  });

  it.each<[string, Parameters<ReturnType<typeof mysql>['readEstimate']>[0], string]>([
    ['no row', [], 'null'],
    ['a plan without rows', [{ id: 1 }], 'null'],
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

describe('refuseNull', () => {
  const refuse = (isExpireDatePlain: boolean) =>
    mysql('UTC').refuseNull(SHOP, { isExpireDatePlain, expireDateType: 'datetime' });

  it('keeps the type of the column', () => {
    expect(refuse(true)).toMatch(/^ALTER TABLE .* MODIFY expire_date datetime NOT NULL$/);
  });

  it('is no statement where the column has a default, a comment or an expression, which MODIFY takes away', () => {
    expect(refuse(false)).toMatch(/^ALTER TABLE .* MODIFY with NOT NULL and all else that /);
  });
});

describe('toInstant', () => {
  it.each([
    ['UTC', '2026-11-21 00:00:07.123999', '2026-11-21T00:00:07.123Z'],
    ['UTC', '2026-11-21 00:00:07', '2026-11-21T00:00:07.000Z'],
    ['UTC', '0001-01-01 00:00:00.000000', '0001-01-01T00:00:00.000Z'],
    ['UTC', '0000-00-00 00:00:00.000000', '0001-01-01T00:00:00.000Z'],
    ['UTC', '2024-00-15 12:00:00.000000', '2024-01-01T00:00:00.000Z'],
    ['UTC', '2024-05-00 12:00:00.000000', '2024-05-01T00:00:00.000Z'],
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

describe('expiryRanges', () => {
  it('asks for both ends of each table by its place in the list', () => {
    const end = (order: string, table: string) =>
      `(SELECT expire_date FROM ${table} WHERE expire_date IS NOT NULL ORDER BY expire_date ${order} LIMIT 1)`;
    const row = (at: number, table: string) =>
      `SELECT ${at} AS at, ${end('ASC', table)} AS oldest, ${end('DESC', table)} AS newest`;

    expect(mysql('UTC').expiryRanges([SHOP, HOSTILE])).toEqual({
      sql: `SELECT at, CAST(oldest AS CHAR) AS oldest, CAST(newest AS CHAR) AS newest FROM (${row(0, '`shop`.`django_session`')} UNION ALL ${row(1, HOSTILE_QUOTED)}) AS ranges`,
      parameters: {},
      mode: 'ask',
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
