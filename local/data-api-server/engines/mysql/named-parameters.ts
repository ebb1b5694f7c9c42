import { type Lexis, type PositionalStatement, toPositional } from '../named-parameters';

/**
 * Text in which a colon or a semicolon has no meaning. A backslash escapes in both kinds of quotes, two dashes begin a
 * comment only before a space, and comments do not nest.
 */
const OPAQUE = [
  /'(?:[^'\\]|\\.|'')*(?:'|$)/,
  /"(?:[^"\\]|\\.|"")*(?:"|$)/,
  /`(?:[^`]|``)*(?:`|$)/,
  /#[^\n]*/,
  /--(?=[\s\p{Cc}]|$)[^\n]*/u,
  /\/\*.*?(?:\*\/|$)/,
];

const LEXIS: Lexis = {
  token: new RegExp(
    [...OPAQUE.map(({ source }) => source), ':(?<name>\\w+)', '(?<end>;)'].join('|'),
    'gsu',
  ),
  spaceOrComment: /^(?:\s|#[^\n]*(?:\n|$)|--(?=[\s\p{Cc}]|$)[^\n]*|\/\*.*?\*\/)*$/su,
  marker: () => '?',
};

/**
 * Replaces the named parameters by question marks.
 *
 * @throws {ServiceError} `ValidationException` when there is a second statement
 */
export function markParameters(sql: string): PositionalStatement {
  return toPositional(sql, LEXIS);
}
