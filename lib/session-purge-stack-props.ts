import type { StackProps } from 'aws-cdk-lib';
import type { AlarmRecipients } from './alarm-topic';
import type { SessionPurgeAlarmOptions } from './session-purge-alarm-props';
import type { SessionPurgeOptions } from './session-purge-props';

/** Properties of a `SessionPurgeStack`. */
export interface SessionPurgeStackProps extends StackProps, SessionPurgeOptions, AlarmRecipients {
  /** The ARN of the Aurora cluster. Its Data API must be on. */
  readonly clusterArn: string;

  /**
   * The ARN of the secret with the user name and password of the database role that may purge.
   *
   * Give the ARN as the console shows it, with the six characters at its end. Without them the function may read a
   * secret with any six characters there.
   *
   * @default - the deployment makes the role and its secret, with the right of `adminSecretArn`
   */
  readonly secretArn?: string;

  /**
   * The ARN of the secret of somebody who may make users: usually the one that RDS manages for the master user. The
   * deployment makes the purge's database role and its secret, and removes both with the stack.
   *
   * @default - `secretArn` is given instead; exactly one of the two is required
   */
  readonly adminSecretArn?: string;

  /**
   * On PostgreSQL: the ARN of the secret of the tables' owner, if the user of `adminSecretArn` cannot become the owner.
   *
   * @default - the user of `adminSecretArn` grants the rights
   */
  readonly ownerSecretArn?: string;

  /**
   * Whether the deployment checks all that the purge requires, as its database role, and fails with the remedy where a
   * requirement is not met.
   *
   * @default true
   */
  readonly checkOnDeploy?: boolean;

  /**
   * Any text without a space, such as the date. A deployment with another one than before grants the rights anew, for
   * tables that came since.
   *
   * @default - the deployment grants when it makes the role, and when other properties of it change
   */
  readonly grantAgain?: string;

  /**
   * The ARN of the customer-managed KMS key that encrypts the secrets.
   *
   * @default - the secrets are encrypted with the account's own `aws/secretsmanager` key
   */
  readonly kmsKeyArn?: string;

  /**
   * Which alarms there are, and when they sound; `false` for no alarms and no topic.
   *
   * @default {} - all of them, named after the stack
   */
  readonly alarms?: SessionPurgeAlarmOptions | false;

  /**
   * Whether there is a dashboard.
   *
   * @default true
   */
  readonly dashboard?: boolean;

  /**
   * Whether there is a `SessionPurgeDrain`, which purges a backlog round after round when somebody starts it.
   *
   * @default false
   */
  readonly drain?: boolean;

  /**
   * Whether the Lambda console offers ready-made events to everybody in the account. `create-registry` also creates the
   * account's registry for them; use it if nobody in the account has shared an event before.
   *
   * @default false - the registry belongs to the whole account
   */
  readonly testEvents?: boolean | 'create-registry';
}
