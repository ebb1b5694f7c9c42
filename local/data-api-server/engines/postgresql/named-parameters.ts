import { validationError } from '../../errors';

/** A statement as PostgreSQL takes it: `$1`, `$2`, ... in place of `names[0]`, `names[1]`, ... */
export interface NumberedStatement {
  readonly text: string;
  readonly names: readonly string[];
}

/** What may hold a colon or a semicolon that means nothing; all but block comments, which nest. */
const OPAQUE = [
  /(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*(?:'|$)/,
  /'(?:[^']|'')*(?:'|$)/,
  /"(?:[^"]|"")*(?:"|$)/,
  /(?<![\w$])\$(?<tag>[A-Za-z_]\w*|)\$.*?(?:\$\k<tag>\$|$)/,
  /--[^\n]*/,
];

const TOKEN = new RegExp(
  [...OPAQUE.map(({ source }) => source), '\\/\\*', '::', ':(?<name>\\w+)', '(?<end>;)'].join('|'),
  'gs',
);

const SPACE_OR_COMMENT = /^(?:\s|--[^\n]*(?:\n|$)|\/\*.*?\*\/)*$/s;

/**
 * Numbers the named parameters: each occurrence on its own, as the service does, so that PostgreSQL
 * does not take two occurrences of a name for the same expression (`GROUP BY f(:x)` fails with
 * 42803).
 *
 * @throws {ServiceError} `ValidationException` when there is a second statement
 */
export function numberParameters(sql: string): NumberedStatement {
  const names: string[] = [];
  let text = '';
  let from = 0;
  for (let token = nextToken(sql, 0); token !== null; token = nextToken(sql, TOKEN.lastIndex)) {
    const { name, end } = token.groups ?? {};
    if (token[0] === '/*') TOKEN.lastIndex = endOfBlockComment(sql, token.index);
    if (end !== undefined && !SPACE_OR_COMMENT.test(sql.slice(token.index + 1)))
      throw validationError("Multistatements aren't supported.");
    if (name === undefined) continue;
    text += `${sql.slice(from, token.index)}$${names.push(name)}`;
    from = TOKEN.lastIndex;
  }
  return { text: text + sql.slice(from), names };
}

function nextToken(sql: string, from: number): RegExpExecArray | null {
  TOKEN.lastIndex = from;
  return TOKEN.exec(sql);
}

function endOfBlockComment(sql: string, start: number): number {
  let depth = 0;
  for (const mark of sql.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return start + mark.index + 2;
  }
  return sql.length;
}
