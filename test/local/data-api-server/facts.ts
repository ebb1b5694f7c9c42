import type { SqlParameter } from '@aws-sdk/client-rds-data';
import type { Engine } from '../../support/engines';

/** The SQL of an engine that the suites need, and the engine's messages. */
export interface Facts {
  readonly engine: Engine;
  /** A query for the connections that run a statement which matches a LIKE pattern. */
  running(like: string): string;
  /** A statement that inserts a row into `numbers` after so many seconds. */
  insertSlowly(seconds: number): string;
  /** A statement that ends what another connection runs. */
  interrupt(connection: string): string;
  /** A statement that ends another connection. */
  kill(connection: string): string;
  /** An expression for the identifier of the connection. */
  readonly connection: string;
  /** A statement that limits how long a transaction waits for a lock to one second. */
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
