import type { TableId } from '../dialect';
import { CASCADES, SETS_NULL } from '../guarded-rows';
import { literal, qualified } from './sql';

// These are for people, who paste them into whatever client they have. There is no "::", which the Data API may take for a
// parameter.

const WAYS = `(VALUES ('CASCADE', '${CASCADES}'), ('SET NULL', '${SETS_NULL}')) AS ways (way, does)`;

const idOf = (table: TableId) => `to_regclass(${literal(qualified(table))})`;

/**
 * Whether a trigger `g` was made by a user, and not by a foreign key or a key that is deferred. `tgisinternal` does not tell:
 * before PostgreSQL 15 it is true of the clone that a partition has of a trigger of the table above it.
 */
export const IS_OF_USERS =
  "NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.oid = g.tgconstraint AND k.contype <> 't')";

/** The dialect's `showTriggers`. */
export function showTriggers(table: TableId): string {
  return `SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger g WHERE tgrelid = ${idOf(table)} AND ${IS_OF_USERS}`;
}

/** Where ON DELETE stands in a constraint: before what may come last, in this order. Django's are deferred. */
const ON_DELETE = '( ON DELETE RESTRICT)?(?=( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT VALID)?$)';

const CHANGED = `regexp_replace(pg_get_constraintdef(oid), '${ON_DELETE}', ' ON DELETE ' || way)`;

const TAKES_NULL =
  'NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey) AND attnotnull)';

/** The dialect's `showCascade`. A partition also has the foreign keys to the tables above it, which alone can be changed. */
export function showCascade(table: TableId): string {
  const id = idOf(table);
  return `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', CAST(conrelid AS regclass), conname, conname, ${CHANGED}) AS fix, does FROM pg_constraint JOIN ${WAYS} ON way = 'CASCADE' OR ${TAKES_NULL} WHERE contype = 'f' AND confdeltype IN ('a', 'r') AND conparentid = 0 AND (confrelid = ${id} OR confrelid IN (SELECT relid FROM pg_partition_ancestors(${id}))) ORDER BY conname, way`;
}
