import type { ClientConfig } from 'pg';
import type { ColumnMetadata, Field } from '../fields';
import type { ResultSetOptions, SqlParameter } from '../model';

/** Where a database server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** As the database's own client takes it. @default no TLS */
  readonly ssl?: ClientConfig['ssl'];
}

/** Whom to connect as, and to which database; what no database means is the engine's affair. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly database?: string | undefined;
}

/** One statement with named parameters, and how its result is wanted. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
  readonly includeMetadata: boolean;
  readonly resultSetOptions: ResultSetOptions;
}

/** What a statement came to: rows, or the number of rows that it changed. */
export type Outcome =
  | {
      readonly labels: readonly string[];
      readonly records: readonly (readonly Field[])[];
      readonly columnMetadata?: readonly ColumnMetadata[];
    }
  | {
      readonly updated: number;
      /** What an AUTO_INCREMENT column made up. */
      readonly generatedFields?: readonly Field[];
    };

/**
 * A connection, held for one call or one transaction. Outside of a transaction each statement
 * commits itself.
 */
export interface Session {
  /** What the database calls this connection. */
  readonly connectionId: number;
  /** @throws {ServiceError} whatever the service would answer */
  execute(statement: Statement): Promise<Outcome>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Stops the running statement on the database, over another connection. Never rejects. */
  cancel(): Promise<void>;
  /** Ends an open transaction and forgets all session state. Never rejects. */
  release(): Promise<void>;
}

/** What the server needs of a kind of database. */
export interface Engine {
  /** @throws {ServiceError} when the database cannot be reached or refuses the login */
  open(login: Login): Promise<Session>;
  /** Stops what runs and closes every connection. */
  close(): Promise<void>;
}
