import { catalogOperators, literal } from '../../../../lambda/database/postgresql/sql';

describe('literal', () => {
  it.each([
    ["it's", "'it''s'"],
    [String.raw`a\b's`, String.raw`E'a\\b''s'`],
    ['a:b', String.raw`E'a\x3Ab'`],
  ])('means the same whatever a backslash means to the server: %s', (text, sql) => {
    expect(literal(text)).toBe(sql);
  });
});

describe('catalogOperators', () => {
  it('names each operator as the catalog’s own', () => {
    expect(catalogOperators('\n a = b AND\n c <> ANY (d) OR (e -> f) ->> g ')).toBe(
      'a OPERATOR(pg_catalog.=) b AND\n c OPERATOR(pg_catalog.<>) ANY (d) OR (e OPERATOR(pg_catalog.->) f) OPERATOR(pg_catalog.->>) g',
    );
  });

  it.each([
    `SELECT ' = ', '''' AS "a "" = b", ' < '`,
    String.raw`SELECT U&"\003A = " FROM "c""; = --"`,
    'SELECT found.*, count(*), CAST(-1 AS smallint)',
  ])('leaves alone what is no operator: %s', (sql) => {
    expect(catalogOperators(sql)).toBe(sql);
  });
});
