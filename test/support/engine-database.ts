import type { Seed, SessionRow, SessionTable } from '../../local/django-table';
import type { ServedDatabase } from './data-api';

/** A transaction of the application. */
export interface Transaction {
  query(sql: string): Promise<string[][]>;
  end(how: 'COMMIT' | 'ROLLBACK'): Promise<void>;
}

/** A database with Django's table, of either engine, and what a test does in it as the superuser. */
export interface EngineDatabase extends ServedDatabase {
  /** Runs a statement and returns its rows. */
  query(sql: string): Promise<string[][]>;
  /** Begins a transaction that has run these statements and holds their locks until it is ended. */
  begin(...statements: string[]): Promise<Transaction>;
  /** Creates a schema, which is a database on MySQL, and returns its name. */
  createSchema(suffix: string): Promise<string>;
  /** Creates a session table, to which the purge has no right yet. */
  createTable(table: SessionTable & { readonly extraColumns?: readonly string[] }): Promise<void>;
  /** Gives the purge's user, or another one, the rights that a purge needs. */
  grant(table: SessionTable, user?: string): Promise<void>;
  /** Inserts exactly these sessions. */
  insert(rows: readonly SessionRow[], table?: SessionTable): Promise<void>;
  /** Fills a table as on a site that has never purged. */
  seed(seed: Seed): Promise<void>;
  /** What the function's report calls a table. */
  reported(table?: SessionTable): string;
  /** The table's name as SQL, with its schema. */
  quoted(table?: SessionTable): string;
  /** Closes the services and drops the database. */
  close(): Promise<void>;
}
