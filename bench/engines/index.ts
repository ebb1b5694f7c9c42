import type { Resources } from '../../cli/terminal/resources';
import { findMariadb, GET_MARIADB } from '../../local/mariadb';
import type { EngineName } from '../options';
import type { Tell } from '../progress';
import type { Engine } from './engine';
import { startMariadb } from './mariadb';
import { startPostgresql } from './postgresql';

/** How each kind of database is started. */
export const START: Readonly<
  Record<EngineName, (resources: Resources, tell: Tell) => Promise<Engine>>
> = {
  postgresql: startPostgresql,
  mariadb: startMariadb,
};

/** What is missing to measure it, and how to get it; `undefined`: nothing. */
export function missing(name: EngineName): string | undefined {
  const isThere = name === 'postgresql' || findMariadb() !== undefined;
  return isThere ? undefined : `${name} is missing; ${GET_MARIADB}`;
}
