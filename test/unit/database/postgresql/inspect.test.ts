import { postgresql } from '../../../../lambda/database/postgresql';
import { inspect } from '../../../../lambda/database/postgresql/inspect';
import { asText } from '../../../../lambda/database/postgresql/sql';
import { firstPart } from '../../../support/toy-dialect';
import { flat } from './setup';

describe('inspect', () => {
  const wanted = [
    { text: 'django_session', schema: null, table: 'django_session' },
    { text: '*.web', schema: '*', table: 'web' },
    { text: 'a.b', schema: 'a', table: 'b' },
  ];

  it('passes the names as one parameter, and has none of them in its text', () => {
    const { sql, parameters } = inspect(wanted, firstPart(false));

    expect(JSON.parse(String(parameters.wanted))).toEqual([
      { at: 0, schema: null, table: 'django_session' },
      { at: 1, schema: '*', table: 'web' },
      { at: 2, schema: 'a', table: 'b' },
    ]);
    expect(sql).toBe(inspect([], firstPart(false)).sql);
  });

  it('names the columns that its reader reads', () => {
    const { sql } = inspect(wanted, firstPart(true));

    const plain =
      'wanted now "user" database schema "table" near kind owner triggers rules children';
    for (const column of plain.split(' ')) {
      expect(sql).toContain(` AS ${column}`);
    }
    for (const column of [
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
      'missingRights',
    ]) {
      expect(sql).toContain(` AS "${column}"`);
    }
  });

  it('reads the time of the statement, not of a transaction around it', () => {
    expect(flat(inspect(wanted, firstPart(true)).sql)).toContain(
      "pg_catalog.json_build_array(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC')",
    );
  });

  it('looks for each right that the grant gives, and names it the same', () => {
    const { sql } = inspect(wanted, firstPart(true));

    const asked = [
      ...sql.matchAll(/NOT pg_catalog\.has_\w+\(.*?, '(\w+)'\) THEN '((\w+).*?)' END/g),
    ];
    expect(asked.map(([, , told]) => told)).toEqual([
      'USAGE on its schema',
      'SELECT (ctid)',
      'SELECT (expire_date)',
      'UPDATE (expire_date)',
      'DELETE',
    ]);
    for (const [, right, , told] of asked) expect(right).toBe(told);
  });

  it('reads only the catalogs when it does not ask for ranges', () => {
    const { sql } = inspect(wanted, firstPart(false));

    const read = [
      ...sql.matchAll(/\b(?:FROM|JOIN)\s+(?!LATERAL|\()(?:pg_catalog\.)?([a-z_]+)/gi),
    ].map(([, of]) => of);
    const functions = ['json_to_recordset', 'unnest'];
    const others = read.filter((of = '') => !of.startsWith('pg_') && !functions.includes(of));

    expect(new Set(others)).toEqual(new Set(['child']));
  });

  it('asks for the range of each table that is wanted by its one name', () => {
    const { sql } = inspect(wanted, firstPart(true));
    const end = (table: string, order: string) =>
      `(SELECT expire_date FROM ONLY ${table} WHERE expire_date IS NOT NULL ORDER BY expire_date ${order} LIMIT 1)`;

    for (const [order, column] of [
      ['ASC', 'oldest'],
      ['DESC', 'newest'],
    ] as const) {
      const instant = `CASE WHEN found."hasExpireDateIndex" AND NOT found."hidesRows" THEN CASE WHEN wanted = 0 THEN ${end('"django_session"', order)} WHEN wanted = 2 THEN ${end('"a"."b"', order)} END END`;

      expect(flat(sql)).toContain(`${asText(instant)} AS ${column}`);
    }
  });

  it('asks for no ranges when every schema is searched', () => {
    expect(inspect(wanted.slice(1, 2), firstPart(true)).sql).toBe(
      inspect([], firstPart(false)).sql,
    );
  });
});

describe('the search path', () => {
  const danger = (...path: string[]) =>
    postgresql.danger({ user: 'purger', database: 'shop', searchPath: JSON.stringify(path) });

  it.each([['pg_catalog'], ['pg_catalog', 'public'], ['pg_temp_3', 'pg_catalog', 'public']])(
    'is safe where the catalog comes first: %s',
    (...path) => {
      expect(danger(...path)).toBeNull();
    },
  );

  it('is a danger where another schema comes before it', () => {
    expect(danger('a"b', 'pg_catalog', 'public')).toEqual({
      problem:
        'the search path of user "purger" has other schemas before pg_catalog (a"b), whose functions and operators could run with the purge\'s rights',
      remedy: 'ALTER ROLE purger IN DATABASE shop SET search_path = "a""b", public',
    });
  });
});
