import type { Resources } from '../../cli/terminal/resources';
import { findMariadb, GET_MARIADB } from '../../local/mariadb';
import type { EngineName } from '../entry';
import type { Log } from '../progress';
import type { Engine } from './engine';
import { startMariadb } from './mariadb';
import { startPostgresql } from './postgresql';

/** Starts each kind of database. */
export const START: Readonly<
  Record<EngineName, (resources: Resources, log: Log) => Promise<Engine>>
> = {
  postgresql: startPostgresql,
  mariadb: startMariadb,
};

/** What is missing for this kind of database and how to get it; `undefined` if nothing is missing. */
export function missing(name: EngineName): string | undefined {
  const isThere = name === 'postgresql' || findMariadb() !== undefined;
  return isThere ? undefined : `${name} is missing; ${GET_MARIADB}`;
}
