import { validationError } from '../errors';

/** A statement as a database takes it: markers in place of `names[0]`, `names[1]`, ... */
export interface PositionalStatement {
  readonly text: string;
  readonly names: readonly string[];
}

/** What of a database's lexical rules decides where a parameter or the end of a statement is. */
export interface Lexis {
  /**
   * Global; matches what may hold a colon or a semicolon that means nothing, and else the group
   * `name` of a parameter or the group `end`, a semicolon.
   */
  readonly token: RegExp;
  readonly spaceOrComment: RegExp;
  /** What stands for the nth parameter, from 1. */
  marker(position: number): string;
  /** Where a token ends that no regular expression can match, like comments that nest. */
  endOf?(token: string, sql: string, start: number): number | undefined;
}

/**
 * Puts markers in place of the named parameters: one for each occurrence, as the service does.
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
