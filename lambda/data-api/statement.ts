import type { DatabaseError } from '../errors';
import type { Row } from './rows';

/** What a statement does, which says when it may be sent again. */
export type Mode =
  /** Reads: sent again whatever became of it. */
  | 'read'
  /** Reads what the caller can do without: not sent again where the database stopped it as too large. */
  | 'probe'
  /** Reads as a probe, and is answered with a lock that others hold: not sent again. */
  | 'ask'
  /** Deletes: sent again only where it is known that it did not run. */
  | 'delete';

/** SQL with named parameters: text is sent as text, numbers as whole numbers. */
export interface Statement<M extends Mode = Mode> {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly mode: M;
}

/** The statement ran. Durations here and below are those of the last attempt, in milliseconds. */
export interface Rows {
  readonly kind: 'rows';
  readonly rows: readonly Row[];
  /** Rows changed by a statement that returns none. */
  readonly rowsChanged: number;
  readonly durationMs: number;
}

/** The statement was rolled back at another session's lock on a row, on what goes with the row, or on the table. */
export interface Locked {
  readonly kind: 'locked';
  readonly durationMs: number;
  readonly error: DatabaseError;
}

/** The statement was rolled back for the time, the memory or the locks that it took. A smaller one may pass. */
export interface TooLarge {
  readonly kind: 'too-large';
  readonly durationMs: number;
  readonly error: DatabaseError;
}

/** The statement was rolled back because the database keeps a row: another table refers to it, or a trigger objects. */
export interface Refused {
  readonly kind: 'refused';
  readonly durationMs: number;
  readonly error: DatabaseError;
}

/**
 * The statement was rolled back, and would be again, or was for as long as it may be sent. A trigger may have raised the error for one of its rows, whatever the
 * error says; or every statement meets it.
 */
export interface Failed {
  readonly kind: 'failed';
  readonly durationMs: number;
  readonly error: DatabaseError;
}

/** No answer came, or none that can be read: the statement may have run. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly durationMs: number;
  readonly error: DatabaseError;
}

/** What may become of a statement, by its mode. */
export interface AnswerTo {
  readonly read: Rows;
  readonly probe: Rows | TooLarge;
  readonly ask: Rows | Locked | TooLarge;
  readonly delete: Rows | Locked | TooLarge | Refused | Failed | Unknown;
}

/** What may become of any statement. */
export type Answer = AnswerTo[Mode];

/** The answer of a statement that ran. A conversation that goes on after another one has a mistake in its code. */
export function answered(answer: Answer): Rows {
  if (answer.kind === 'rows') return answer;
  throw new TypeError(`a conversation went on after the answer "${answer.kind}"`);
}
