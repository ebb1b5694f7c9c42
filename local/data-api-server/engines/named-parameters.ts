import { validationError } from '../errors';

/** A statement in the form of the database, with markers for `names[0]`, `names[1]` and so on. */
export interface PositionalStatement {
  readonly text: string;
  readonly names: readonly string[];
}

/** The lexical rules of a database that decide where a parameter and the end of a statement are. */
export interface Lexis {
  /**
   * A global expression. It matches text in which a colon or a semicolon has no meaning; otherwise the group `name` is
   * a parameter, or the group `end` a semicolon.
   */
  readonly token: RegExp;
  readonly spaceOrComment: RegExp;
  /** The marker of the nth parameter, from 1. */
  marker(position: number): string;
  /** The end of a token that no regular expression can match, such as nested comments. */
  endOf?(token: string, sql: string, start: number): number | undefined;
}

/**
 * Replaces each occurrence of a named parameter by a marker of its own, as the service does.
 *
 * @throws {ServiceError} `ValidationException` when there is a second statement
 */
export function toPositional(sql: string, lexis: Lexis): PositionalStatement {
  const { token, spaceOrComment, marker, endOf } = lexis;
  const names: string[] = [];
  let text = '';
  let from = 0;
  token.lastIndex = 0;
  for (let found = token.exec(sql); found !== null; found = token.exec(sql)) {
    const { name, end } = found.groups ?? {};
    token.lastIndex = endOf?.(found[0], sql, found.index) ?? token.lastIndex;
    if (end !== undefined && !spaceOrComment.test(sql.slice(found.index + 1)))
      throw validationError("Multistatements aren't supported.");
    if (name === undefined) continue;
    text += sql.slice(from, found.index) + marker(names.push(name));
    from = token.lastIndex;
  }
  return { text: text + sql.slice(from), names };
}
