import type { Outcome } from './answer';
import { readLogin } from './login';
import { isDenied } from './patience';
import { CHECKED_ONLY, NOTHING_MADE, userIn } from './physical-id';
import { makesUser, readWish, type StackEvent, type UserWish, type Wish } from './request';
import { isCleanup } from './stack-services';
import { hasOwnLogin, isGone, removeUser } from './user';
import { ofGoneCluster, ofUserElsewhere, outOfRemoval } from './way-out';
import { DeploymentFailure, type DeploymentWorld } from './world';

/** The name of the user to remove; `null`: none is known. */
async function userOf(id: string, wish: UserWish, world: DeploymentWorld): Promise<string | null> {
  const user = userIn(id, wish);
  if (user !== undefined) return user;
  // Where the function did not answer in time, the name of the user is not in the id, and there may be one all the same.
  try {
    return (await readLogin(world.secrets, wish.secretArn)).username;
  } catch (error) {
    world.onNote(`whether a user was made is not known: ${(error as Error).message}`);
    return null;
  }
}

function wishOf({ ResourceProperties }: StackEvent): Wish | null {
  try {
    return readWish(ResourceProperties);
  } catch {
    // Nothing can have been made for what cannot be read.
    return null;
  }
}

/** Whether the removal belongs to an update that is done, after which the role may not reach the old user any more. */
async function isOutOfReach(error: unknown, event: StackEvent, { stack }: DeploymentWorld) {
  return isDenied(error) && isCleanup(await stack.statusOf(event.StackId));
}

/**
 * Removes the user. Throws a `DeploymentFailure`, but not for a cluster that is gone, nor for one that no deployment ever
 * got to: the stack could not be deleted otherwise.
 */
export async function remove(event: StackEvent, world: DeploymentWorld): Promise<Outcome> {
  const physicalId = event.PhysicalResourceId ?? NOTHING_MADE;
  const removed: Outcome = { status: 'SUCCESS', physicalId };
  if (physicalId === NOTHING_MADE || physicalId === CHECKED_ONLY) return removed;
  const wish = wishOf(event);
  if (wish === null || !makesUser(wish)) return removed;
  const user = await userOf(physicalId, wish, world);
  if (user === null) return removed;
  try {
    // A user that the id does not name may be somebody else's.
    const isKnown = userIn(physicalId, wish) === user;
    if (isKnown || (await hasOwnLogin(wish, world))) await removeUser(wish, user, world, isKnown);
  } catch (error) {
    const why = (error as Error).message;
    if (await isOutOfReach(error, event, world))
      world.onNote(ofUserElsewhere(user, wish.clusterArn));
    else if (await isGone(error, wish, world)) world.onNote(ofGoneCluster(user, why));
    else throw new DeploymentFailure(physicalId, error, outOfRemoval(event, user));
  }
  return removed;
}
