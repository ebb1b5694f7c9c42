import { DatabaseError } from '../errors';
import { joined, type Outcome } from './answer';
import { warningsOfCheckup } from './check';
import { readLogin, refuseOddLogin } from './login';
import { CHECKED_ONLY, idOf, NOT_KNOWN, NOTHING_MADE, userIn } from './physical-id';
import { makesUser, readWish, type StackEvent, type UserWish, type Wish } from './request';
import { isGone, makeUser, removeUser, revokeRights } from './user';
import { ofUserElsewhere, outOfUpdate } from './way-out';
import { DeploymentFailure, type DeploymentWorld } from './world';

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
    if (!(await isGone(error, wish, world))) throw error;
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
  const clusterArn = String(ClusterArn);
  const user = userIn(id, { clusterArn });
  return user === undefined ? [] : [ofUserElsewhere(user, clusterArn)];
}

/** Whether the event's resource is that user of that very cluster. Clusters of two regions may have one name. */
function isKnown(wish: Wish, event: StackEvent, user: string): boolean {
  const { PhysicalResourceId: id = '', OldResourceProperties: old } = event;
  return userIn(id, wish) === user && (old?.ClusterArn ?? wish.clusterArn) === wish.clusterArn;
}

/** A user that this event has made, and how to take it back. */
interface Made {
  readonly id: string;
  readonly undo: () => Promise<void>;
}

/**
 * Takes back what an update has made elsewhere before it failed: the rollback does not come there. Returns the name of what
 * there is then.
 */
async function takenBack({ id, undo }: Made, before: string, world: DeploymentWorld) {
  try {
    await undo();
    return before;
  } catch (error) {
    world.onNote(`what was made was not taken back: ${(error as Error).message}`);
    return id;
  }
}

/** Makes the user that the event asks for, or changes it, and checks it. Throws a `DeploymentFailure`. */
export async function apply(event: StackEvent, world: DeploymentWorld): Promise<Outcome> {
  const before = event.PhysicalResourceId ?? NOTHING_MADE;
  const isUpdate = event.RequestType === 'Update';
  let physicalId = before;
  let made: Made | undefined;
  try {
    const wish = readWish(event.ResourceProperties);
    const login = await readLogin(world.secrets, wish.secretArn);
    world.onPassword(login.password);
    const warnings: string[] = [];
    let user = '';
    if (makesUser(wish)) {
      refuseOddLogin(login, wish.secretArn);
      user = login.username;
      const onMade = (how: 'new' | 'there') => {
        physicalId = idOf(wish, user);
        if (how === 'new' && physicalId !== before)
          made = { id: physicalId, undo: () => removeUser(wish, user, world, true) };
      };
      warnings.push(...(await makeUser(wish, login, world, isKnown(wish, event, user), onMade)));
      await leaveOldDatabase(wish, event, user, world);
    } else physicalId = CHECKED_ONLY;
    if (wish.checks) warnings.push(...(await warningsOfCheckup(wish, event, world, warnings)));
    warnings.push(...leftBehind(wish, event));
    const data = { User: user, Warnings: joined(warnings) || 'none' };
    return { status: 'SUCCESS', physicalId, data };
  } catch (error) {
    if (isUpdate && made !== undefined) physicalId = await takenBack(made, before, world);
    const isUnknown = error instanceof DatabaseError && error.failure?.kind === 'unknown';
    throw new DeploymentFailure(
      isUnknown && physicalId === NOTHING_MADE ? NOT_KNOWN : physicalId,
      error,
      isUpdate ? outOfUpdate(event) : undefined,
    );
  }
}
