import type { TableName } from '../../../contract/table-name';
import type { Row } from '../../../lambda/data-api/rows';
import type { Dialect } from '../../../lambda/database/dialect';
import { sessionDatabase } from '../../../lambda/database/session-database';
import { DatabaseError } from '../../../lambda/errors';
import { failedCall } from '../../support/failed-call';
import { tableName } from '../../support/real-session-table';
import { INSPECTED, type Scripted, scriptedApi, toyDialect } from '../../support/toy-dialect';

const WANTED = [tableName('django_session')];

function setup(
  script: readonly Scripted[],
  dialects: readonly Dialect[] = [toyDialect()],
  configured: readonly TableName[] = [],
) {
  const api = scriptedApi(script);
  const database = sessionDatabase(api, dialects, configured);
  return { open: (wanted: readonly TableName[] = WANTED) => database.open(wanted), sent: api.sent };
}

const inspected = (given: Row = {}): Row[] => [{ ...INSPECTED, ...given }];

/** The row of an inspection that did not ask for ranges. */
const withoutRange = (given: Row = {}): Row => {
  const { hasRange, oldest, newest, ...found } = INSPECTED;
  return { ...found, ...given };
};

const notGranted = failedCall('permission denied; SQLState: 42501');

describe('open', () => {
  it("reads the engine, the database's clock, the tables and their ranges with one statement", async () => {
    const { open, sent } = setup([inspected()]);

    const { engine, now, tables, warnings } = await open();

    expect(engine).toBe('toy');
    expect(now).toEqual(new Date('2026-11-22T03:17:00.000Z'));
    expect(tables).toMatchObject([
      {
        name: 'public.django_session',
        oldest: new Date(10_000),
        newest: new Date(99_000),
        start: { walk: 'index', at: 'at second 10' },
      },
    ]);
    expect(warnings).toEqual([]);
    expect(sent).toEqual(['ask toy: inspect with range [["django_session"]]']);
  });

  it('refuses an engine without a setting that it needs, once the engine is known', async () => {
    const toy = toyDialect('other');
    const needy = { ...toyDialect(), missing: { problem: 'X is not set', remedy: 'set X' } };
    const { open, sent } = setup(
      [failedCall('syntax error; SQLState: 42601'), inspected()],
      [toy, needy],
    );

    await expect(open()).rejects.toMatchObject({
      name: 'SettingsError',
      message: 'settings: X is not set; nothing was deleted; set X',
    });
    expect(sent).toHaveLength(2);
  });

  it('asks no other engine for that setting', async () => {
    const needy = { ...toyDialect('needy'), missing: { problem: 'X is not set', remedy: 'set X' } };
    const { open } = setup([inspected()], [toyDialect(), needy]);

    expect(await open()).toMatchObject({ engine: 'toy' });
  });

  it('has the duration of the fastest answer', async () => {
    const api = scriptedApi([inspected()], 12.5);

    const { roundTripMs } = await sessionDatabase(api, [toyDialect()]).open(WANTED);

    expect(roundTripMs).toBe(12.5);
  });

  it.each([
    ['an offset', '2026-11-22T05:17:00.123456+02:00', '2026-11-22T03:17:00.123Z'],
    ['none but Z', '2026-11-22T03:17:00.123Z', '2026-11-22T03:17:00.123Z'],
  ])("reads the database's clock with %s", async (_name, now, expected) => {
    const { open } = setup([inspected({ now })]);

    expect((await open()).now).toEqual(new Date(expected));
  });

  it('reads the truth values of MySQL', async () => {
    const truth = {
      isExpireDateTime: 1,
      hasSessionKey: 1,
      isKeyedBySession: 1,
      hasStorageOrder: 0,
    };
    const { open } = setup([inspected({ ...truth, hasExpireDateIndex: 0 })]);

    const { tables, warnings } = await open();

    expect(tables).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  it.each([
    [true, 2],
    [false, 1],
  ])('gives a table a storage walk if there is one: %s', async (hasStorageOrder, calls) => {
    const sample = [{ reason: 'the sample', start: null }];
    const { open, sent } = setup([inspected({ hasStorageOrder }), sample]);
    const { tables } = await open();

    await tables[0]?.chooseWalk(new Date());

    expect(sent).toHaveLength(calls);
  });

  it('has the warnings', async () => {
    const { open } = setup([inspected({ hasExpireDateIndex: false })]);

    const { warnings } = await open();

    expect(warnings).toEqual([
      'table "django_session" has no index that starts with expire_date: each run reads the whole table; as the owner of the table ("shop_owner"): CREATE INDEX',
    ]);
  });

  it('tells of a table that may not be purged, and asks for no range of it', async () => {
    const rows = [...inspected({ kind: 'view', hasRange: false }), ...inspected({ schema: 'web' })];
    const { open, sent } = setup([rows]);

    expect(await open()).toMatchObject({
      tables: [{ name: 'web.django_session' }],
      unfit: [{ name: 'public.django_session', error: { name: 'TableError' } }],
    });
    expect(sent).toHaveLength(1);
  });

  describe('of some of the configured tables', () => {
    const configured = ['django_session', 'kid'].map(tableName);
    const kid = { schema: 'public', table: 'kid', wanted: 1 };
    const children = '[["public","kid"]]';

    it('asks for the others only where there are tables below', async () => {
      const { open, sent } = setup([inspected()], undefined, configured);

      expect((await open()).unfit).toEqual([]);
      expect(sent).toHaveLength(1);
    });

    it('takes none for forgotten to which another name leads', async () => {
      const all = [withoutRange({ children }), withoutRange(kid)];
      const { open, sent } = setup([inspected({ children }), all], undefined, configured);

      expect(await open()).toMatchObject({
        tables: [{ name: 'public.django_session' }],
        unfit: [],
      });
      expect(sent.slice(1)).toEqual(['read toy: inspect [["django_session","kid"]]']);
    });

    it('tells of one below that only the question for all has found', async () => {
      const other = JSON.stringify([['public', 'other']]);
      const all = [withoutRange({ children: other }), withoutRange(kid)];
      const script = [inspected({ children }), all, [withoutRange({ table: 'other' })]];
      const { open } = setup(script, undefined, configured);

      expect((await open()).unfit).toMatchObject([{ name: 'public.other' }]);
    });
  });

  it('asks for no range to which no index leads', async () => {
    const { open, sent } = setup([inspected({ hasExpireDateIndex: false, hasRange: false })]);

    expect((await open()).tables).toMatchObject([
      { isIndexed: false, oldest: null, newest: null, start: { walk: 'index', at: 'at null' } },
    ]);
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Row[], string]>([
    ['an answer without a row', [], 'column "now" must be text, got undefined'],
    ['a clock that tells nothing', inspected({ now: null }), 'column "now" must be text, got null'],
    ['a time that is none', inspected({ now: 'now' }), "the database's clock must tell a time"],
    ['an end that is not a time', inspected({ oldest: 'soon' }), 'an expire_date must be a time'],
    [
      'an end that is not text',
      inspected({ newest: 7 }),
      'column "newest" must be text, got number',
    ],
    [
      'only one end',
      [withoutRange({ hasRange: true, oldest: null })],
      'column "newest" must be text, got undefined',
    ],
  ])('throws at %s', async (_name, rows, problem) => {
    const { open } = setup([rows]);

    await expect(open()).rejects.toMatchObject({
      name: 'DatabaseError',
      message: `unexpected answer: ${problem}`,
    });
  });
});

describe('the ranges of tables that a pattern found', () => {
  const EVERYWHERE = [tableName('*.django_session')];
  const nowhere = { hasRange: false, oldest: null, newest: null };

  const foundIn = (count: number): Row[] =>
    Array.from({ length: count }, (_, at) => ({ ...INSPECTED, ...nowhere, schema: `s${at}` }));

  const rangesOf = (count: number, first = 0): Row[] =>
    Array.from({ length: count }, (_, at) => ({
      at,
      oldest: `second ${first + at}`,
      newest: `second ${first + at + 1000}`,
    }));

  it('are asked for once the tables are known, and belong to their tables', async () => {
    const { open, sent } = setup([foundIn(2), rangesOf(2).reverse()]);

    const { tables } = await open(EVERYWHERE);

    expect(sent).toEqual([
      'ask toy: inspect with range [["*.django_session"]]',
      'ask toy: ranges [["s0.django_session","s1.django_session"]]',
    ]);
    expect(tables).toMatchObject([
      { name: 's0.django_session', oldest: new Date(0), newest: new Date(1_000_000) },
      { name: 's1.django_session', oldest: new Date(1000), newest: new Date(1_001_000) },
    ]);
  });

  it('are asked for a hundred at a time', async () => {
    const { open, sent } = setup([
      foundIn(205),
      rangesOf(100),
      rangesOf(100, 100),
      rangesOf(5, 200),
    ]);

    const { tables } = await open(EVERYWHERE);

    const asked = sent.slice(1).map((sql) => JSON.parse(sql.replace('ask toy: ranges ', ''))[0]);
    expect(asked.map((of) => of.length)).toEqual([100, 100, 5]);
    expect(asked.flat()).toEqual(tables.map(({ name }) => name));
    expect(tables.map(({ oldest }) => oldest)).toEqual(
      Array.from({ length: 205 }, (_, at) => new Date(at * 1000)),
    );
  });

  it.each([100, 200])('take no more statements than that: %s', async (count) => {
    const hundreds = Array.from({ length: count / 100 }, () => rangesOf(100));
    const { open, sent } = setup([foundIn(count), ...hundreds]);

    await open(EVERYWHERE);

    expect(sent).toHaveLength(1 + hundreds.length);
  });

  it('are not asked for again when a table is also wanted by its name', async () => {
    const rows = [
      { ...INSPECTED, ...nowhere, wanted: 1, schema: 'one' },
      { ...INSPECTED, ...nowhere, wanted: 1 },
      { ...INSPECTED, wanted: 0 },
    ];
    const { open, sent } = setup([rows, rangesOf(1)]);

    const { tables } = await open([...WANTED, ...EVERYWHERE]);

    expect(sent.slice(1)).toEqual(['ask toy: ranges [["one.django_session"]]']);
    expect(tables).toMatchObject([
      { name: 'one.django_session', oldest: new Date(0) },
      { name: 'public.django_session', oldest: new Date(10_000) },
    ]);
  });

  it('may be none', async () => {
    const { open } = setup([foundIn(1), [{ at: 0, ...nowhere }]]);

    expect((await open(EVERYWHERE)).tables).toMatchObject([{ oldest: null, newest: null }]);
  });

  it.each<[string, Row[], string]>([
    ['no row', [], 'the expiry range of a table is missing'],
    ['a row for another table', [{ at: 1, ...nowhere }], 'the expiry range of a table is missing'],
    ['no place', [{ at: null, ...nowhere }], 'column "at" must be a count, got null'],
    ['no end', [{ at: 0, oldest: null }], 'column "newest" must be text, got undefined'],
    [
      'an end that is not a time',
      [{ at: 0, oldest: 'x', newest: null }],
      'an expire_date must be a time',
    ],
  ])('are refused when the answer has %s', async (_name, rows, problem) => {
    const { open } = setup([foundIn(1), rows]);

    await expect(open(EVERYWHERE)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: `unexpected answer: ${problem}`,
    });
  });
});

describe('an inspection that is refused for the ranges that it asks for', () => {
  const PLAIN = 'read toy: inspect [["django_session"]]';

  it('is sent without them, and says what is wrong', async () => {
    const { open, sent } = setup([notGranted, [withoutRange({ missingRights: 'DELETE' })]]);

    const message =
      'user "purger" lacks DELETE on table "django_session"; as the owner of the table ("shop_owner"): GRANT';
    expect(await open()).toMatchObject({ tables: [], unfit: [{ error: { message } }] });
    expect(sent).toEqual(['ask toy: inspect with range [["django_session"]]', PLAIN]);
  });

  it('is followed by a statement for the ranges when nothing is wrong', async () => {
    const ranges = [{ at: 0, oldest: 'second 3', newest: 'second 4' }];
    const { open, sent } = setup([notGranted, [withoutRange()], ranges]);

    const { tables } = await open();

    expect(tables).toMatchObject([{ oldest: new Date(3000), newest: new Date(4000) }]);
    expect(sent.slice(1)).toEqual([PLAIN, 'ask toy: ranges [["public.django_session"]]']);
  });

  it('leaves the table alone when that statement is refused, too', async () => {
    const { open } = setup([notGranted, [withoutRange()], notGranted]);

    expect(await open()).toMatchObject({ tables: [], unfit: [{ error: notGranted }] });
  });
});

describe('the engine', () => {
  const foreignToPostgresql = failedCall('syntax error at or near "`"; SQLState: 42601');
  const foreignToMysql = failedCall(
    'You have an error in your SQL syntax; check the manual; Error code: 1064; SQLState: 42000',
  );
  const mysqlWithoutState = failedCall('you have an Error in your SQL Syntax near AS');
  const unknownColumn = failedCall('Unknown column; Error code: 1054; SQLState: 42S22');
  const badRequest = failedCall('the statement cannot be read', 'BadRequestException');
  const notValid = failedCall('a parameter has no value', 'ValidationException');

  const both = [toyDialect('a'), toyDialect('b')];
  const asked = (engine: string, what = 'inspect with range') =>
    `${what === 'inspect' ? 'read' : 'ask'} ${engine}: ${what} [["django_session"]]`;

  it('is the first that understands the statement, and no other is tried', async () => {
    const { open, sent } = setup([inspected()], both);

    const { engine, tables } = await open();

    expect(engine).toBe('a');
    expect(tables).toHaveLength(1);
    expect(sent).toEqual([asked('a')]);
  });

  it.each([
    ["PostgreSQL's word for it", foreignToPostgresql],
    ["MySQL's word for it", foreignToMysql],
    ["MySQL's word for it without a state", mysqlWithoutState],
  ])('is the next one after one statement in foreign grammar: %s', async (_name, refused) => {
    const { open, sent } = setup([refused, inspected()], both);

    const { engine, tables } = await open();

    expect(engine).toBe('b');
    expect(tables).toHaveLength(1);
    expect(sent).toEqual([asked('a'), asked('b')]);
  });

  it.each([
    ['another error of the database', unknownColumn],
    ['a bad request', badRequest],
    ['a parameter that is not valid', notValid],
  ])(
    'is the next one when the first refuses the statement without ranges, too: %s',
    async (_name, refused) => {
      const { open, sent } = setup([refused, refused, inspected()], both);

      expect((await open()).engine).toBe('b');
      expect(sent).toEqual([asked('a'), asked('a', 'inspect'), asked('b')]);
    },
  );

  it('is the next one when the inspection without ranges is foreign grammar', async () => {
    const { open } = setup([badRequest, foreignToMysql, inspected()], both);

    expect((await open()).engine).toBe('b');
  });

  it('is the one whose statements the tables use from then on', async () => {
    const { open, sent } = setup([foreignToMysql, inspected(), [{ oldest: null }]], both);
    const { tables } = await open();

    await tables[0]?.oldestExpired({ cutoff: new Date(), walk: 'index' });

    expect(sent.at(-1)).toMatch(/^probe b: oldest /);
  });

  it.each([
    [
      'the first, and the second is foreign grammar',
      [notGranted, notGranted, foreignToPostgresql],
      notGranted,
    ],
    [
      'the second, and the first is foreign grammar',
      [foreignToMysql, unknownColumn, unknownColumn],
      unknownColumn,
    ],
    [
      'a bad request before foreign grammar',
      [badRequest, badRequest, foreignToPostgresql],
      badRequest,
    ],
    [
      'each of them: then the first counts',
      [notGranted, notGranted, unknownColumn, unknownColumn],
      notGranted,
    ],
    [
      'the inspection without ranges, which explains it better',
      [badRequest, notGranted, foreignToPostgresql],
      notGranted,
    ],
  ])('is refused with the reason of %s', async (_name, refusals, expected) => {
    const { open, sent } = setup(refusals, both);

    await expect(open()).rejects.toBe(expected);
    expect(sent).toHaveLength(refusals.length);
  });

  it.each([
    ['both in the words of MySQL', foreignToMysql, mysqlWithoutState],
    ['both in the words of PostgreSQL', foreignToPostgresql, foreignToPostgresql],
    ['each in its own', foreignToMysql, foreignToPostgresql],
  ])('is one that is known, or nothing is deleted: %s', async (_name, first, second) => {
    const { open } = setup([first, second], both);

    await expect(open()).rejects.toEqual(
      expect.objectContaining({
        name: 'DatabaseError',
        message:
          "the cluster's engine must be a or b, but it understands neither; nothing was deleted; check the cluster's ARN",
        failure: null,
      }),
    );
  });

  it.each<[string, Error]>([
    ['a cluster that is not there', failedCall('failing over', 'DatabaseUnavailableException')],
    ['a cluster that does not wake', failedCall('resuming', 'DatabaseResumingException')],
    ['a network that is down', failedCall('refused', 'ECONNREFUSED')],
    ['silence', failedCall('a request has exceeded the 50000 ms', 'ETIMEDOUT')],
    ['a service that is not to be had', failedCall('no', 'ServiceUnavailableError')],
    ['a call that is not allowed', failedCall('no', 'AccessDeniedException')],
    ['a secret that cannot be read', failedCall('no', 'SecretsErrorException')],
    ['an answer of another shape', new DatabaseError('error in your SQL syntax')],
    ['too many connections', failedCall('no more; SQLState: 53300')],
    ['a wrong password on PostgreSQL', failedCall('no; SQLState: 28P01')],
    ['a wrong password on MySQL', failedCall('no; Error code: 1045; SQLState: 28000')],
    ['a database that is not there', failedCall('no; SQLState: 3D000')],
    ['a database that takes no connection', failedCall('not accepting it; SQLState: 55000')],
    ['a blocked host', failedCall('no; Error code: 1129; SQLState: HY000')],
    ['a mistake in the code', new TypeError('no')],
  ])('is not looked for after %s', async (_name, failure) => {
    const { open, sent } = setup([failure], both);

    await expect(open()).rejects.toBe(failure);
    expect(sent).toEqual([asked('a')]);
  });

  it('is not looked for after a silence that follows foreign grammar', async () => {
    const failure = failedCall('failing over', 'DatabaseUnavailableException');
    const { open } = setup([foreignToMysql, failure], both);

    await expect(open()).rejects.toBe(failure);
  });

  it('is known when its tables may not be purged, and no other is tried', async () => {
    const { open, sent } = setup([inspected({ kind: 'view', hasRange: false })], both);

    expect(await open()).toMatchObject({ engine: 'a', tables: [] });
    expect(sent).toEqual([asked('a')]);
  });
});
