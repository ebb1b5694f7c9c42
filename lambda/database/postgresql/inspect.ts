import type { TableName } from '../../../contract/table-name';
import type { Statement } from '../../data-api/statement';
import { type End, rangeColumns } from '../expiry-range';
import { asText, qualified } from './sql';

// This reads the catalogs, because information_schema hides columns that the role has no right to. Names are cast to text,
// because the Data API refuses results of types that it does not list. The casts are written CAST(... AS ...), because
// this statement may be sent to a MySQL, where the Data API takes "::text" for a parameter without a value.
const inspection = (range: string) => `
SELECT wanted.at AS wanted, ${asText('clock_timestamp()')} AS now,
  CAST(current_user AS text) AS "user", CAST(current_database() AS text) AS database, found.*${range}
FROM json_to_recordset(CAST(:wanted AS json)) AS wanted (at int, schema text, "table" text)
LEFT JOIN LATERAL (
  SELECT CAST(n.nspname AS text) AS schema, CAST(c.relname AS text) AS "table",
    CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' ELSE 'view' END AS kind,
    format_type(expiry.atttypid, NULL) AS "expireDateType",
    coalesce(expiry.atttypid = CAST('timestamptz' AS regtype), false) AS "isExpireDateTime",
    key.attnum IS NOT NULL AS "hasSessionKey",
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid
      AND i.indisprimary AND i.indnkeyatts = 1 AND i.indkey[0] = key.attnum) AS "isKeyedBySession",
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid
      AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = expiry.attnum) AS "hasExpireDateIndex",
    CAST(current_setting('server_version_num') AS int) >= 140000 AS "hasStorageOrder",
    concat_ws(', ',
      CASE WHEN NOT has_schema_privilege(n.oid, 'USAGE') THEN 'USAGE on its schema' END,
      CASE WHEN NOT has_column_privilege(c.oid, CAST(-1 AS smallint), 'SELECT') THEN 'SELECT (ctid)' END,
      CASE WHEN NOT has_column_privilege(c.oid, expiry.attnum, 'SELECT') THEN 'SELECT (expire_date)' END,
      CASE WHEN NOT has_any_column_privilege(c.oid, 'UPDATE') THEN 'UPDATE (expire_date)' END,
      CASE WHEN NOT has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END) AS "missingRights"
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute expiry ON expiry.attrelid = c.oid AND expiry.attname = 'expire_date'
  LEFT JOIN pg_attribute key ON key.attrelid = c.oid AND key.attname = 'session_key'
  WHERE c.relname = wanted."table" AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND CASE
    WHEN wanted.schema IS NULL THEN pg_table_is_visible(c.oid)
    WHEN wanted.schema = '*' THEN c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%'
    ELSE n.nspname = wanted.schema END
) AS found ON true
ORDER BY wanted.at, found.schema`;

/** The least or the greatest `expire_date` of a table. */
export const end: End = (table, order) =>
  `(SELECT ${asText('expire_date')} FROM ONLY ${qualified(table)} ORDER BY expire_date ${order} LIMIT 1)`;

/** The dialect's `inspect`. */
export function inspect(wanted: readonly TableName[], withRange: boolean): Statement<'read'> {
  const list = wanted.map(({ schema, table }, at) => ({ at, schema, table }));
  const range = withRange ? rangeColumns(wanted, end) : '';
  return {
    sql: inspection(range).trim(),
    parameters: { wanted: JSON.stringify(list) },
    mode: 'read',
  };
}
