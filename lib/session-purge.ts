import { RemovalPolicy } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleDirectory } from './bundle';
import { functionEnvironment } from './function-environment';
import { functionPermissions } from './function-permissions';
import type { SessionPurgeProps } from './session-purge-props';
import { type SettledProps, settle } from './settled-props';

/**
 * Deletes the expired sessions of one Django database on a schedule: a Lambda function that sends the deletes
 * through the RDS Data API, and the rule that starts it.
 *
 * It needs no VPC. It may send statements to the one cluster with the one secret, and write its log: nothing else.
 *
 * @throws Error where a prop cannot work, naming all such props at once, and where the function's code was not built
 */
export class SessionPurge extends Construct {
  /** Where each run leaves its report. */
  readonly logGroup: LogGroup;

  /** What the function may do. The purge needs no more than it has here. */
  readonly role: Role;

  /** The function; invoked by hand with `{"dryRun":true}` it counts what a run would delete. */
  readonly function: lambda.Function;

  /** The schedule, with the function as its only target. */
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: SessionPurgeProps) {
    super(scope, id);
    const settled = settle(props, this.node.path);
    this.logGroup = new LogGroup(this, 'LogGroup', {
      retention: settled.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.createRole(settled);
    this.function = this.createFunction(settled);
    this.rule = new Rule(this, 'Rule', {
      description: `Starts the purge of expired Django sessions in the database ${settled.database}`,
      schedule: settled.schedule,
      enabled: settled.enabled,
      targets: [new LambdaFunction(this.function)],
    });
  }

  private createRole({ clusterArn, secret }: SettledProps): Role {
    return new Role(this, 'Role', {
      description: 'Lets the purge of expired Django sessions reach its one database',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      // In the role itself, so that the function never starts without them.
      inlinePolicies: { SessionPurge: functionPermissions(clusterArn, secret, this.logGroup) },
    });
  }

  private createFunction(props: SettledProps): lambda.Function {
    return new lambda.Function(this, 'Function', {
      description: `Deletes expired Django sessions from the database ${props.database} through the RDS Data API`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleDirectory()),
      handler: 'index.handler',
      timeout: props.timeout,
      memorySize: props.memorySize,
      role: this.role,
      logGroup: this.logGroup,
      environment: functionEnvironment(props),
    });
  }
}
