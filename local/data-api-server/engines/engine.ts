import type { ClientConfig } from 'pg';
import type { ColumnMetadata, Field } from '../fields';
import type { ResultSetOptions, SqlParameter } from '../model';

/** The address of a database server. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** TLS options, as the database's own client has them. @default no TLS */
  readonly ssl?: ClientConfig['ssl'];
}

/** The user and the database of a connection. Without a database, the engine decides. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly database?: string | undefined;
}

/** A statement with named parameters, and the form of its result. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
  readonly includeMetadata: boolean;
  readonly resultSetOptions: ResultSetOptions;
}

/** The result of a statement: rows, or the number of rows that it changed. */
export type Outcome =
  | {
      readonly labels: readonly string[];
      readonly records: readonly (readonly Field[])[];
      readonly columnMetadata?: readonly ColumnMetadata[];
    }
  | {
      readonly updated: number;
      /** The values that an AUTO_INCREMENT column generated. */
      readonly generatedFields?: readonly Field[];
    };

/** A connection that is held for one call or one transaction. Outside a transaction each statement commits itself. */
export interface Session {
  /** The database's own number of this connection. */
  readonly connectionId: number;
  /** @throws {ServiceError} whatever the service would answer */
  execute(statement: Statement): Promise<Outcome>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Stops the statement that is running, over another connection. Never rejects. */
  cancel(): Promise<void>;
  /** Ends an open transaction and clears all session state. Never rejects. */
  release(): Promise<void>;
}

/** A kind of database, as the service uses it. */
export interface Engine {
  /** @throws {ServiceError} when the database cannot be reached or refuses the login */
  open(login: Login): Promise<Session>;
  /** Stops all statements and closes all connections. */
  close(): Promise<void>;
}
