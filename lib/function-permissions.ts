import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

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
 * All that the function may do: send a statement, read the one secret, write its log.
 *
 * CDK's `grantDataApiAccess` would also allow transactions and batches, its `grantRead` the secret's description.
 */
export function functionPermissions(
  clusterArn: string,
  secret: ISecret,
  logGroup: LogGroup,
): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ actions: ['rds-data:ExecuteStatement'], resources: [clusterArn] }),
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        // A secret's ARN ends in six random characters, which a partial one leaves out.
        resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
      }),
      ...decryption(secret, Stack.of(logGroup).region),
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    ],
  });
}
