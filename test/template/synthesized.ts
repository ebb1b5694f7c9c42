import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { context } from '../../cdk.json';
import {
  SessionPurge,
  type SessionPurgeProps,
  SessionPurgeStack,
  type SessionPurgeStackProps,
} from '../../lib';

export const CLUSTER_ARN = 'arn:aws:rds:eu-west-1:123456789012:cluster:shop';
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-purge-AbCdEf';
export const ADMIN_SECRET_ARN =
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-admin-GhIjKl';
export const OWNER_SECRET_ARN =
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-owner-MnOpQr';
export const KEY_ARN =
  'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-0000-0000-000000000000';
export const TOPIC_ARN = 'arn:aws:sns:eu-west-1:123456789012:on-call';

/** An app under the feature flags of `cdk.json`. The rules of CloudFormation, five seconds, have a test of their own. */
export function newApp(): App {
  const quiet = { ...context, '@aws-cdk/core:annotationsInValidationReport': false };
  return new App({ context: quiet, builtinCloudFormationValidation: false });
}

/** An empty stack in the cluster's account and region, under the feature flags of `cdk.json`. */
export function emptyStack(): Stack {
  const env = { account: '123456789012', region: 'eu-west-1' };
  return new Stack(newApp(), 'Shop', { env });
}

/** The purge of the database `shop`, with the least that has to be given, and what a test gives instead. */
export function purge(stack: Stack, given: Partial<SessionPurgeProps> = {}): SessionPurge {
  return new SessionPurge(stack, 'Purge', {
    ...(given.cluster === undefined && { clusterArn: CLUSTER_ARN }),
    ...(given.adminSecret === undefined && {
      secret: given.secret ?? Secret.fromSecretCompleteArn(stack, 'Secret', SECRET_ARN),
    }),
    database: 'shop',
    ...given,
  });
}

/** What CloudFormation gets for such a purge. */
export function purgeTemplate(given: Partial<SessionPurgeProps> = {}): Template {
  const stack = emptyStack();
  purge(stack, given);
  return Template.fromStack(stack);
}

/** The stack of the purge of the database `shop`, and what a test gives beside. */
export function stackWith(given: Partial<SessionPurgeStackProps> = {}): SessionPurgeStack {
  const required = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' };
  const unchecked = { checkOnDeploy: false };
  return new SessionPurgeStack(newApp(), 'SessionPurge', { ...required, ...unchecked, ...given });
}

/** The stack of the same purge, whose user the deployment makes. */
export function stackByAdmin(given: Partial<SessionPurgeStackProps> = {}): SessionPurgeStack {
  const required = { clusterArn: CLUSTER_ARN, adminSecretArn: ADMIN_SECRET_ARN, database: 'shop' };
  return new SessionPurgeStack(newApp(), 'SessionPurge', { ...required, ...given });
}

/** The properties of the resource with this logical id. */
export function propertiesOf(template: Template, logicalId: string) {
  return template.toJSON().Resources[logicalId].Properties;
}

/** The properties of the template's only resource of a type. */
export function only(template: Template, type: string) {
  const found = Object.values(template.findResources(type));
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
}
