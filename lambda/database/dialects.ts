import type { Dialect } from './dialect';
import { mysql } from './mysql';
import { postgresql } from './postgresql';

/**
 * The dialects of all engines, in the order in which they are tried on a database.
 *
 * `timeZone`: the zone whose local time the column holds, on an engine whose column has no zone; `null`: it is not set.
 */
export function dialectsFor(timeZone: string | null): readonly Dialect[] {
  return [postgresql, mysql(timeZone)];
}
