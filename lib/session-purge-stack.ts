import { CfnOutput, type Environment, Stack, Token } from 'aws-cdk-lib';
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
import type { SessionPurgeStackProps } from './session-purge-stack-props';
import { checkStackProps } from './stack-mistakes';
import { SessionPurgeTestEvents } from './test-events';

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
