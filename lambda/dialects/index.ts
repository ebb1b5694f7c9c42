import type { Dialect } from './dialect';
import { postgresql } from './postgresql';

/** Every engine that the purge speaks, in the order in which a database is asked. */
export const DIALECTS: readonly Dialect[] = [postgresql];
