import {
  actingAs,
  asRole,
  grantConnect,
  grantUsage,
  postgresqlUser,
  revokeConnect,
  revokeDefault,
  revokeUsage,
} from '../../contract/user-sql/postgresql';
import { flag, optionalText, type Row, text } from '../data-api/rows';
import type { TableId } from '../database/dialect';

/**
 * One row for the database, for each schema and table that the purge needs, and for each to which the user has a right,
 * also for each kind of things to which it will have a right when somebody makes them (`default`).
 *
 * `isWanted`: the purge needs it. `isHeld`: the user has a right to it. `isOpen`: everybody may log in to the database,
 * or use the schema. `owner`: the role that may grant; the database's own owner stands for `pg_database_owner`. `isOwn`:
 * the user who asks has the owner's rights. `mayBeOwner`: that user may SET ROLE to the owner, which PostgreSQL 16 made a
 * right of its own.
 */
export const RIGHTS = `
WITH held AS (
  SELECT d.classid, d.objid FROM pg_shdepend d
  JOIN pg_roles r ON r.oid = d.refobjid AND r.rolname = CAST(:user AS text)
  JOIN pg_database b ON b.datname = current_database() AND d.dbid IN (b.oid, 0)
  WHERE d.refclassid = CAST('pg_authid' AS regclass) AND d.deptype = 'a'
), needed AS (
  SELECT w.schema, w."table" FROM json_to_recordset(CAST(:tables AS json)) AS w (schema text, "table" text)
), things AS (
  SELECT 'table' AS kind, CAST(n.nspname AS text) AS schema, CAST(c.relname AS text) AS name, c.relowner AS owner,
    EXISTS (SELECT FROM needed w WHERE w.schema = n.nspname AND w."table" = c.relname) AS "isWanted",
    EXISTS (SELECT FROM held h WHERE h.classid = CAST('pg_class' AS regclass) AND h.objid = c.oid) AS "isHeld",
    false AS "isOpen"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  UNION ALL
  SELECT 'schema', NULL, CAST(n.nspname AS text),
    CASE WHEN pg_get_userbyid(n.nspowner) = 'pg_database_owner' THEN b.datdba ELSE n.nspowner END,
    EXISTS (SELECT FROM needed w WHERE w.schema = n.nspname),
    EXISTS (SELECT FROM held h WHERE h.classid = CAST('pg_namespace' AS regclass) AND h.objid = n.oid),
    has_schema_privilege('public', n.oid, 'USAGE')
  FROM pg_namespace n JOIN pg_database b ON b.datname = current_database()
  UNION ALL
  SELECT 'database', NULL, CAST(b.datname AS text), b.datdba, EXISTS (SELECT FROM needed),
    EXISTS (SELECT FROM held h WHERE h.classid = CAST('pg_database' AS regclass) AND h.objid = b.oid),
    has_database_privilege('public', b.oid, 'CONNECT')
  FROM pg_database b WHERE b.datname = current_database()
  UNION ALL
  SELECT 'default', CAST(n.nspname AS text), CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
      WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END, d.defaclrole,
    false, EXISTS (SELECT FROM held h WHERE h.classid = CAST('pg_default_acl' AS regclass) AND h.objid = d.oid), false
  FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
)
SELECT kind, schema, name, CAST(pg_get_userbyid(owner) AS text) AS owner, "isWanted", "isHeld", "isOpen",
  pg_has_role(owner, 'USAGE') AS "isOwn",
  pg_has_role(owner, CASE WHEN CAST(current_setting('server_version_num') AS int) >= 160000
    THEN 'SET' ELSE 'MEMBER' END) AS "mayBeOwner"
FROM things WHERE "isWanted" OR "isHeld" ORDER BY kind, schema, name`.trim();

const tableOf = (row: Row): TableId => ({
  schema: optionalText(row, 'schema') ?? '',
  table: text(row, 'name'),
});

/** How a right to each kind of thing is given and taken away. */
const STATEMENTS: Readonly<
  Record<string, Readonly<Record<'grant' | 'revoke', (row: Row, user: string) => string>>>
> = {
  table: {
    grant: (row, user) => postgresqlUser.grant(tableOf(row), user),
    revoke: (row, user) => postgresqlUser.revoke(tableOf(row), user),
  },
  schema: {
    grant: (row, user) => grantUsage(text(row, 'name'), user),
    revoke: (row, user) => revokeUsage(text(row, 'name'), user),
  },
  database: {
    grant: (row, user) => grantConnect(text(row, 'name'), user),
    revoke: (row, user) => revokeConnect(text(row, 'name'), user),
  },
  default: {
    // The purge needs none of them.
    grant: () => '',
    revoke: (row, user) =>
      revokeDefault(text(row, 'owner'), optionalText(row, 'schema'), text(row, 'name'), user),
  },
};

/** Tells the things of one database apart. */
export const keyOf = (row: Row): string =>
  JSON.stringify([row.kind, row.schema, row.name, row.owner]);

/** Whether the user who asked for the rows may grant the right to this thing. */
export const mayGrant = (row: Row): boolean => flag(row, 'isOwn') || flag(row, 'mayBeOwner');

function statementsFor(row: Row, user: string): string[] {
  const statements = STATEMENTS[text(row, 'kind')];
  if (statements === undefined) return [];
  return [
    ...(flag(row, 'isHeld') ? [statements.revoke(row, user)] : []),
    ...(flag(row, 'isWanted') && !flag(row, 'isOpen') ? [statements.grant(row, user)] : []),
  ];
}

/** Statements about an owner's things, sent with the owner's rights. */
function asOwner(owner: string, [first = {}]: readonly Row[], statements: readonly string[]) {
  if (flag(first, 'isOwn')) return statements;
  // SET ROLE is for an admin with NOINHERIT, whom a role alone gives nothing.
  const acting = actingAs(owner, statements);
  return flag(first, 'mayBeOwner') ? acting : asRole(owner, acting);
}

/** The statements after which the user has just the rights that it needs, by the rows of `RIGHTS`. */
export function rightsStatements(rows: readonly Row[], user: string): string[] {
  const owners = new Set(rows.map((row) => text(row, 'owner')));
  return [...owners].flatMap((owner) => {
    const things = rows.filter((row) => row.owner === owner);
    const statements = things.flatMap((row) => statementsFor(row, user));
    return statements.length === 0 ? [] : asOwner(owner, things, statements);
  });
}
