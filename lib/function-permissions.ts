import { Stack, Token } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { IConstruct } from 'constructs';
import { LOAD_LIMITS } from '../contract/settings';
import type { ResolvedProps } from './resolve-props';

/** All that the function works with. */
interface FunctionResources {
  readonly clusterArn: string;
  /** `undefined`: that of the stack, as far as is known. */
  readonly clusterRegion: string | undefined;
  readonly secret: ISecret;
  readonly logGroup: LogGroup;
  readonly deadLetterQueue: Queue;
  readonly controlParameter: StringParameter | undefined;
  /** Whether it reads the cluster's load in CloudWatch. */
  readonly readsMetrics: boolean;
}

/** Whether the function reads the cluster's load in CloudWatch, or may, as only the deployment knows. */
export function looksAtLoad({ whenPaused, ...others }: ResolvedProps): boolean {
  const given: Readonly<Record<string, unknown>> = others;
  return (
    whenPaused === 'skip' ||
    Token.isUnresolved(whenPaused) ||
    LOAD_LIMITS.some(({ prop }) => given[prop] !== undefined)
  );
}

function decryption(secret: ISecret, region: string): PolicyStatement[] {
  if (secret.encryptionKey === undefined) return [];
  return [
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [secret.encryptionKey.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
      },
    }),
  ];
}

/**
 * A secret's ARN ends in six random characters. A partial ARN lacks them, and the end of a name like `shop-secret` looks
 * just like them.
 */
function arnsOf({ secretArn, secretFullArn }: ISecret): string[] {
  const partial = `${secretArn}-??????`;
  if (secretFullArn === undefined) return [partial];
  return Token.isUnresolved(secretFullArn) ? [secretFullArn] : [secretFullArn, partial];
}

/** What it takes to read a secret that is in the cluster's region, and no other. `of`: something of the reader's stack. */
export function secretReading(
  secret: ISecret,
  clusterRegion: string | undefined,
  of: IConstruct,
): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: arnsOf(secret) }),
    ...decryption(secret, clusterRegion ?? Stack.of(of).region),
  ];
}

/** What it takes to write a log. */
export function logWriting(logGroup: LogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}

function reading(parameter: StringParameter | undefined): PolicyStatement[] {
  if (parameter === undefined) return [];
  return [
    new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [parameter.parameterArn] }),
  ];
}

/**
 * All that the function may do: send a statement, read the one secret and the one parameter, write its log, and pass on
 * an event on which it failed. It may read metrics only if a setting makes it look at the cluster's load.
 *
 * CDK's `grantDataApiAccess` would also allow transactions and batches, and its `grantRead` the secret's description.
 */
export function functionPermissions(resources: FunctionResources): PolicyDocument {
  const {
    clusterArn,
    clusterRegion,
    secret,
    logGroup,
    deadLetterQueue,
    controlParameter,
    readsMetrics,
  } = resources;
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ actions: ['rds-data:ExecuteStatement'], resources: [clusterArn] }),
      ...secretReading(secret, clusterRegion, logGroup),
      logWriting(logGroup),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetterQueue.queueArn] }),
      ...reading(controlParameter),
      // AWS allows neither a resource nor a condition for this action.
      ...(readsMetrics
        ? [new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] })]
        : []),
    ],
  });
}
