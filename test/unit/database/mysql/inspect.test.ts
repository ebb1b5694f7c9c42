import { mysql } from '../../../../lambda/database/mysql';
import { inspect } from '../../../../lambda/database/mysql/inspect';
import { firstPart } from '../../../support/toy-dialect';
import { flat, SHOP } from './setup';

describe('inspect', () => {
  const wanted = [
    { text: 'django_session', schema: null, table: 'django_session' },
    { text: '*.web', schema: '*', table: 'web' },
    { text: 'a.b', schema: 'a', table: 'b' },
  ];

  it('passes the names as parameters, and has none of them in its text', () => {
    const { sql, parameters } = inspect(wanted, firstPart(false));

    expect(parameters).toEqual({
      schema0: '',
      table0: 'django_session',
      schema1: '*',
      table1: 'web',
      schema2: 'a',
      table2: 'b',
      at: -1,
      schema: '',
    });
    expect(sql).not.toMatch(/django_session|\bweb\b|'(?:a|b)'/);
  });

  it('asks for each table in its own row, in their order', () => {
    const { sql } = inspect(wanted, firstPart(true));

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
    expect(inspect(wanted.slice(0, 1), firstPart(true)).sql).not.toContain('UNION');
  });

  it.each([
    [
      "the connection's database where none is named",
      "WHEN '' THEN CASE @@lower_case_table_names WHEN 0 THEN CAST(t.TABLE_SCHEMA AS BINARY) = CAST(DATABASE() AS BINARY)",
    ],
    [
      'all databases except those of the server for a pattern',
      "t.TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')",
    ],
  ])('looks in %s', (_name, condition) => {
    expect(flat(inspect(wanted, firstPart(true)).sql)).toContain(condition);
  });

  it('names the columns that its reader reads', () => {
    const { sql } = inspect(wanted, firstPart(true));

    for (const column of [
      'wanted',
      'now',
      '`user`',
      '`database`',
      '`schema`',
      '`table`',
      'near',
      'kind',
      'owner',
      'expireDateType',
      'isExpireDateTime',
      'isExpireDateNullable',
      'hasSessionKey',
      'isKeyedBySession',
      'hasExpireDateIndex',
      'otherIndexes',
      'hasStorageOrder',
      'hasRowSecurity',
      'hidesRows',
      'triggers',
      'rules',
      'children',
      'missingRights',
    ]) {
      expect(flat(sql)).toMatch(new RegExp(` AS ${column}(,| FROM)`));
    }
  });

  it("reads the server's time in UTC, whatever the zone of the session", () => {
    expect(flat(inspect(wanted, firstPart(true)).sql)).toContain(
      "CONCAT(REPLACE(UTC_TIMESTAMP(3), ' ', 'T'), 'Z') AS now",
    );
  });

  it('looks for the rights that the grant gives', () => {
    const { sql } = inspect(wanted, firstPart(true));

    const asked = [...flat(sql).matchAll(/THEN '([A-Z]+(?: \(\w+\))?)' END/g)].map(([, of]) => of);

    expect(asked).toEqual(['SELECT (expire_date)', 'DELETE']);
    for (const right of asked) expect(mysql('UTC').grant(SHOP, 'purger@%')).toContain(right);
  });

  it('reads only the catalog when it does not ask for ranges', () => {
    const { sql } = inspect(wanted, firstPart(false));

    const read = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(?!\()([\w.]+)/g)].map(([, of]) => of);

    expect(read.length).toBeGreaterThan(0);
    for (const table of read) expect(table).toMatch(/^information_schema\.[A-Z_]+$/);
    expect(sql).not.toContain('`django_session`');
  });

  it('asks for the range of each table that is wanted by its one name', () => {
    const end = (table: string, order: string) =>
      `(SELECT expire_date FROM ${table} WHERE expire_date IS NOT NULL ORDER BY expire_date ${order} LIMIT 1)`;

    for (const [order, column] of [
      ['ASC', 'oldest'],
      ['DESC', 'newest'],
    ] as const) {
      expect(flat(inspect(wanted, firstPart(true)).sql)).toContain(
        `CAST(CASE WHEN found.hasExpireDateIndex THEN CASE WHEN wanted = 0 THEN ${end('`django_session`', order)} WHEN wanted = 2 THEN ${end('`a`.`b`', order)} END END AS CHAR) AS ${column}`,
      );
    }
  });

  it('asks for no ranges when every schema is searched', () => {
    const everywhere = wanted.slice(1, 2);

    expect(inspect(everywhere, firstPart(true)).sql).toBe(
      inspect(everywhere, firstPart(false)).sql,
    );
  });
});
