import { mysqlUser } from '../../../contract/user-sql/mysql';
import type { CheckupEngine } from '../checkup-engine';
import type { TableId } from '../dialect';
import { mysql } from '.';
import type { TimeZone } from './local-time';
import { readPlan } from './plan';
import { server } from './server';
import { literal, qualified } from './sql';

/** Compares bytes, since the server's comparison treats "Session" and "session" as equal. */
const isTable = (alias: string, prefix = 'TABLE') =>
  `CAST(${alias}.${prefix}_SCHEMA AS BINARY) = CAST(:schema AS BINARY)
    AND CAST(${alias}.TABLE_NAME AS BINARY) = CAST(:table AS BINARY)`;

/** A user with rights to the schema "mysql" also sees the rights of other users in these views. */
const isMine = (alias: string) => `REPLACE(${alias}.GRANTEE, '''', '') = CURRENT_USER()`;

const GLOBAL_RIGHTS = `SELECT g.PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES g
    WHERE ${isMine('g')} AND g.PRIVILEGE_TYPE <> 'USAGE'`;

/** Such a right may be for many schemas: its TABLE_SCHEMA is a pattern like `tenant\\_%`. */
const SCHEMA_RIGHTS = `SELECT p.PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES p
    WHERE ${isMine('p')} AND :schema LIKE p.TABLE_SCHEMA`;

const TABLE_RIGHTS = `SELECT r.PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES r
    WHERE ${isMine('r')} AND ${isTable('r')}`;

const columnsWith = (right: string) =>
  `COALESCE((SELECT GROUP_CONCAT(c.COLUMN_NAME ORDER BY c.ORDINAL_POSITION SEPARATOR ', ')
    FROM information_schema.COLUMNS c
    WHERE ${isTable('c')} AND FIND_IN_SET('${right}', c.PRIVILEGES) > 0), '')`;

const foreignKeys = (condition: string) =>
  `COALESCE((SELECT GROUP_CONCAT(DISTINCT k.CONSTRAINT_NAME, ' of ', k.CONSTRAINT_SCHEMA, '.', k.TABLE_NAME SEPARATOR ', ')
    FROM information_schema.REFERENTIAL_CONSTRAINTS k
    WHERE CAST(k.UNIQUE_CONSTRAINT_SCHEMA AS BINARY) = CAST(:schema AS BINARY)
      AND CAST(k.REFERENCED_TABLE_NAME AS BINARY) = CAST(:table AS BINARY) AND ${condition}), '')`;

// MySQL shows a foreign key to users with a right to its table, and a trigger to those with TRIGGER on its table.
const FACTS = `
SELECT ${columnsWith('select')} AS readable, ${columnsWith('update')} AS writable,
  COALESCE((SELECT GROUP_CONCAT(r.PRIVILEGE_TYPE SEPARATOR ', ') FROM information_schema.TABLE_PRIVILEGES r
    WHERE ${isMine('r')} AND ${isTable('r')}
      AND r.PRIVILEGE_TYPE NOT IN ('USAGE', 'SELECT', 'UPDATE', 'DELETE')), '') AS otherRights,
  CONCAT_WS(', ',
    CASE WHEN EXISTS (${GLOBAL_RIGHTS}) OR COALESCE(CURRENT_ROLE(), '') LIKE '%rds_superuser_role%'
      THEN 'has rights to every schema' END,
    CASE WHEN EXISTS (${SCHEMA_RIGHTS}) THEN 'has rights to all of the schema' END) AS powers,
  EXISTS (${GLOBAL_RIGHTS} AND g.PRIVILEGE_TYPE IN ('SELECT', 'REFERENCES')) AS seesForeignKeys,
  EXISTS (${GLOBAL_RIGHTS} AND g.PRIVILEGE_TYPE = 'TRIGGER')
    OR EXISTS (${SCHEMA_RIGHTS} AND p.PRIVILEGE_TYPE = 'TRIGGER')
    OR EXISTS (${TABLE_RIGHTS} AND r.PRIVILEGE_TYPE = 'TRIGGER') AS seesTriggers,
  ${foreignKeys(`k.DELETE_RULE IN ('RESTRICT', 'NO ACTION')`)} AS blockingKeys,
  ${foreignKeys(`k.DELETE_RULE NOT IN ('RESTRICT', 'NO ACTION')`)} AS followingKeys,
  COALESCE((SELECT GROUP_CONCAT(e.TRIGGER_NAME SEPARATOR ', ') FROM information_schema.TRIGGERS e
    WHERE e.EVENT_MANIPULATION = 'DELETE'
      AND CAST(e.EVENT_OBJECT_SCHEMA AS BINARY) = CAST(:schema AS BINARY)
      AND CAST(e.EVENT_OBJECT_TABLE AS BINARY) = CAST(:table AS BINARY)), '') AS triggers,
  NOT @@sql_big_selects AS limitsSelects,
  CAST(t.TABLE_ROWS AS SIGNED) AS \`rows\`, CAST(t.DATA_LENGTH + t.INDEX_LENGTH AS SIGNED) AS bytes
FROM information_schema.TABLES t
WHERE ${isTable('t')}`.trim();

const FOREIGN_KEYS =
  'SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS';

const TRIGGERS = 'SELECT TRIGGER_NAME, EVENT_MANIPULATION FROM information_schema.TRIGGERS';

const hidden = {
  foreignKeys: ({ schema, table }: TableId) =>
    `${FOREIGN_KEYS} WHERE UNIQUE_CONSTRAINT_SCHEMA = ${literal(schema)} AND REFERENCED_TABLE_NAME = ${literal(table)}`,
  triggers: ({ schema, table }: TableId) =>
    `${TRIGGERS} WHERE EVENT_OBJECT_SCHEMA = ${literal(schema)} AND EVENT_OBJECT_TABLE = ${literal(table)}`,
};

/** The check-up on Aurora MySQL. `timeZone`: see the dialect. */
export function mysqlCheckup(timeZone: TimeZone): CheckupEngine {
  const dialect = mysql(timeZone);
  return {
    dialect,
    server,
    facts: ({ schema, table }) => ({ sql: FACTS, parameters: { schema, table }, mode: 'read' }),
    readPlan,
    onlyNeeded: (table, user) => `${mysqlUser.revoke(table, user)}; ${dialect.grant(table, user)}`,
    hidden,
    ownRequirements: [],
    vacuum: (table) => `ANALYZE TABLE ${qualified(table)}`,
  };
}
