import type { Dialect } from './dialect';
import { mysql } from './mysql';
import { postgresql } from './postgresql';

/**
 * Every engine that the purge speaks, in the order in which a database is asked.
 *
 * `timeZone`: where the column has no zone of its own, the one whose local time it holds.
 */
export function dialectsFor(timeZone: string): readonly Dialect[] {
  return [postgresql, mysql(timeZone)];
}
