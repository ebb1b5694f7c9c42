import { CfnOutput, type Environment, Stack, type StackProps, Token } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { arnParts, isClusterArn } from '../contract/arn';
import { type AlarmRecipients, alarmTopic } from './alarm-topic';
import { dashboardLink, functionLink, logLink } from './console-links';
import { addDrainOutputs } from './drain/outputs';
import { importSecret } from './purge-secret';
import { SessionPurge } from './session-purge';
import type { SessionPurgeAlarmOptions } from './session-purge-alarm-props';
import { SessionPurgeAlarms } from './session-purge-alarms';
import { SessionPurgeDashboard } from './session-purge-dashboard';
import { SessionPurgeDrain } from './session-purge-drain';
import type { SessionPurgeOptions } from './session-purge-props';
import { checkStackProps } from './stack-mistakes';
import { SessionPurgeTestEvents } from './test-events';

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

/** The construct's props for the secrets whose ARNs are given. */
function importSecrets(scope: Construct, props: SessionPurgeStackProps) {
  const { secretArn, adminSecretArn, ownerSecretArn, kmsKeyArn } = props;
  const key = kmsKeyArn ? Key.fromKeyArn(scope, 'SecretKey', kmsKeyArn) : undefined;
  const secret = (id: string, arn: string) => importSecret(scope, id, arn, key);
  return {
    ...(secretArn !== undefined && { secret: secret('Secret', secretArn) }),
    ...(adminSecretArn !== undefined && { adminSecret: secret('AdminSecret', adminSecretArn) }),
    ...(ownerSecretArn !== undefined && { ownerSecret: secret('OwnerSecret', ownerSecretArn) }),
  };
}

function environmentOf(clusterArn: string): Environment {
  // The construct refuses a text that is no ARN, with a better message than the CDK's.
  if (Token.isUnresolved(clusterArn) || !isClusterArn.holds(clusterArn)) return {};
  const { account, region } = arnParts(clusterArn);
  return { account, region };
}

/**
 * A stack with a `SessionPurge` for an Aurora cluster that exists already.
 *
 * Account and region are the cluster's, unless `env` names others. The outputs have the function, its log, and the
 * command for a dry run.
 *
 * @example
 * new SessionPurgeStack(app, 'SessionPurge', {
 *   clusterArn: 'arn:aws:rds:eu-west-1:123456789012:cluster:shop',
 *   adminSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-admin-AbCdEf',
 *   database: 'shop',
 *   alarmEmail: 'ops@example.com',
 * });
 */
export class SessionPurgeStack extends Stack {
  /** The purge. */
  readonly purge: SessionPurge;

  /** The drain; `undefined` if there is none. */
  readonly drain: SessionPurgeDrain | undefined;

  /** The alarms; `undefined` if there are none. */
  readonly alarms: SessionPurgeAlarms | undefined;

  /** The dashboard; `undefined` if there is none. */
  readonly dashboard: SessionPurgeDashboard | undefined;

  constructor(scope: Construct, id: string, props: SessionPurgeStackProps) {
    checkStackProps(props, [scope.node.path, id].filter(Boolean).join('/'));
    // A template's description is plain text.
    const database = Token.isUnresolved(props.database)
      ? 'a database'
      : `the database ${props.database}`;
    super(scope, id, {
      description: `Deletes expired Django sessions from ${database} on a schedule`,
      ...props,
      env: { ...environmentOf(props.clusterArn), ...props.env },
    });
    this.purge = new SessionPurge(this, 'SessionPurge', {
      checkOnDeploy: true,
      ...props,
      ...importSecrets(this, props),
    });
    const { alarms = {}, dashboard = true, testEvents = false } = props;
    this.drain = props.drain
      ? new SessionPurgeDrain(this, 'Drain', { purge: this.purge })
      : undefined;
    this.alarms = alarms === false ? undefined : this.createAlarms(alarms, props);
    this.dashboard = dashboard ? this.createDashboard() : undefined;
    if (testEvents !== false) {
      new SessionPurgeTestEvents(this, 'TestEvents', {
        purge: this.purge,
        createRegistry: testEvents === 'create-registry',
      });
    }
    this.addOutputs();
  }

  private createAlarms(
    options: SessionPurgeAlarmOptions,
    recipients: AlarmRecipients,
  ): SessionPurgeAlarms {
    return new SessionPurgeAlarms(this, 'Alarms', {
      namePrefix: this.stackName,
      ...options,
      purge: this.purge,
      ...(this.drain && { drain: this.drain }),
      topic: alarmTopic(this, recipients),
    });
  }

  private createDashboard(): SessionPurgeDashboard {
    const { purge, alarms } = this;
    return new SessionPurgeDashboard(this, 'Dashboard', { purge, ...(alarms && { alarms }) });
  }

  private addLink(id: string, description: string, value: string | undefined): void {
    if (value !== undefined) new CfnOutput(this, id, { description, value });
  }

  private addOutputs(): void {
    const { functionName } = this.purge.function;
    const { logGroupName } = this.purge.logGroup;
    const { controlParameter } = this.purge;
    new CfnOutput(this, 'FunctionName', { value: functionName });
    this.addLink(
      'FunctionLink',
      'The function in the console, to run it by hand',
      functionLink(this, functionName),
    );
    new CfnOutput(this, 'LogGroupName', { value: logGroupName });
    this.addLink('LogLink', 'The log in the console', logLink(this, logGroupName));
    if (this.purge.user !== undefined) {
      new CfnOutput(this, 'DeploymentWarnings', {
        description: 'What the check-up of the deployment found, and the purge works without',
        value: this.purge.user.warnings,
      });
      new CfnOutput(this, 'SecretArn', {
        description: "The secret of the purge's database user, as the doctor takes it",
        value: this.purge._settled.secret.secretArn,
      });
    }
    if (this.dashboard !== undefined) {
      const { dashboardName } = this.dashboard.dashboard;
      const link = dashboardLink(this, dashboardName);
      this.addLink('DashboardLink', 'The dashboard in the console', link);
    }
    if (controlParameter !== undefined) {
      new CfnOutput(this, 'PauseCommand', {
        description: 'Pauses the purge from its next run on; with the value {} it goes on',
        value: `aws ssm put-parameter --region ${this.region} --name ${controlParameter.parameterName} --overwrite --value '{"paused":true,"note":"why"}'`,
      });
    }
    if (this.drain !== undefined) addDrainOutputs(this, this.drain.stateMachine.stateMachineArn);
    new CfnOutput(this, 'DryRunCommand', {
      description: 'Counts what a run would delete, and deletes nothing',
      // No read timeout: after one, the AWS CLI would invoke the function a second time.
      value: `aws lambda invoke --region ${this.region} --function-name ${functionName} --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '{"dryRun":true}' /dev/stdout`,
    });
  }
}
