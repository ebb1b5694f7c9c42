import { inspect } from '../../../../lambda/database/postgresql/inspect';
import { flat } from './setup';

describe('inspect', () => {
  const wanted = [
    { text: 'django_session', schema: null, table: 'django_session' },
    { text: '*.web', schema: '*', table: 'web' },
    { text: 'a.b', schema: 'a', table: 'b' },
  ];

  it('passes the names as one parameter, and has none of them in its text', () => {
    const { sql, parameters } = inspect(wanted, false);

    expect(JSON.parse(String(parameters.wanted))).toEqual([
      { at: 0, schema: null, table: 'django_session' },
      { at: 1, schema: '*', table: 'web' },
      { at: 2, schema: 'a', table: 'b' },
    ]);
    expect(sql).toBe(inspect([], false).sql);
  });

  it('names the columns that its reader reads', () => {
    const { sql } = inspect(wanted, true);

    for (const column of ['wanted', 'now', '"user"', 'database', 'schema', '"table"', 'kind']) {
      expect(sql).toContain(` AS ${column}`);
    }
    for (const column of [
      'expireDateType',
      'isExpireDateTime',
      'hasSessionKey',
      'isKeyedBySession',
      'hasExpireDateIndex',
      'hasStorageOrder',
      'missingRights',
    ]) {
      expect(sql).toContain(` AS "${column}"`);
    }
  });

  it('reads the time of the statement, not of a transaction around it', () => {
    expect(flat(inspect(wanted, true).sql)).toContain(
      'json_build_array(clock_timestamp()) ->> 0 AS now',
    );
  });

  it('looks for each right that the grant gives, and names it the same', () => {
    const { sql } = inspect(wanted, true);

    const asked = [...sql.matchAll(/NOT has_\w+\(.*?, '(\w+)'\) THEN '((\w+).*?)' END/g)];
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
    const { sql } = inspect(wanted, false);

    const read = [...sql.matchAll(/\b(?:FROM|JOIN)\s+(?!LATERAL)([a-z_]+)/gi)].map(([, of]) => of);

    expect(new Set(read)).toEqual(
      new Set(['json_to_recordset', 'pg_index', 'pg_class', 'pg_namespace', 'pg_attribute']),
    );
  });

  it('asks for the range of each table that is wanted by its one name', () => {
    const { sql } = inspect(wanted, true);
    const end = (table: string, order: string) =>
      `(SELECT json_build_array(expire_date) ->> 0 FROM ONLY ${table} ORDER BY expire_date ${order} LIMIT 1)`;

    for (const [order, column] of [
      ['ASC', 'oldest'],
      ['DESC', 'newest'],
    ] as const) {
      expect(flat(sql)).toContain(
        `CASE wanted.at WHEN 0 THEN ${end('"django_session"', order)} WHEN 2 THEN ${end('"a"."b"', order)} END AS ${column}`,
      );
    }
  });

  it('asks for no ranges when every schema is searched', () => {
    expect(inspect(wanted.slice(1, 2), true).sql).toBe(inspect([], false).sql);
  });
});
