import type { SqlParameter } from '@aws-sdk/client-rds-data';
import type { Engine } from '../../support/engines';

/** What the suites say in the SQL of an engine, and what the engine answers. */
export interface Facts {
  readonly engine: Engine;
  /** Finds the connections that run a statement like this one. */
  running(like: string): string;
  /** Inserts a row into `numbers` after so many seconds; `like` is what it is like. */
  insertSlowly(seconds: number): string;
  /** Ends what a connection runs, or the connection. */
  interrupt(connection: string): string;
  kill(connection: string): string;
  /** The identifier of the connection. */
  readonly connection: string;
  /** Lets the statements of a transaction wait for a lock for a second at most. */
  readonly lockTimeout: string;
  /** The messages of the database for each failure. */
  readonly said: Readonly<
    Record<'missingDatabase' | 'wrongPassword' | 'lockTimeout' | 'deadlock' | 'interrupted', string>
  >;
  /** The service's error after the connection of a transaction was killed. */
  readonly brokenConnection: { readonly name: string; readonly message?: string };
}

/** A statement's only parameter, which is named p. */
export const parameter = (value: SqlParameter['value'], typeHint?: SqlParameter['typeHint']) => ({
  parameters: [{ name: 'p', value, typeHint }],
});
