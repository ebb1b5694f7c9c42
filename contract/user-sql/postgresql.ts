import { KEYWORDS } from './postgresql-keywords';
import type { TableInSql, UserSql } from './user-sql';

/** A name that PostgreSQL reads without quotes, unless it is a keyword. */
const PLAIN = /^[a-z_][a-z0-9_]*$/;

/**
 * An identifier in quotes, whatever is in it. The text has no colon, since the Data API may take one for the start of a
 * parameter.
 */
function delimited(identifier: string): string {
  const name = `"${identifier.replaceAll('"', '""')}"`;
  if (!name.includes(':')) return name;
  return `U&${name.replaceAll('\\', '\\\\').replaceAll(':', String.raw`\003A`)}`;
}

/**
 * An identifier, in quotes where it needs them. Most names need none, so that people can paste what they copy from a log of
 * JSON, where each quote has a backslash.
 */
export const quoted = (identifier: string): string =>
  PLAIN.test(identifier) && !KEYWORDS.has(identifier) ? identifier : delimited(identifier);

const named =
  (written: typeof quoted) =>
  ({ schema, table }: TableInSql): string =>
    schema === null ? written(table) : `${written(schema)}.${written(table)}`;

/** The table with its schema; without one, as the search path finds it. */
export const qualified = named(quoted);

/** The same for a statement that is sent: always in quotes, since a newer version may have more keywords. */
export const sentName = named(delimited);

/** The settings that hold for the purge's role alone, as a statement takes them. */
export const ROLE_SETTINGS = {
  lock_timeout: "'1s'",
  statement_timeout: "'40s'",
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_sort: 'off',
  jit: 'off',
} as const;

export type RoleSetting = keyof typeof ROLE_SETTINGS;

const EACH_SETTING = Object.keys(ROLE_SETTINGS) as RoleSetting[];

/** Gives a role these of the settings; all of them by default. `role`: quoted. */
export function setSettings(role: string, names: readonly RoleSetting[] = EACH_SETTING): string[] {
  return names.map((name) => `ALTER ROLE ${role} SET ${name} = ${ROLE_SETTINGS[name]}`);
}

/** A text as PostgreSQL reads it whatever a backslash means to the server, without a colon for the same reason. */
export function literal(text: string): string {
  if (!/[:\\]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return `E'${text.replaceAll(/['\\]/g, '$&$&').replaceAll(':', String.raw`\x3A`)}'`;
}

const login = (verb: 'CREATE' | 'ALTER') => (user: string, password: string) => [
  `${verb} ROLE ${quoted(user)} LOGIN PASSWORD ${literal(password)}`,
  ...setSettings(quoted(user)),
];

/** The user on Aurora PostgreSQL. */
export const postgresqlUser: UserSql = {
  create: login('CREATE'),
  alter: login('ALTER'),
  grant: (table, user) =>
    `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON ${qualified(table)} TO ${quoted(user)}`,
  revoke: (table, user) => `REVOKE ALL ON ${qualified(table)} FROM ${quoted(user)}`,
  drop: (user) => `DROP ROLE ${quoted(user)}`,
};

/** Lets the user see into a schema. Everybody may use the schema "public", unless that was revoked. */
export function grantUsage(schema: string, user: string): string {
  return `GRANT USAGE ON SCHEMA ${quoted(schema)} TO ${quoted(user)}`;
}

/** Takes back what `grantUsage` gave. */
export function revokeUsage(schema: string, user: string): string {
  return `REVOKE USAGE ON SCHEMA ${quoted(schema)} FROM ${quoted(user)}`;
}

/** Lets the user log in to a database. Everybody may, unless that was revoked. */
export function grantConnect(database: string, user: string): string {
  return `GRANT CONNECT ON DATABASE ${quoted(database)} TO ${quoted(user)}`;
}

/** Takes back what `grantConnect` gave. */
export function revokeConnect(database: string, user: string): string {
  return `REVOKE CONNECT ON DATABASE ${quoted(database)} FROM ${quoted(user)}`;
}

/** Takes from the user its right to what a role will make. `schema`: `null` for all; `kind`: what is made, such as `TABLES`. */
export function revokeDefault(
  role: string,
  schema: string | null,
  kind: string,
  user: string,
): string {
  const where = schema === null ? '' : ` IN SCHEMA ${quoted(schema)}`;
  return `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(role)}${where} REVOKE ALL ON ${kind} FROM ${quoted(user)}`;
}

/** The statements, sent as a role that one has, in one session. */
export function actingAs(role: string, statements: readonly string[]): string[] {
  return [`SET ROLE ${quoted(role)}`, ...statements, 'RESET ROLE'];
}

/**
 * The statements, run with the rights of another role by a user who may take that role, and who gives it back.
 *
 * There is no SET ROLE: a client that sends each statement on a connection of its own, as the query editor of the
 * console may, would lose it. The rights come with the role, unless the user was created with NOINHERIT.
 */
export function asRole(role: string, statements: readonly string[]): string[] {
  return [
    `GRANT ${quoted(role)} TO CURRENT_USER`,
    ...statements,
    `REVOKE ${quoted(role)} FROM CURRENT_USER`,
  ];
}
