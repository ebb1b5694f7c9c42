import { type Lexis, type PositionalStatement, toPositional } from '../named-parameters';

/** Text in which a colon or a semicolon has no meaning, except for block comments, which nest. */
const OPAQUE = [
  /(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*(?:'|$)/,
  /'(?:[^']|'')*(?:'|$)/,
  /"(?:[^"]|"")*(?:"|$)/,
  /(?<![\w$])\$(?<tag>[A-Za-z_]\w*|)\$.*?(?:\$\k<tag>\$|$)/,
  /--[^\n]*/,
];

const LEXIS: Lexis = {
  token: new RegExp(
    [...OPAQUE.map(({ source }) => source), '\\/\\*', '::', ':(?<name>\\w+)', '(?<end>;)'].join(
      '|',
    ),
    'gs',
  ),
  spaceOrComment: /^(?:\s|--[^\n]*(?:\n|$)|\/\*.*?\*\/)*$/s,
  marker: (position) => `$${position}`,
  endOf: (token, sql, start) => (token === '/*' ? endOfBlockComment(sql, start) : undefined),
};

/**
 * Numbers each occurrence of a named parameter on its own, because PostgreSQL must not take two occurrences for the
 * same expression (on the service, `GROUP BY f(:x)` fails with 42803).
 *
 * @throws {ServiceError} `ValidationException` when there is a second statement
 */
export function numberParameters(sql: string): PositionalStatement {
  return toPositional(sql, LEXIS);
}

function endOfBlockComment(sql: string, start: number): number {
  let depth = 0;
  for (const mark of sql.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return start + mark.index + 2;
  }
  return sql.length;
}
