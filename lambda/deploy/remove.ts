import type { Outcome } from './answer';
import { readLogin } from './login';
import { CHECKED_ONLY, NOTHING_MADE, userIn } from './physical-id';
import { makesUser, readWish, type StackEvent, type UserWish, type Wish } from './request';
import { hasOwnLogin, isGone, removeUser } from './user';
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

/** What leads out of a removal that fails again and again. */
function wayOut({ StackId, LogicalResourceId }: StackEvent, user: string): string {
  return `; the user "${user}" is still there: delete the stack again once that is mended, or with --retain-resources ${LogicalResourceId} (aws cloudformation delete-stack --stack-name ${StackId}), and remove the user as docs/upgrade.md says`;
}

/**
 * Removes the user. No error is a cluster that is gone, nor one that a deployment never got to: the stack could not be
 * deleted otherwise. Throws a `DeploymentFailure`.
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
    const isOurs = userIn(physicalId, wish) === user || (await hasOwnLogin(wish, world));
    if (isOurs) await removeUser(wish, user, world);
  } catch (error) {
    if (!isGone(error)) throw new DeploymentFailure(physicalId, error, wayOut(event, user));
    world.onNote(
      `the user "${user}" was not removed: ${error.message}; if its cluster is still there, remove it as docs/upgrade.md says`,
    );
  }
  return removed;
}
