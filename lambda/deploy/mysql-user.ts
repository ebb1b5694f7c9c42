import { account, mysqlUser, revokeEverything } from '../../contract/user-sql/mysql';
import { onlyRow, text } from '../data-api/rows';
import { inspectTables } from '../database/inspection';
import { mysql } from '../database/mysql';
import { RequestError } from '../errors';
import { type Connection, isCode } from './connection';
import { isKept, isTaken, NOT_OURS, type Sign, type UserEngine } from './user-engine';

/** CREATE USER or DROP USER failed, because the user is there or is not. */
const CANNOT = ['1396'];

/** The same of DROP USER, and of SHOW GRANTS. */
const NOT_THERE = [...CANNOT, '1141'];

const IS_ADMIN = 'is the admin';

async function sendAll(to: Connection, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await to.send(sql);
}

/** All that the deployment ever grants. MariaDB tells the password's hash in the same line. */
const OF_A_PURGE = /^GRANT (USAGE ON \*\.\*|SELECT \(`?expire_date`?\), DELETE ON .+) TO [^,]+$/i;

/** Why the user that is there must be somebody's; `null`: it may be the purge's. */
async function whose(admin: Connection, user: string): Promise<string | null> {
  const rows = await admin.send(`SHOW GRANTS FOR ${account(user)}`);
  const grants = rows.flatMap((row) => Object.values(row)).map(String);
  return grants.every((grant) => OF_A_PURGE.test(grant)) ? null : 'has other rights than a purge';
}

async function isAdmin(admin: Connection, user: string): Promise<boolean> {
  const row = onlyRow(await admin.send('SELECT CURRENT_USER() AS `admin`'));
  return text(row, 'admin').replace(/@[^@]*$/, '') === user;
}

/**
 * Refuses a user that is somebody's. Rights that the stack's own user was given by hand are taken away before; what is left
 * then, such as a role, makes it somebody's.
 */
async function refuseOthers(admin: Connection, user: string, sign: Sign): Promise<void> {
  if (sign.isKnown) await admin.send(revokeEverything(user));
  else if (!(await sign.canLogIn())) throw new RequestError(isTaken(user, NOT_OURS));
  const why = await whose(admin, user);
  if (why !== null) throw new RequestError(isTaken(user, why));
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

  async make(admin, { username, password }, sign) {
    if (await isAdmin(admin, username)) throw new RequestError(isTaken(username, IS_ADMIN));
    try {
      await sendAll(admin, mysqlUser.create(username, password));
      return 'new';
    } catch (error) {
      if (!isCode(error, CANNOT)) throw error;
      await refuseOthers(admin, username, sign);
      await sendAll(admin, [...mysqlUser.alter(username, password), revokeEverything(username)]);
      return 'there';
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

  async drop(admin, user, isKnown) {
    if (await isAdmin(admin, user)) throw new RequestError(isKept(user, IS_ADMIN));
    try {
      const why = isKnown ? null : await whose(admin, user);
      if (why !== null) throw new RequestError(isKept(user, why));
      await admin.send(mysqlUser.drop(user));
    } catch (error) {
      if (!isCode(error, NOT_THERE)) throw error;
    }
  },
};
