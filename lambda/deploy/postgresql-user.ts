import { postgresqlUser } from '../../contract/user-sql/postgresql';
import { flag, onlyRow, text } from '../data-api/rows';
import type { SendInTransaction } from '../data-api/transaction';
import { RequestError } from '../errors';
import { catalogOnly } from './catalog-only';
import { keyOf, mayGrant, RIGHTS, rightsStatements } from './postgresql-rights';
import { inspectPostgresqlTables } from './postgresql-tables';
import { scramVerifier } from './scram';
import { isKept, isTaken, NOT_OURS, type UserEngine } from './user-engine';

const ROLE = `
SELECT r.oid IS NOT NULL AS "isThere", pg_catalog.concat_ws(', ',
  CASE WHEN r.rolname = current_user THEN 'is the admin' END,
  CASE WHEN r.rolsuper THEN 'is a superuser' END,
  CASE WHEN r.rolcreaterole OR r.rolcreatedb THEN 'may create roles or databases' END,
  CASE WHEN EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) THEN 'is a member of a role' END,
  CASE WHEN EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = CAST('pg_authid' AS regclass)
    AND d.refobjid = r.oid AND d.deptype = 'o') THEN 'owns something' END) AS powers
FROM (SELECT CAST(:user AS text) AS name) AS wanted LEFT JOIN pg_roles r ON r.rolname = wanted.name`.trim();

/** Whether the role is there. Throws a `RequestError` with the `refusal` if it is somebody's. */
async function find(
  send: SendInTransaction,
  user: string,
  refusal: (user: string, why: string) => string,
): Promise<boolean> {
  const row = onlyRow(await send({ sql: ROLE, parameters: { user } }));
  const powers = text(row, 'powers');
  if (powers !== '') throw new RequestError(refusal(user, powers));
  return flag(row, 'isThere');
}

async function sendAll(send: SendInTransaction, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await send({ sql, parameters: {} });
}

/** The user on Aurora PostgreSQL, where a transaction makes all of a step happen or nothing. */
export const postgresqlEngine: UserEngine = {
  denials: ['42501'],
  adminNeeds:
    "must be able to create roles and to become the tables' owner, as the master user usually is; where it cannot become the owner, give the owner's secret as ownerSecretArn",

  make: (admin, { username, password }, { isKnown, canLogIn }) =>
    catalogOnly(admin, async (send) => {
      const isThere = await find(send, username, isTaken);
      if (isThere && !isKnown && !(await canLogIn()))
        throw new RequestError(isTaken(username, NOT_OURS));
      const verifier = scramVerifier(password);
      const { create, alter } = postgresqlUser;
      await sendAll(send, isThere ? alter(username, verifier) : create(username, verifier));
      return isThere ? 'there' : 'new';
    }),

  inspect: inspectPostgresqlTables,

  async grant(granters, user, tables) {
    const parameters = { user, tables: JSON.stringify(tables) };
    let left: readonly string[] | null = null;
    for (const granter of granters) {
      const todo: readonly string[] | null = left;
      left = await catalogOnly<readonly string[]>(granter, async (send) => {
        const rows = (await send({ sql: RIGHTS, parameters })).filter(
          (row) => todo === null || todo.includes(keyOf(row)),
        );
        const mine = granter === granters.at(-1) ? rows : rows.filter(mayGrant);
        await sendAll(send, rightsStatements(mine, user));
        return rows.filter((row) => !mine.includes(row)).map(keyOf);
      });
    }
  },

  drop: (admin, user) =>
    catalogOnly(admin, async (send) => {
      if (await find(send, user, isKept)) await sendAll(send, [postgresqlUser.drop(user)]);
    }),
};
