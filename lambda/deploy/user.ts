import type { DataApiWorld } from '../data-api/data-api';
import type { FailedLink } from '../data-api/failure';
import { isForeignGrammar } from '../database/session-database';
import { DatabaseError } from '../errors';
import { CATALOG_ONLY } from './catalog-only';
import { type Connection, connection, isCode } from './connection';
import type { Login } from './login';
import { mysqlEngine } from './mysql-user';
import { canLogIn } from './own-login';
import { postgresqlEngine } from './postgresql-user';
import type { UserWish, Wish } from './request';
import { findTables } from './tables';
import type { UserEngine } from './user-engine';
import type { DeploymentWorld } from './world';

/** How long a statement waits for a paused cluster, in seconds. A wake-up after a day's pause takes 30 s or more. */
export const WAKE_BUDGET_SECONDS = 240;

/** The database that the connection names does not exist. */
const NO_DATABASE = ['3D000', '1049'];

/** A failure at one of these links has a remedy for a purge, which is none for somebody who makes users. */
const OF_A_PURGE: readonly (FailedLink | undefined)[] = ['table', 'row', 'grammar'];

/** Something depends on the role, or on a right of it. */
const DEPENDED_ON = ['2BP01'];

interface Ways {
  readonly engine: UserEngine;
  readonly admin: Connection;
  /** Those who grant the rights: the tables' owner, if the deployment has that secret, and then the admin. */
  readonly granters: readonly [Connection, ...Connection[]];
}

/** Asks by a statement that calls no function: in a search path of somebody's making it could be another one. */
async function engineOf(admin: Connection): Promise<UserEngine> {
  try {
    await admin.inTransaction((send) => send(CATALOG_ONLY));
    return postgresqlEngine;
  } catch (error) {
    if (isForeignGrammar(error)) return mysqlEngine;
    throw error;
  }
}

async function waysTo(wish: UserWish, world: DataApiWorld): Promise<Ways> {
  const { clusterArn, database, adminSecretArn, ownerSecretArn } = wish;
  const as = (secretArn: string) =>
    connection({ clusterArn, database, secretArn, wakeBudgetSeconds: WAKE_BUDGET_SECONDS }, world);
  const admin = as(adminSecretArn);
  const engine = await engineOf(admin);
  return {
    engine,
    admin,
    granters: ownerSecretArn === null ? [admin] : [as(ownerSecretArn), admin],
  };
}

/** The error of a step in words that fit it. `needs`: what the user who sends the statements must be able to do. */
function inWords(error: unknown, what: string, denials: readonly string[], needs: string): unknown {
  if (!(error instanceof DatabaseError) || error.failure === null) return error;
  const { failure } = error;
  const because = `${what}: ${failure.text}`;
  if (isCode(error, denials)) return new DatabaseError(`${because}; ${needs}`, failure);
  if (isCode(error, DEPENDED_ON))
    return new DatabaseError(
      `${because}; somebody else gave it a right that the deployment does not know, or gave it one in another database; take that away`,
      failure,
    );
  return OF_A_PURGE.includes(failure.at) ? new DatabaseError(because, failure) : error;
}

/** Does a step, and says what failed, and whose rights it needs if it fails for want of one. */
async function step<Result>(
  what: string,
  { engine: { denials, adminNeeds } }: Ways,
  by: 'admin' | 'owner',
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const needs = by === 'admin' ? adminNeeds : 'must own the tables and their schemas';
    throw inWords(error, what, denials, `the user in the ${by}'s secret ${needs}`);
  }
}

function setRights(ways: Ways, user: string, tables: Parameters<UserEngine['grant']>[2]) {
  const by = ways.granters[0] === ways.admin ? 'admin' : 'owner';
  const what = `the rights of the user "${user}" could not be set`;
  return step(what, ways, by, () => ways.engine.grant(ways.granters, user, tables));
}

/** Whether there is a user that the stack made: it has the password of the purge's secret. */
export const hasOwnLogin = (wish: Wish, world: DataApiWorld): Promise<boolean> =>
  canLogIn(wish, world, WAKE_BUDGET_SECONDS);

/**
 * Makes the purge's user, or changes the one that is there, so that it has the login and just the rights that the wish
 * needs. Returns what is wrong with the tables. `isKnown`: the stack has made that user before. `onMade` is called once
 * there is a user, and is told whether it was there before.
 */
export async function makeUser(
  wish: UserWish,
  login: Login,
  world: DataApiWorld,
  isKnown: boolean,
  onMade: (how: 'new' | 'there') => void,
): Promise<readonly string[]> {
  const { username } = login;
  const ways = await waysTo(wish, world);
  const { engine, admin } = ways;
  const what = `the user "${username}" could not be made`;
  const sign = { isKnown, canLogIn: () => hasOwnLogin(wish, world) };
  onMade(await step(what, ways, 'admin', () => engine.make(admin, login, sign)));
  const { tables, problems } = await findTables(ways.granters[0], engine, wish.tables);
  await setRights(ways, username, tables);
  return problems;
}

/** Takes all rights in the wish's database from the user, on an engine where rights are a database's own. */
export async function revokeRights(wish: UserWish, user: string, world: DataApiWorld) {
  const ways = await waysTo(wish, world);
  await setRights(ways, user, []);
}

/** Takes all rights from the user and removes it. `isKnown`: the stack has made that very user. */
export async function removeUser(
  wish: UserWish,
  user: string,
  world: DataApiWorld,
  isKnown: boolean,
) {
  const ways = await waysTo(wish, world);
  await setRights(ways, user, []);
  const what = `the user "${user}" could not be removed`;
  await step(what, ways, 'admin', () => ways.engine.drop(ways.admin, user, isKnown));
}

/** Secrets Manager's words for a secret that is not there. */
const NO_SECRET = /can't find the specified secret|marked for deletion/i;

/**
 * Whether the cluster, its database or the admin's secret is no longer there, so that nobody can reach the user.
 *
 * Of a cluster that is gone the Data API says what it says of one where it is off, so RDS is asked. Where RDS does not
 * tell, the cluster counts as gone: a stack could not be deleted otherwise.
 */
export async function isGone(
  error: unknown,
  { clusterArn }: Wish,
  { stack }: Pick<DeploymentWorld, 'stack'>,
): Promise<boolean> {
  if (!(error instanceof DatabaseError) || error.failure === null) return false;
  const { at, text } = error.failure;
  if (at === 'secret') return NO_SECRET.test(text);
  if (at === 'endpoint') return (await stack.hasCluster(clusterArn)) !== true;
  return isCode(error, NO_DATABASE);
}
