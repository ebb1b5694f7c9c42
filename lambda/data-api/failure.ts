/** What became of the statement that a failed call carried. */
export type FailureKind =
  /** A paused cluster is waking; the statement did not run. */
  | 'resuming'
  /** The statement did not run, or was taken back; the same call may succeed later. */
  | 'transient'
  /** The database stopped the statement for its duration or its size and took it back: a smaller one may pass. */
  | 'too-large'
  /** The database does not let some row of the statement go, and took the statement back. */
  | 'refused'
  /** No answer, or none that can be read: the statement may have run. */
  | 'unknown'
  /** Repeating the call cannot help. */
  | 'final';

/** Which link between the caller and the rows broke. */
export type FailedLink =
  | 'network'
  /** The Data API. */
  | 'service'
  /** The caller's credentials, and what IAM allows them. */
  | 'role'
  /** The cluster's Data API: whether there is such a cluster, and whether its Data API is on. */
  | 'endpoint'
  | 'secret'
  /** The user name and password that the secret holds. */
  | 'login'
  /** The cluster's instances, the database, and the user's right to connect to it. */
  | 'database'
  /** The tables, and the user's rights to them. */
  | 'table'
  /** The SQL, which is another engine's. */
  | 'grammar'
  /** Another session's lock on a row or a table, which was not free in time. */
  | 'lock'
  /** What guards the rows or runs when they go: a constraint, a trigger, a rule, a publication. */
  | 'row'
  /** The database server: its state, connections, memory, disk and time limits. */
  | 'server';

/** A call that failed. None of its texts holds a session key or session data. */
export interface Failure {
  readonly kind: FailureKind;
  readonly at: FailedLink;
  /** The SDK's name of the exception, or Node.js's code of a network error. */
  readonly code: string;
  readonly sqlState: string | null;
  /** The number that MySQL gives the error; `null` on PostgreSQL. */
  readonly errorNumber: number | null;
  /** The message, at most 500 characters of it. */
  readonly text: string;
  /** What the operator can do; lower case, no full stop. */
  readonly remedy: string | null;
  /** What of the table the remedy is about, where a query shows it. */
  readonly about?: RemedyAbout;
}

/** The code that the database gave the error: MySQL's number, or the SQLSTATE; `null`: the error is none of the database's. */
export const databaseCode = ({ errorNumber, sqlState }: Failure): string | null =>
  errorNumber === null ? sqlState : String(errorNumber);

/** What guards the rows of a table. */
export type RemedyAbout = 'triggers' | 'foreign keys' | 'publications';

/** Where a call was sent, for the remedies that name it. */
export interface Addressee {
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly database: string;
}

/** What the operator can do: a text, or a function that puts the names of what was called into one. */
export type Remedy = string | ((to: Addressee) => string);

/** What an error means. */
export interface Meaning extends Pick<Failure, 'kind' | 'at'> {
  readonly remedy?: Remedy;
}

/** One row of the table: errors that mean the same. */
export interface FailureRow extends Meaning {
  /**
   * Signs of the error, each enough by itself: the SDK's name of an exception, Node.js's code of a network error, a
   * SQLSTATE, the two characters of its class or `SQLSTATE` for any, an error number of MySQL.
   */
  readonly on?: string;
  /** A pattern for such names. */
  readonly named?: RegExp;
  /** A pattern for the message. A row that has one applies only if it matches and, where the row has signs, one does. */
  readonly says?: RegExp;
  /** A wrong clock on the caller's side leads to this error, too. */
  readonly mayBeClock?: true;
}
