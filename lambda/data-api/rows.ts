import { UnexpectedAnswer } from '../errors';

/** A value as the Data API returns it. Times and decimal numbers come as text. */
export type Value = string | number | boolean | null;

/** One row of a result, by column name. */
export type Row = Readonly<Record<string, Value>>;

function unexpected(row: Row, column: string, type: string): never {
  // The message has only the type, because the value may come from a session.
  throw new UnexpectedAnswer(
    `column "${column}" must be ${type}, got ${row[column] === null ? 'null' : typeof row[column]}`,
  );
}

/** The only row of a result; throws a `DatabaseError` unless there is exactly one. */
export function onlyRow(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length !== 1) {
    throw new UnexpectedAnswer(`must be one row, got ${rows.length}`);
  }
  return row;
}

/** A column's text; throws a `DatabaseError` where it is none. */
export function text(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : unexpected(row, column, 'text');
}

/** A column's count; throws a `DatabaseError` unless it is a whole number of at least 0. */
export function count(row: Row, column: string): number {
  const value = row[column];
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isCount ? value : unexpected(row, column, 'a count');
}

/** A column's truth value, which MySQL gives as 0 or 1; throws a `DatabaseError` where it is none. */
export function flag(row: Row, column: string): boolean {
  const value = row[column];
  if (value === 0 || value === 1) return value === 1;
  return typeof value === 'boolean' ? value : unexpected(row, column, 'a truth value');
}

/** A column's text or `null`; throws a `DatabaseError` where it is neither. */
export function optionalText(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}
