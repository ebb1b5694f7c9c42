import { account, mysqlUser, revokeEverything } from '../../contract/user-sql/mysql';
import { onlyRow, text } from '../data-api/rows';
import { inspectTables } from '../database/inspection';
import { mysql } from '../database/mysql';
import { RequestError } from '../errors';
import { type Connection, isCode } from './connection';
import { isTaken, NOT_OURS, type UserEngine } from './user-engine';

/** CREATE USER or DROP USER failed, because the user is there or is not. */
const CANNOT = ['1396'];

async function sendAll(to: Connection, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await to.send(sql);
}

async function isAdmin(admin: Connection, user: string): Promise<boolean> {
  const row = onlyRow(await admin.send('SELECT CURRENT_USER() AS `admin`'));
  return text(row, 'admin').replace(/@[^@]*$/, '') === user;
}

/** All that the deployment ever grants. MariaDB tells the password's hash in the same line. */
const OF_A_PURGE = /^GRANT (USAGE ON \*\.\*|SELECT \(`?expire_date`?\), DELETE ON .+) TO [^,]+$/i;

/** Throws a `RequestError` for a user that is there and has other rights than a purge: it is somebody's. */
async function refuseOthers(admin: Connection, user: string): Promise<void> {
  const rows = await admin.send(`SHOW GRANTS FOR ${account(user)}`);
  const grants = rows.flatMap((row) => Object.values(row)).map(String);
  if (!grants.every((grant) => OF_A_PURGE.test(grant)))
    throw new RequestError(isTaken(user, 'has other rights than a purge'));
}

/**
 * The user on Aurora MySQL, where each statement is a transaction of its own.
 *
 * Whether there is a user, and what rights it has, MySQL tells to few. So a user that is there is found out by the error
 * of the CREATE, and all its rights are taken away before it gets those that it needs. A run in that moment fails, and
 * the next one does its work.
 */
export const mysqlEngine: UserEngine = {
  denials: ['1044', '1142', '1143', '1227', '1370', '1410'],
  adminNeeds:
    'must have CREATE USER, SELECT on the schema mysql, and SELECT and DELETE on the tables WITH GRANT OPTION, as the master user has',

  async make(admin, { username, password }, isOurs) {
    if (await isAdmin(admin, username)) throw new RequestError(isTaken(username, 'is the admin'));
    try {
      await sendAll(admin, mysqlUser.create(username, password));
    } catch (error) {
      if (!isCode(error, CANNOT)) throw error;
      if (!(await isOurs())) throw new RequestError(isTaken(username, NOT_OURS));
      await refuseOthers(admin, username);
      await sendAll(admin, [...mysqlUser.alter(username, password), revokeEverything(username)]);
    }
  },

  inspect: ({ api }, wanted) => inspectTables(api, mysql(null), wanted, false),

  async grant([granter], user, tables) {
    if (granter === undefined) return;
    await sendAll(
      granter,
      tables.map((table) => mysqlUser.grant(table, user)),
    );
  },

  async drop(admin, user) {
    try {
      await admin.send(mysqlUser.drop(user));
    } catch (error) {
      if (!isCode(error, CANNOT)) throw error;
    }
  },
};
