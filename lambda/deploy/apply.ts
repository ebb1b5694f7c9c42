import { SETTINGS } from '../../contract/settings';
import { checkup } from '../checkup/checkup';
import { dataApi } from '../data-api/data-api';
import { DatabaseError } from '../errors';
import type { Outcome } from './answer';
import { readLogin } from './login';
import { CHECKED_ONLY, idOf, NOT_KNOWN, NOTHING_MADE, userIn } from './physical-id';
import { makesUser, readWish, type StackEvent, type UserWish, type Wish } from './request';
import { isGone, makeUser, revokeRights, WAKE_BUDGET_SECONDS } from './user';
import { DeploymentFailure, type DeploymentWorld } from './world';

/**
 * Runs the check-up as the purge's user. Returns its warnings; throws an `Error` with all that fails and its fix, after
 * the problems that are known already.
 */
async function check(
  wish: Wish,
  world: DeploymentWorld,
  problems: readonly string[],
): Promise<string[]> {
  const target = { ...wish, wakeBudgetSeconds: WAKE_BUDGET_SECONDS };
  const plan = { ...target, graceSeconds: SETTINGS.graceSeconds.fallback };
  const { findings } = await checkup(wish.tables, plan, dataApi(target, world), world.clock);
  const textsOf = (state: 'failing' | 'warning') =>
    findings
      .filter((finding) => finding.state === state)
      .map(({ requirement, detail, fix }) => `${requirement}: ${detail}${fix ? `; ${fix}` : ''}`);
  const failing = textsOf('failing');
  if (failing.length === 0) return textsOf('warning');
  const all = [...problems, ...failing].join(' | ');
  throw new Error(
    `the check-up found what keeps the purge from its work: ${all}; mend it and deploy again, or deploy with checkOnDeploy=false`,
  );
}

/** Takes from the user what it had in the database of the last deployment, if that was another one. */
async function leaveOldDatabase(
  wish: UserWish,
  { OldResourceProperties: old }: StackEvent,
  user: string,
  world: DeploymentWorld,
): Promise<void> {
  if (old?.Database === undefined || old.Database === wish.database) return;
  if (old.ClusterArn !== wish.clusterArn) return;
  try {
    await revokeRights({ ...wish, database: String(old.Database) }, user, world);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Says which user stays where the update goes to another cluster, or to a user that is made by hand: by then the function's
 * role no longer reaches the cluster or the admin's secret.
 */
function leftBehind(wish: Wish, { PhysicalResourceId: id = '', ...event }: StackEvent): string[] {
  const { ClusterArn, AdminSecretArn } = event.OldResourceProperties ?? {};
  if (ClusterArn === undefined || AdminSecretArn === undefined) return [];
  if (ClusterArn === wish.clusterArn && makesUser(wish)) return [];
  const user = userIn(id, { clusterArn: String(ClusterArn) });
  if (user === undefined) return [];
  return [
    `the user "${user}" stays in ${ClusterArn}, where the deployment can no longer remove it; if nobody needs it, remove it as docs/upgrade.md says: DROP OWNED BY ${user} and DROP ROLE ${user} on PostgreSQL, DROP USER ${user} on MySQL`,
  ];
}

/** What leads out of an update that can be neither done nor taken back. */
function wayOut({ StackId, LogicalResourceId }: StackEvent): string {
  return `; if the stack stays in UPDATE_ROLLBACK_FAILED: aws cloudformation continue-update-rollback --stack-name ${StackId} --resources-to-skip ${LogicalResourceId}`;
}

/** Makes the user that the event asks for, or changes it, and checks it. Throws a `DeploymentFailure`. */
export async function apply(event: StackEvent, world: DeploymentWorld): Promise<Outcome> {
  let physicalId = event.PhysicalResourceId ?? NOTHING_MADE;
  try {
    const wish = readWish(event.ResourceProperties);
    const login = await readLogin(world.secrets, wish.secretArn);
    world.onPassword(login.password);
    const warnings: string[] = [];
    let user = '';
    if (makesUser(wish)) {
      user = login.username;
      const onMade = () => {
        physicalId = idOf(wish, user);
      };
      const isKnown = userIn(physicalId, wish) === user;
      warnings.push(...(await makeUser(wish, login, world, isKnown, onMade)));
      await leaveOldDatabase(wish, event, user, world);
    } else physicalId = CHECKED_ONLY;
    if (wish.checks) warnings.push(...(await check(wish, world, warnings)));
    warnings.push(...leftBehind(wish, event));
    const data = { User: user, Warnings: warnings.join(' | ') || 'none' };
    return { status: 'SUCCESS', physicalId, data };
  } catch (error) {
    const isUnknown = error instanceof DatabaseError && error.failure?.kind === 'unknown';
    throw new DeploymentFailure(
      isUnknown && physicalId === NOTHING_MADE ? NOT_KNOWN : physicalId,
      error,
      event.RequestType === 'Update' ? wayOut(event) : '',
    );
  }
}
