import type { Statement } from '../../data-api/statement';
import type { TableId } from '../dialect';
import { catalogOperators } from './sql';

/** The publications `p` that send deletes of the table `c`, with their memberships `m`. */
const OF_TABLE = `pg_catalog.pg_publication p
    JOIN pg_catalog.pg_publication_tables t ON t.pubname = p.pubname AND t.schemaname = n.nspname AND t.tablename = c.relname
    LEFT JOIN pg_catalog.pg_publication_rel m ON m.prpubid = p.oid AND m.prrelid = c.oid
    WHERE p.pubdelete`;

/** Their names, of those for which the condition holds. */
const names = (condition: string) =>
  `coalesce((SELECT pg_catalog.string_agg(DISTINCT CAST(p.pubname AS pg_catalog.text), ', ') FROM ${OF_TABLE} AND (${condition})), '')`;

/** The columns by which a subscriber finds a row. A table without a primary key or the index that it names has none, and a key that is deferred is none. */
const IDENTITY = `(SELECT i.indkey FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid
    AND CASE WHEN c.relreplident = 'd' THEN i.indisprimary AND i.indimmediate WHEN c.relreplident = 'i' THEN i.indisreplident ELSE false END)`;

const HAS_IDENTITY = `(c.relreplident = 'f' OR ${IDENTITY} IS NOT NULL)`;

// Row filters and column lists exist from PostgreSQL 15 on, so their columns are read out of the row as JSON. pg_catalog.chr(58) is a
// colon, which the Data API may take for the start of a parameter.
const IN_FILTER = `SELECT CAST((pg_catalog.regexp_matches(pg_catalog.to_jsonb(m) ->> 'prqual', pg_catalog.chr(58) || 'varattno ([0-9]+)', 'g'))[1] AS int)`;
const IN_LIST = `SELECT CAST(pg_catalog.jsonb_array_elements_text(pg_catalog.to_jsonb(m) -> 'prattrs') AS int)`;
const IN_IDENTITY = `SELECT CAST(pg_catalog.unnest(${IDENTITY}) AS int)`;

const HAS_LIST = `pg_catalog.jsonb_typeof(pg_catalog.to_jsonb(m) -> 'prattrs') = 'array'`;

const MISFITS = `c.relreplident <> 'f' AND EXISTS (${IN_FILTER} EXCEPT ${IN_IDENTITY})
      OR ${HAS_LIST} AND (c.relreplident = 'f' OR EXISTS (${IN_IDENTITY} EXCEPT ${IN_LIST}))`;

/** The indexes that PostgreSQL takes for a replica identity. */
const USABLE = `pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = i.indexrelid AND a.attnum <= i.indnkeyatts AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute o
            WHERE o.attrelid = c.oid AND o.attnum = i.indkey[a.attnum - 1] AND o.attnotnull))`;

const identity = (how: string, ...names: readonly string[]) =>
  `pg_catalog.format('ALTER TABLE %I.%I REPLICA IDENTITY ${how}', ${['n.nspname', 'c.relname', ...names].join(', ')})`;

/** A replica identity for a table that has none, or one that fits all row filters; none fits a list of columns and a filter. */
const IDENTITY_FIX = `CASE
    WHEN ${HAS_IDENTITY} THEN CASE WHEN NOT EXISTS (SELECT FROM ${OF_TABLE} AND ${HAS_LIST}) THEN ${identity('FULL')} END
    WHEN EXISTS (SELECT FROM ${USABLE} AND i.indisprimary) THEN ${identity('DEFAULT')}
    ELSE coalesce((SELECT ${identity('USING INDEX %I', 'x.relname')} FROM ${USABLE} ORDER BY x.relname LIMIT 1), ${identity('FULL')})
  END`;

const KEPT = ['insert', 'update', 'truncate']
  .map((what) => `CASE WHEN p.pub${what} THEN '${what}' END`)
  .join(', ');

/** For each publication that lets no row go, a list of its owner and of the SQL that leaves the deletes out. */
const PUBLICATION_FIXES = `coalesce((SELECT CAST(pg_catalog.jsonb_agg(DISTINCT pg_catalog.jsonb_build_array(
      pg_catalog.pg_get_userbyid(p.pubowner),
      pg_catalog.format('ALTER PUBLICATION %I SET (publish = %L)', p.pubname, pg_catalog.concat_ws(', ', ${KEPT}))
    )) AS pg_catalog.text) FROM ${OF_TABLE} AND (NOT ${HAS_IDENTITY} OR ${MISFITS})), '[]')`;

/** What the catalogs say of the publications of the table `c` in the schema `n`, as `publicationTrouble` reads it. */
export const PUBLICATION_FACTS = `${names(`NOT ${HAS_IDENTITY}`)} AS unidentified,
  ${names(`${HAS_IDENTITY} AND (${MISFITS})`)} AS misfit,
  CAST(pg_catalog.pg_get_userbyid(c.relowner) AS pg_catalog.text) AS owner,
  ${IDENTITY_FIX} AS "identityFix", ${PUBLICATION_FIXES} AS "publicationFixes"`;

const FACTS = catalogOperators(`
SELECT ${PUBLICATION_FACTS}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relname = :table`);

/** The dialect's `publications`. */
export function publications({ schema, table }: TableId): Statement<'ask'> {
  return { sql: FACTS, parameters: { schema, table }, mode: 'ask' };
}
