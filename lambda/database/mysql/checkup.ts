import { mysqlUser } from '../../../contract/user-sql/mysql';
import type { Statement } from '../../data-api/statement';
import type { CheckupEngine } from '../checkup-engine';
import type { TableId } from '../dialect';
import { mysql } from '.';
import {
  ACCOUNT,
  HAS_RDS_ROLE,
  HAS_ROLE,
  IN_SCHEMAS,
  IS_MINE,
  NAMES,
  namesIn,
  sameTable,
} from './inspect';
import type { TimeZone } from './local-time';
import { readEstimates, readPlans } from './plan';
import { server } from './server';
import { expiredParameters, expiredRows, literal, qualified } from './sql';

const GLOBAL_RIGHTS = `SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES
    WHERE ${IS_MINE} AND PRIVILEGE_TYPE <> 'USAGE'`;

const SCHEMA_RIGHTS = `SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES p
    WHERE ${IS_MINE} AND ${IN_SCHEMAS}`;

/** Takes all rights to the schema from the user: a statement for each pattern that fits it, as the server has it. */
const TAKE_SCHEMA = `SELECT GROUP_CONCAT(DISTINCT CONCAT('REVOKE ALL ON \`', REPLACE(p.TABLE_SCHEMA, '\`', '\`\`'), '\`.* FROM ', ${ACCOUNT}) SEPARATOR '; ')
    FROM information_schema.SCHEMA_PRIVILEGES p WHERE ${IS_MINE} AND ${IN_SCHEMAS}`;

const HAS_ALL_RIGHTS = `(EXISTS (${GLOBAL_RIGHTS}) OR ${HAS_RDS_ROLE})`;

/**
 * Whether these views do not prove the right to delete: where only a role gives it, or another right to the schema may come
 * before it. Of several patterns that fit a schema, the server takes one alone.
 */
const MAY_LACK_DELETE = `NOT (COALESCE(r.toDelete, FALSE)
    OR EXISTS (${GLOBAL_RIGHTS} AND PRIVILEGE_TYPE = 'DELETE')
    OR COALESCE((SELECT COUNT(DISTINCT p.TABLE_SCHEMA) = COUNT(DISTINCT CASE PRIVILEGE_TYPE WHEN 'DELETE' THEN p.TABLE_SCHEMA END)
        AND COUNT(*) > 0
      FROM information_schema.SCHEMA_PRIVILEGES p WHERE ${IS_MINE} AND ${IN_SCHEMAS}), FALSE))`;

const textOf = (list: string) => `COALESCE(${list}, '')`;

const joined = (list: string, alias: string) =>
  `LEFT JOIN (${list}) AS ${alias} ON ${sameTable(alias)}`;

const columnsWith = (right: string) =>
  `GROUP_CONCAT(CASE WHEN FIND_IN_SET('${right}', PRIVILEGES) > 0 THEN COLUMN_NAME END ORDER BY ORDINAL_POSITION SEPARATOR ', ')`;

const COLUMNS = (named: string) => `
  SELECT ${NAMES}, ${columnsWith('select')} AS readable, ${columnsWith('update')} AS writable
  FROM information_schema.COLUMNS WHERE ${named} GROUP BY sch, tbl`;

const TABLE_RIGHTS = (named: string) => `
  SELECT ${NAMES}, MAX(PRIVILEGE_TYPE = 'TRIGGER') AS toTriggers, MAX(PRIVILEGE_TYPE = 'DELETE') AS toDelete,
    GROUP_CONCAT(CASE WHEN PRIVILEGE_TYPE NOT IN ('USAGE', 'SELECT', 'UPDATE', 'DELETE') THEN PRIVILEGE_TYPE END SEPARATOR ', ') AS others
  FROM information_schema.TABLE_PRIVILEGES WHERE ${IS_MINE} AND ${named} GROUP BY sch, tbl`;

const keysWith = (condition: string) =>
  `GROUP_CONCAT(DISTINCT CASE WHEN ${condition} THEN CONCAT(CONSTRAINT_NAME, ' of ', CONSTRAINT_SCHEMA, '.', TABLE_NAME) END SEPARATOR ', ')`;

const FOREIGN_KEYS_TO = `
  SELECT CAST(UNIQUE_CONSTRAINT_SCHEMA AS BINARY) AS sch, CAST(REFERENCED_TABLE_NAME AS BINARY) AS tbl,
    ${keysWith(`DELETE_RULE IN ('RESTRICT', 'NO ACTION')`)} AS blocking,
    ${keysWith(`DELETE_RULE NOT IN ('RESTRICT', 'NO ACTION')`)} AS following
  FROM information_schema.REFERENTIAL_CONSTRAINTS GROUP BY sch, tbl`;

const TRIGGERS_OF = `
  SELECT CAST(EVENT_OBJECT_SCHEMA AS BINARY) AS sch, CAST(EVENT_OBJECT_TABLE AS BINARY) AS tbl,
    GROUP_CONCAT(TRIGGER_NAME SEPARATOR ', ') AS names
  FROM information_schema.TRIGGERS WHERE EVENT_MANIPULATION = 'DELETE' GROUP BY sch, tbl`;

// MySQL shows a foreign key to users with a right to its table, and a trigger to those with TRIGGER on its table.
const FACTS = (list: string, named: string) =>
  `
SELECT wanted.at, ${textOf('c.readable')} AS readable, ${textOf('c.writable')} AS writable,
  ${textOf('r.others')} AS otherRights,
  CONCAT_WS(', ',
    CASE WHEN ${HAS_ALL_RIGHTS} THEN 'has rights to every schema' END,
    CASE WHEN EXISTS (${SCHEMA_RIGHTS}) THEN 'has rights to all of the schema' END) AS powers,
  CASE WHEN ${HAS_ALL_RIGHTS} THEN '' ELSE ${textOf(`(${TAKE_SCHEMA})`)} END AS takePowers, ${HAS_ROLE} AS hasRole,
  EXISTS (${GLOBAL_RIGHTS} AND PRIVILEGE_TYPE IN ('SELECT', 'REFERENCES')) AS seesForeignKeys,
  EXISTS (${GLOBAL_RIGHTS} AND PRIVILEGE_TYPE = 'TRIGGER')
    OR EXISTS (${SCHEMA_RIGHTS} AND PRIVILEGE_TYPE = 'TRIGGER') OR COALESCE(r.toTriggers, FALSE) AS seesTriggers,
  ${textOf('f.blocking')} AS blockingKeys, ${textOf('f.following')} AS followingKeys, ${textOf('d.names')} AS triggers,
  NOT @@sql_big_selects AS limitsSelects, ${MAY_LACK_DELETE} AS mayLackDelete,
  CAST(t.TABLE_ROWS AS SIGNED) AS \`rows\`, CAST(t.DATA_LENGTH + t.INDEX_LENGTH AS SIGNED) AS bytes
FROM (${list}) AS wanted
JOIN (SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH
  FROM information_schema.TABLES WHERE ${named}) AS t
  ON CAST(t.TABLE_SCHEMA AS BINARY) = CAST(wanted.sch AS BINARY) AND CAST(t.TABLE_NAME AS BINARY) = CAST(wanted.tbl AS BINARY)
${joined(COLUMNS(named), 'c')}
${joined(TABLE_RIGHTS(named), 'r')}
${joined(FOREIGN_KEYS_TO, 'f')}
${joined(TRIGGERS_OF, 'd')}`.trim();

function facts(tables: readonly TableId[]): Statement<'ask'> {
  const { list, named, parameters } = namesIn(tables);
  return { sql: FACTS(list, named), parameters, mode: 'ask' };
}

const FOREIGN_KEYS =
  'SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS';

const hidden = {
  foreignKeys: ({ schema, table }: TableId) =>
    `${FOREIGN_KEYS} WHERE UNIQUE_CONSTRAINT_SCHEMA = ${literal(schema)} AND REFERENCED_TABLE_NAME = ${literal(table)}`,
};

/** The check-up on Aurora MySQL. `timeZone`: see the dialect. */
export function mysqlCheckup(timeZone: TimeZone): CheckupEngine {
  const dialect = mysql(timeZone);
  return {
    dialect,
    server,
    facts,
    explain: (tables, cutoff, walkedRows) => {
      const order = walkedRows === null ? '' : ` ORDER BY expire_date LIMIT ${walkedRows}`;
      const selects = tables.map((table) => `(SELECT expire_date ${expiredRows(table)}${order})`);
      const sql = `EXPLAIN ${selects.join(' UNION ALL ')}`;
      return { sql, parameters: expiredParameters(timeZone, cutoff), mode: 'ask' };
    },
    readPlans,
    readEstimates,
    onlyNeeded: (table, user) => `${mysqlUser.revoke(table, user)}; ${dialect.grant(table, user)}`,
    hidden,
    // Like the DELETE itself, it needs the right to delete.
    planDelete: (table) => {
      const { sql, ...rest } = dialect.deleteNone(table);
      return { ...rest, sql: `EXPLAIN ${sql}` };
    },
    ownRequirements: [],
    vacuum: (table) => `ANALYZE TABLE ${qualified(table)}`,
  };
}
