import type { Cluster } from '../../local/data-api-server/index';
import type { EngineName } from '../entry';
import type { Shape } from '../shapes';

/** A database user. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The result of a statement. */
export interface Result {
  /** The first column of the first row. */
  readonly value: unknown;
  readonly rowsChanged: number;
}

/** A connection of the superuser, which people use who purge without us. */
export interface Connection {
  query(sql: string, values?: readonly unknown[]): Promise<Result>;
  end(): Promise<void>;
}

/** A fresh table in a database of its own. */
export interface Target {
  readonly engine: EngineName;
  readonly cluster: Cluster;
  readonly database: string;
  readonly superuser: Login;
  /** The user with the rights that a purge needs, and no others. */
  readonly purger: Login;
  readonly shape: Shape;
  /** A time between the last expired row and the first live one. */
  readonly cutoff: Date;
  connect(): Promise<Connection>;
  /** Begins a transaction that keeps seeing all rows as they are now; resolves to a function that ends it. */
  holdSnapshot(): Promise<() => Promise<void>>;
  /** Adds so many schemas, each with an empty session table that the purger may purge. They stay with the server. */
  addTables(count: number): Promise<void>;
  /**
   * Lets the server remove what the purge left behind: on PostgreSQL by a VACUUM of the table, on MariaDB by waiting until
   * its history list is empty and nothing is written to its redo log. Resolves to the time at which that was so, in
   * milliseconds since the epoch.
   *
   * @throws {Error} when it takes longer than 10 minutes
   */
  cleanUp(): Promise<number>;
  /** The processor time that the server has used since it started; `undefined` where it cannot be read. */
  cpuMs(): number | undefined;
}

/** A database server that runs. */
export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  /** How the server's configuration differs from the default. */
  readonly settings: string;
  /** Replaces the last table by one of this shape, which is the same to the byte each time. */
  prepare(shape: Shape): Promise<Target>;
}

/** The instant as text that both databases read as UTC. Their drivers would convert a `Date` to another time zone. */
export const asText = (instant: Date): string =>
  instant.toISOString().replace('T', ' ').replace('Z', '');
