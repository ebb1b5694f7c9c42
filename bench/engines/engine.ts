import type { Cluster } from '../../local/data-api-server/index';
import type { EngineName } from '../options';
import type { Shape } from '../shapes';

/** A database user. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A statement that was carried out. */
export interface Result {
  /** First column of the first row. */
  readonly value: unknown;
  readonly rowsChanged: number;
}

/** One connection of the superuser, as people purge without us. */
export interface Connection {
  query(sql: string, values?: readonly unknown[]): Promise<Result>;
  end(): Promise<void>;
}

/** A table that nobody has touched yet, in a database of its own. */
export interface Target {
  readonly engine: EngineName;
  readonly cluster: Cluster;
  readonly database: string;
  readonly superuser: Login;
  /** Has the rights that a purge needs, and no other. */
  readonly purger: Login;
  readonly shape: Shape;
  /** Between the last expired row and the first live one. */
  readonly cutoff: Date;
  connect(): Promise<Connection>;
  /** A transaction that sees all rows as they are now; resolves to its end. */
  holdSnapshot(): Promise<() => Promise<void>>;
}

/** A kind of database, running. */
export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  /** How the server differs from one as installed. */
  readonly settings: string;
  /** A copy of the shape's table, the same to the byte each time, in place of the last one. */
  prepare(shape: Shape): Promise<Target>;
}

/** As both databases read it in UTC; their drivers would put it into a zone of their own. */
export const asText = (instant: Date): string =>
  instant.toISOString().replace('T', ' ').replace('Z', '');
