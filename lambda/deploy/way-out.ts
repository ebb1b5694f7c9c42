import { mysqlUser } from '../../contract/user-sql/mysql';
import { postgresqlUser, quoted } from '../../contract/user-sql/postgresql';
import type { StackEvent } from './request';

const BY_HAND = 'remove the user as docs/upgrade.md says';

/** What leads out of an update that can be neither done nor taken back. */
export function outOfUpdate({ StackId, LogicalResourceId }: StackEvent): string {
  return `if the stack stays in UPDATE_ROLLBACK_FAILED: aws cloudformation continue-update-rollback --stack-name ${StackId} --resources-to-skip ${LogicalResourceId}`;
}

/** What leads out of a removal that fails again and again. */
export function outOfRemoval({ StackId, LogicalResourceId }: StackEvent, user: string): string {
  return `the user "${user}" is still there: mend that and delete the stack again; or let aws cloudformation delete-stack --stack-name ${StackId} --retain-resources ${LogicalResourceId} leave the user behind, and ${BY_HAND}`;
}

/** What to do with a user in a cluster that may be gone. */
export function ofGoneCluster(user: string, why: string): string {
  return `the user "${user}" was not removed: ${why}; if its cluster is still there, ${BY_HAND}`;
}

/** What to do with a user that the deployment no longer reaches. */
export function ofUserElsewhere(user: string, clusterArn: string): string {
  const postgresql = `DROP OWNED BY ${quoted(user)} and ${postgresqlUser.drop(user)}`;
  return `the user "${user}" stays in ${clusterArn}, where the deployment can no longer remove it; if nobody needs it, ${BY_HAND}: ${postgresql} on PostgreSQL, ${mysqlUser.drop(user)} on MySQL`;
}
