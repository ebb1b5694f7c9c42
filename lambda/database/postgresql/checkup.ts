import { OF_A_POSTGRESQL_TABLE } from '../../../contract/report';
import { postgresqlUser } from '../../../contract/user-sql/postgresql';
import type { Statement } from '../../data-api/statement';
import type { CheckupEngine } from '../checkup-engine';
import type { TableId } from '../dialect';
import { postgresql } from '.';
import { IS_OF_USERS } from './guards';
import { readEstimates, readPlans } from './plan';
import { PUBLICATION_FACTS } from './publications';
import { server } from './server';
import { asText, catalogOperators, cutoffParameter, expiredRows, qualified } from './sql';

const columnsWith = (right: string) =>
  `coalesce((SELECT pg_catalog.string_agg(CAST(a.attname AS pg_catalog.text), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND pg_catalog.has_column_privilege(c.oid, a.attnum, '${right}')), '')`;

/** The kinds are those of `confdeltype`: a and r for no action and restrict; c, n and d for cascade, set null and set default. */
const foreignKeys = (kinds: string) =>
  `coalesce((SELECT pg_catalog.string_agg(CAST(f.conname AS pg_catalog.text) || ' of ' || CAST(CAST(f.conrelid AS pg_catalog.regclass) AS pg_catalog.text), ', '
      ORDER BY f.conname) FROM pg_catalog.pg_constraint f
    WHERE f.contype = 'f' AND f.confrelid = c.oid AND f.confdeltype = ANY ('${kinds}')), '')`;

const IS_MASTER = `EXISTS (SELECT FROM pg_catalog.pg_roles r
      WHERE r.rolname = 'rds_superuser' AND pg_catalog.pg_has_role(r.oid, 'MEMBER'))`;

/** The user has the owner's rights without being the owner. */
const IS_LIKE_OWNER = `NOT me.rolsuper AND c.relowner <> me.oid AND pg_catalog.pg_has_role(c.relowner, 'MEMBER')`;

/** Takes the roles from the user by which it comes to the owner's rights; null where no such role was given. */
const LEAVE_OWNER = `SELECT 'REVOKE ' || pg_catalog.string_agg(DISTINCT pg_catalog.quote_ident(r.rolname), ', ') || ' FROM ' || pg_catalog.quote_ident(me.rolname)
      FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.roleid
      WHERE m.member = me.oid AND pg_catalog.pg_has_role(m.roleid, c.relowner, 'MEMBER')`;

/** The bit of `tgtype` for triggers on DELETE. */
const ON_DELETE = 8;

/** A setting of autovacuum, which a table may have for itself. */
const vacuumSetting = (name: string) =>
  `CAST(coalesce((SELECT pg_catalog.split_part(o.option, '=', 2) FROM pg_catalog.unnest(c.reloptions) AS o (option)
    WHERE pg_catalog.starts_with(o.option, '${name}=')), pg_catalog.current_setting('${name}')) AS double precision)`;

// Every role may read these catalogs. reltuples has no number for a new table, nor before PostgreSQL 14.
const FACTS = catalogOperators(`
SELECT wanted.at, ${columnsWith('SELECT')} AS readable, ${columnsWith('UPDATE')} AS writable,
  pg_catalog.concat_ws(', ',
    CASE WHEN pg_catalog.has_any_column_privilege(c.oid, 'INSERT') THEN 'INSERT' END,
    CASE WHEN pg_catalog.has_table_privilege(c.oid, 'TRUNCATE') THEN 'TRUNCATE' END,
    CASE WHEN pg_catalog.has_any_column_privilege(c.oid, 'REFERENCES') THEN 'REFERENCES' END,
    CASE WHEN pg_catalog.has_table_privilege(c.oid, 'TRIGGER') THEN 'TRIGGER' END) AS "otherRights",
  pg_catalog.concat_ws(', ',
    CASE WHEN me.rolsuper THEN 'is a superuser' END,
    CASE WHEN NOT me.rolsuper AND ${IS_MASTER} THEN 'is a member of rds_superuser' END,
    CASE WHEN NOT me.rolsuper AND c.relowner = me.oid THEN 'owns the table' END,
    CASE WHEN ${IS_LIKE_OWNER}
      THEN pg_catalog.format('is a member of the owner of the table ("%s")', pg_catalog.pg_get_userbyid(c.relowner)) END) AS powers,
  coalesce(CASE WHEN ${IS_LIKE_OWNER} AND NOT ${IS_MASTER} THEN (${LEAVE_OWNER}) END, '') AS "takePowers",
  ${foreignKeys('{a,r}')} AS "blockingKeys", ${foreignKeys('{c,n,d}')} AS "followingKeys",
  coalesce((SELECT pg_catalog.string_agg(CAST(g.tgname AS pg_catalog.text), ', ' ORDER BY g.tgname) FROM pg_catalog.pg_trigger g
    WHERE g.tgrelid = c.oid AND ${IS_OF_USERS} AND g.tgenabled <> 'D' AND (CAST(g.tgtype AS int) & ${ON_DELETE}) <> 0), '') AS triggers,
  ${PUBLICATION_FACTS},
  CASE WHEN c.reltuples >= 0 AND c.relpages > 0 THEN CAST(c.reltuples AS bigint) ELSE s.n_live_tup END AS rows,
  pg_catalog.pg_total_relation_size(c.oid) AS bytes,
  s.n_dead_tup AS "deadRows", ${asText('s.last_autovacuum')} AS "lastAutovacuum",
  CASE WHEN (greatest(s.last_analyze, s.last_autoanalyze) - greatest(s.last_vacuum, s.last_autovacuum))
      < CAST('10 minutes' AS interval) THEN greatest(0, s.n_dead_tup - s.n_mod_since_analyze)
    ELSE 0 END AS "deadRowsLeft",
  CAST(${vacuumSetting('autovacuum_vacuum_threshold')}
    + (${vacuumSetting('autovacuum_vacuum_scale_factor')} * greatest(c.reltuples, 0)) AS bigint) AS "vacuumThreshold",
  CAST(extract(day FROM pg_catalog.now() - coalesce(greatest(s.last_autovacuum, s.last_autoanalyze, s.last_vacuum),
    pg_catalog.pg_postmaster_start_time())) AS bigint) AS "daysWithoutVacuum",
  CASE WHEN pg_catalog.current_setting('autovacuum') = 'off' THEN 'set autovacuum to on in the parameter group'
    WHEN EXISTS (SELECT FROM pg_catalog.unnest(c.reloptions) AS o (option)
      WHERE o.option ~ '^autovacuum_enabled=(false|off|no|0)$')
    THEN pg_catalog.format('ALTER TABLE %I.%I RESET (autovacuum_enabled)', n.nspname, c.relname) END AS "turnAutovacuumOn"
FROM pg_catalog.json_to_recordset(CAST(:tables AS pg_catalog.json)) AS wanted (at int, schema pg_catalog.text, "table" pg_catalog.text)
JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted."table"
JOIN pg_catalog.pg_roles me ON me.rolname = current_user
LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid`);

function facts(tables: readonly TableId[]): Statement<'ask'> {
  const list = tables.map(({ schema, table }, at) => ({ at, schema, table }));
  return { sql: FACTS, parameters: { tables: JSON.stringify(list) }, mode: 'ask' };
}

/** A limit keeps the planner from dividing the rows of one table among workers. */
const NO_LIMIT = 'LIMIT 9223372036854775807';

function explain(
  tables: readonly TableId[],
  cutoff: Date,
  walkedRows: number | null,
): Statement<'ask'> {
  const limit = walkedRows === null ? NO_LIMIT : `ORDER BY expire_date LIMIT ${walkedRows}`;
  const selects = tables.map((table) => `(SELECT expire_date ${expiredRows(table)} ${limit})`);
  const sql = `EXPLAIN (FORMAT JSON) ${selects.join(' UNION ALL ')}`;
  return { sql: catalogOperators(sql), parameters: cutoffParameter(cutoff), mode: 'ask' };
}

/** The check-up on Aurora PostgreSQL. */
export const postgresqlCheckup: CheckupEngine = {
  dialect: postgresql,
  server,
  facts,
  explain,
  readPlans,
  readEstimates,
  onlyNeeded: (table, user) =>
    `${postgresqlUser.revoke(table, user)}; ${postgresql.grant(table, user)}`,
  hidden: null,
  planDelete: null,
  ownRequirements: OF_A_POSTGRESQL_TABLE,
  vacuum: (table) => `VACUUM (ANALYZE) ${qualified(table)}`,
};
