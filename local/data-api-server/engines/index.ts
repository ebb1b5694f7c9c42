import type { Address, Engine } from './engine';
import { mysqlEngine } from './mysql/index';
import { postgresqlEngine } from './postgresql/index';

/** The kinds of database that a cluster can be. */
export const ENGINES = {
  mysql: mysqlEngine,
  postgresql: postgresqlEngine,
} as const satisfies Record<string, (address: Address) => Engine>;

/** The name of a kind of database. */
export type EngineName = keyof typeof ENGINES;
