import type { TableInSql, UserSql } from './user-sql';

/** An identifier as MySQL reads it, whatever is in it. */
export function quoted(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

/** The table with its schema; without one, as the connection's database has it. */
export function qualified({ schema, table }: TableInSql): string {
  return schema === null ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
}

/** A text as MySQL reads it, whatever is in it. */
export function literal(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '$&$&')}'`;
}

/** A user as it stands in a statement. `user`: as `CURRENT_USER()` writes it, `name@host`, or the name of one from any host. */
export function account(user: string): string {
  const at = user.lastIndexOf('@');
  const parts = at === -1 ? [user, '%'] : [user.slice(0, at), user.slice(at + 1)];
  return parts.map(literal).join('@');
}

/** The user on Aurora MySQL. */
export const mysqlUser: UserSql = {
  create: (user, password) => [`CREATE USER ${account(user)} IDENTIFIED BY ${literal(password)}`],
  alter: (user, password) => [`ALTER USER ${account(user)} IDENTIFIED BY ${literal(password)}`],
  grant: (table, user) =>
    `GRANT SELECT (expire_date), DELETE ON ${qualified(table)} TO ${account(user)}`,
  revoke: (table, user) => `REVOKE ALL ON ${qualified(table)} FROM ${account(user)}`,
  drop: (user) => `DROP USER ${account(user)}`,
};

/** Takes every right from the user, also those that the one who sends it cannot see. */
export function revokeEverything(user: string): string {
  return `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${account(user)}`;
}
