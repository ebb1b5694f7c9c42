import {
  Arn,
  ArnFormat,
  CfnOutput,
  type Environment,
  Stack,
  type StackProps,
  Token,
} from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { RULES } from './rules';
import { SessionPurge } from './session-purge';
import type { SessionPurgeOptions } from './session-purge-props';

/** Properties of a `SessionPurgeStack`. */
export interface SessionPurgeStackProps extends StackProps, SessionPurgeOptions {
  /** The ARN of the Aurora cluster; its Data API has to be on. */
  readonly clusterArn: string;

  /**
   * The ARN of the secret with user name and password of the database role that may purge.
   *
   * Give it as the console shows it, with the six characters at its end: without them, any six are granted.
   */
  readonly secretArn: string;

  /**
   * The ARN of the customer-managed KMS key that encrypts the secret.
   *
   * @default - the secret is encrypted with the account's own `aws/secretsmanager` key
   */
  readonly kmsKeyArn?: string;
}

const COMPLETE_SECRET_ARN = /-[A-Za-z0-9]{6}$/;

function importSecret(scope: Construct, { secretArn, kmsKeyArn }: SessionPurgeStackProps): ISecret {
  const complete = Token.isUnresolved(secretArn) || COMPLETE_SECRET_ARN.test(secretArn);
  return Secret.fromSecretAttributes(scope, 'Secret', {
    ...(complete ? { secretCompleteArn: secretArn } : { secretPartialArn: secretArn }),
    ...(kmsKeyArn && { encryptionKey: Key.fromKeyArn(scope, 'SecretKey', kmsKeyArn) }),
  });
}

function environmentOf(clusterArn: string): Environment {
  // An ARN that is none is told by the construct, in its own words.
  if (Token.isUnresolved(clusterArn) || RULES.clusterArn(clusterArn) !== undefined) return {};
  const { account, region } = Arn.split(clusterArn, ArnFormat.COLON_RESOURCE_NAME);
  return { ...(account && { account }), ...(region && { region }) };
}

/**
 * A `SessionPurge` beside an Aurora cluster that exists already.
 *
 * Account and region are the cluster's, unless `env` says otherwise. The outputs name the function and its log, and
 * hold the command for a dry run.
 */
export class SessionPurgeStack extends Stack {
  /** The purge. */
  readonly purge: SessionPurge;

  constructor(scope: Construct, id: string, props: SessionPurgeStackProps) {
    super(scope, id, {
      description: `Deletes expired Django sessions from the database ${props.database} on a schedule`,
      ...props,
      env: { ...environmentOf(props.clusterArn), ...props.env },
    });
    this.purge = new SessionPurge(this, 'SessionPurge', {
      ...props,
      secret: importSecret(this, props),
    });
    this.addOutputs();
  }

  private addOutputs(): void {
    const { functionName } = this.purge.function;
    new CfnOutput(this, 'FunctionName', { value: functionName });
    new CfnOutput(this, 'LogGroupName', { value: this.purge.logGroup.logGroupName });
    new CfnOutput(this, 'DryRunCommand', {
      description: 'Counts what a run would delete, and deletes nothing',
      // Without a read timeout, since the CLI invokes the function once more when it runs into one.
      value: `aws lambda invoke --region ${this.region} --function-name ${functionName} --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '{"dryRun":true}' /dev/stdout`,
    });
  }
}
