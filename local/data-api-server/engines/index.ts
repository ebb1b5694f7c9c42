import type { Address, Engine } from './engine';
import { postgresqlEngine } from './postgresql';

/** The kinds of database that a cluster can be. */
export const ENGINES = { postgresql: postgresqlEngine } as const satisfies Record<
  string,
  (address: Address) => Engine
>;

/** The name of a kind of database. */
export type EngineName = keyof typeof ENGINES;
