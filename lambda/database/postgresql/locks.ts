import type { Statement } from '../../data-api/statement';
import type { TableId } from '../dialect';
import { catalogOperators, literal } from './sql';

/** A lock on the table, or on one of its indexes, which the planner opens. */
const ON_TABLE = `(l.relation = c.oid OR EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indexrelid = l.relation))`;

/** A lock that somebody awaits counts, too: later statements wait behind it. */
const LOCKS = catalogOperators(`
SELECT wanted.at, pg_catalog.bool_or(l.mode = 'AccessExclusiveLock') AS "blocksReads"
FROM pg_catalog.json_to_recordset(CAST(:tables AS pg_catalog.json)) AS wanted (at int, schema pg_catalog.text, "table" pg_catalog.text)
JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted."table"
JOIN pg_catalog.pg_locks l ON ${ON_TABLE}
WHERE l.locktype = 'relation' AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.mode = ANY ('{ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}')
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
GROUP BY wanted.at`);

/** The dialect's `locks`. */
export function locks(tables: readonly TableId[]): Statement<'read'> {
  const list = tables.map(({ schema, table }, at) => ({ at, schema, table }));
  return { sql: LOCKS, parameters: { tables: JSON.stringify(list) }, mode: 'read' };
}

/**
 * The dialect's `showRowLocks`. Whoever holds a row holds a weak lock on its table, too, which may be one to which a foreign key or
 * a trigger goes on.
 */
export function showRowLocks({ schema, table }: TableId): string {
  return `SELECT a.pid, a.usename, a.state, a.xact_start, CAST(l.relation AS regclass) AS on_table, l.mode, l.granted, a.query FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND l.pid <> pg_backend_pid() ORDER BY (n.nspname, c.relname) <> (${literal(schema)}, ${literal(table)}), a.xact_start`;
}

/** The dialect's `showLocks`. */
export function showLocks({ schema, table }: TableId): string {
  return `SELECT a.pid, a.usename, a.state, a.xact_start, l.mode, l.granted, a.query FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(table)} AND l.pid <> pg_backend_pid() ORDER BY a.xact_start`;
}
