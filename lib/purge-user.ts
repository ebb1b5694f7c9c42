import {
  type CfnResource,
  CustomResource,
  Duration,
  RemovalPolicy,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DEPLOYMENT_RESOURCES } from '../contract/deployment';
import { SETTINGS } from '../contract/settings';
import { bundleDirectory } from './bundle';
import { logWriting, secretReading } from './function-permissions';
import { NODE_24 } from './older-cdk';
import type { IPurgeUser } from './purge-user-interface';
import { adminSecretOf, placeOfCluster, type ResolvedProps } from './resolve-props';
import type { SessionPurgeProps } from './session-purge-props';

/** What the function of the deployment gets to know. */
interface PurgeUserProps {
  /** Those of the purge. `secret` has the login of the user that is made, or checked. */
  readonly purge: ResolvedProps;
  /** Of somebody who may make users. Without it the user is there already, and is only checked. */
  readonly adminSecret: ISecret | undefined;
  /** Of the tables' owner, if the admin cannot become that user. */
  readonly ownerSecret: ISecret | undefined;
  /** Whether a requirement that is not met fails the deployment. */
  readonly checkOnDeploy: boolean;
  /** Any text; with another one than before, the deployment grants anew. */
  readonly grantAgain: string | undefined;
}

/** Longer than a paused cluster takes to wake, and the time to answer. */
const TIMEOUT = Duration.minutes(10);

/** One text where a name is known to the deployment alone, since it may stand for a list, or for nothing. */
function asProperty(tables: readonly string[]): readonly string[] | string {
  return tables.some((name) => Token.isUnresolved(name)) ? tables.join(',') : tables;
}

/**
 * The function of the deployment, which makes the purge's database user and checks it. CloudFormation alone invokes it.
 *
 * It has a role of its own: that of the purge never gets near the admin's secret.
 */
class PurgeUser extends Construct implements IPurgeUser {
  /** The function's role. */
  readonly role: Role;

  /** The function. */
  readonly function: lambda.Function;

  /** The user, as CloudFormation knows it. */
  readonly resource: CustomResource;

  private readonly start: CustomResource;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PurgeUserProps,
  ) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'LogGroup', {
      retention: props.purge.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.createRole(logGroup);
    this.function = new lambda.Function(this, 'Function', {
      description: `Makes and checks the database user of the purge of ${props.purge.database}. CloudFormation invokes it`,
      runtime: NODE_24,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleDirectory('deploy')),
      handler: 'index.handler',
      timeout: TIMEOUT,
      memorySize: 256,
      role: this.role,
      logGroup,
    });
    this.resource = this.createResource();
    this.start = this.createStart();
  }

  /** What is wrong and does not keep the purge from its work; `none` if all is well. */
  get warnings(): string {
    return this.resource.getAttString('Warnings');
  }

  /** When the purge was first deployed, or deployed with another schedule, in seconds since 1970. */
  get deployedAt(): string {
    return this.start.getAttString('DeployedAt');
  }

  private secrets(): ISecret[] {
    const { purge, adminSecret, ownerSecret } = this.props;
    return [purge.secret, adminSecret, ownerSecret].filter((secret) => secret !== undefined);
  }

  private createRole(logGroup: LogGroup): Role {
    const statements = [
      new PolicyStatement({
        actions: [
          'rds-data:ExecuteStatement',
          'rds-data:BeginTransaction',
          'rds-data:CommitTransaction',
          'rds-data:RollbackTransaction',
          // To tell a cluster that is gone from one whose Data API is off.
          'rds:DescribeDBClusters',
        ],
        resources: [this.props.purge.clusterArn],
      }),
      // No event says whether CloudFormation goes back to what was deployed before.
      new PolicyStatement({
        actions: ['cloudformation:DescribeStacks'],
        resources: [Stack.of(this).stackId],
      }),
      ...this.secrets().flatMap((secret) =>
        secretReading(secret, placeOfCluster(this.props.purge).region, logGroup),
      ),
      logWriting(logGroup),
    ];
    return new Role(this, 'Role', {
      description: 'Lets the deployment make and check the database user of the purge',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      // Part of the role, so that it is there for as long as the function is, also when the stack is deleted.
      inlinePolicies: { PurgeUser: new PolicyDocument({ statements }) },
    });
  }

  private createResource(): CustomResource {
    const { purge, adminSecret, ownerSecret, checkOnDeploy, grantAgain } = this.props;
    const { clusterArn, cluster, secret, database, timeZone } = purge;
    const { tables = SETTINGS.tables.fallback } = purge;
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: this.function.functionArn,
      resourceType: DEPLOYMENT_RESOURCES.user,
      properties: {
        ClusterArn: clusterArn,
        SecretArn: secret.secretArn,
        Database: database,
        Tables: asProperty(tables),
        CheckOnDeploy: String(checkOnDeploy),
        ...(timeZone !== undefined && { TimeZone: timeZone }),
        ...(adminSecret && { AdminSecretArn: adminSecret.secretArn }),
        ...(ownerSecret && { OwnerSecretArn: ownerSecret.secretArn }),
        ...(grantAgain !== undefined && { GrantAgain: grantAgain }),
      },
    });
    // The prop is not known to an older CDK, which would leave it out without a word.
    (resource.node.defaultChild as CfnResource).addPropertyOverride('ServiceTimeout', '900');
    // With its instances: without them the cluster takes no statement.
    if (cluster !== undefined) resource.node.addDependency(cluster);
    return resource;
  }

  /** What keeps the time of the deployment. Its properties decide when that time begins anew. */
  private createStart(): CustomResource {
    const { schedule, enabled } = this.props.purge;
    const start = new CustomResource(this, 'Start', {
      serviceToken: this.function.functionArn,
      resourceType: DEPLOYMENT_RESOURCES.start,
      properties: { Schedule: schedule.expressionString, Enabled: String(enabled) },
    });
    start.node.addDependency(this.resource);
    return start;
  }
}

/** What makes and checks the user, if the props of the construct ask for either. `purge`: the same, resolved. */
export function purgeUserFor(
  scope: Construct,
  given: SessionPurgeProps,
  purge: ResolvedProps,
): IPurgeUser | undefined {
  const { ownerSecret, checkOnDeploy = false, grantAgain } = given;
  const adminSecret = adminSecretOf(given);
  if (adminSecret === undefined && !checkOnDeploy) return undefined;
  return new PurgeUser(scope, 'User', {
    purge,
    adminSecret,
    ownerSecret,
    checkOnDeploy,
    grantAgain,
  });
}
