import type { TableId } from '../dialect';
import { CASCADES, SETS_NULL } from '../guarded-rows';
import { literal, qualified, quoted } from './sql';

/** The dialect's `showTriggers`. */
export function showTriggers({ schema, table }: TableId): string {
  return `SHOW TRIGGERS FROM ${quoted(schema)} WHERE \`Table\` = ${literal(table)}`;
}

/** The name in a column, as a statement takes it. */
const nameIn = (column: string) => `CONCAT('\`', REPLACE(${column}, '\`', '\`\`'), '\`')`;

const columnsIn = (column: string) => `GROUP_CONCAT(${nameIn(column)} ORDER BY k.ORDINAL_POSITION)`;

const WAYS = `(SELECT 'CASCADE' AS way, '${CASCADES}' AS does UNION ALL SELECT 'SET NULL', '${SETS_NULL}') AS ways`;

/** The dialect's `showCascade`. Not every server takes a name again in the statement that drops it. */
export function showCascade({ schema, table }: TableId): string {
  const keys = `SELECT CONCAT(${nameIn('k.TABLE_SCHEMA')}, '.', ${nameIn('k.TABLE_NAME')}) AS tbl, ${nameIn('k.CONSTRAINT_NAME')} AS name, ${columnsIn('k.COLUMN_NAME')} AS own, ${columnsIn('k.REFERENCED_COLUMN_NAME')} AS referred, MAX(r.UPDATE_RULE) AS rule, MIN(c.IS_NULLABLE) AS nullable FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME, TABLE_NAME) JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = k.TABLE_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND c.COLUMN_NAME = k.COLUMN_NAME WHERE k.REFERENCED_TABLE_SCHEMA = ${literal(schema)} AND k.REFERENCED_TABLE_NAME = ${literal(table)} AND r.DELETE_RULE IN ('RESTRICT', 'NO ACTION') GROUP BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME`;
  const referred = literal(` REFERENCES ${qualified({ schema, table })} (`);
  return `SELECT CONCAT('ALTER TABLE ', tbl, ' DROP FOREIGN KEY ', name, '; ALTER TABLE ', tbl, ' ADD CONSTRAINT ', name, ' FOREIGN KEY (', own, ')', ${referred}, referred, ') ON DELETE ', way, ' ON UPDATE ', rule) AS fix, does FROM (${keys}) AS refer JOIN ${WAYS} ON way = 'CASCADE' OR nullable = 'YES' ORDER BY name, way`;
}
